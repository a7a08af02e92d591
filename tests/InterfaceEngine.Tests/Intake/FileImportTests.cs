using System.Text;
using System.Threading.Channels;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>A file that is given in pieces: how much of it is in memory, and what becomes of one that breaks off.</summary>
public sealed class FileImportTests : IAsyncLifetime
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Four times what may be in memory.</summary>
    private const int Messages = 80;

    /// <summary>What may be given ahead, the piece in hand, and what the reading has in its own buffer.</summary>
    private const int MemoryBytesMax = (1024 * 1024) + (4 * PieceBytes);

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Whoever_gives_a_file_waits_when_the_reading_is_a_mebibyte_behind_however_large_the_file_is()
    {
        var intake = new StandingIntake();
        await using var file = await BeginAsync(intake);
        var given = 0;
        var giving = Task.Run(async () =>
        {
            for (var number = 1; number <= Messages; number++)
            {
                await file.TakeAsync(Message(number, PieceBytes), default);
                Interlocked.Add(ref given, PieceBytes);
            }
        });

        // For each message that is taken there is room for another, and no more. The last two wait for what follows them.
        for (var taken = 1; taken <= Messages - 2; taken++)
        {
            await intake.TakeOneAsync();
            (Volatile.Read(ref given) - (taken * PieceBytes)).Should().BeLessThan(MemoryBytesMax);
        }

        await giving;
        intake.Release();
        intake.Release();
        (await file.EndAsync()).Batch.Found.Should().Be(Messages);
    }

    [Fact]
    public async Task What_ended_the_reading_is_told_to_whoever_gives_the_next_piece()
    {
        await using var file = await BeginAsync(new StandingIntake { Failure = new StoreUnavailableException("disk is full") });

        var giving = async () =>
        {
            while (true)
            {
                await file.TakeAsync(Message(1, PieceBytes), default);
            }
        };

        await giving.Should().ThrowAsync<StoreUnavailableException>();
    }

    [Fact]
    public async Task A_file_that_is_given_up_is_interrupted_and_its_last_bytes_are_no_message()
    {
        await using (var file = await BeginAsync(_engine.Core.Intake))
        {
            await file.TakeAsync(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Patient(1)) + Encoding.UTF8.GetString(Patient(2))[..60]), default);
        }

        var batch = (await _engine.Store.ReadAsync(reader => reader.Batches(EngineId.None, 10), default)).Should().ContainSingle().Subject;
        batch.Verdict.Should().Be(BatchVerdict.Interrupted);
        batch.Found.Should().Be(batch.Stored).And.BeLessThanOrEqualTo(1);
        (await _engine.RecordAsync("1959", "patient", "2")).Should().BeNull();
        _engine.Core.Numbers.Now().Should().BeEmpty("its run has ended");
    }

    [Fact]
    public async Task The_answers_come_with_the_news_and_are_a_batch_in_the_end()
    {
        await using var file = await BeginAsync(_engine.Core.Intake, givesReplies: true);
        var answers = new StringBuilder();
        foreach (var piece in Patient(1).Concat(Patient(2)).Chunk(50))
        {
            answers.Append(Encoding.UTF8.GetString((await file.TakeAsync(piece, default)).Replies.Span));
        }

        var (batch, last) = await file.EndAsync();
        answers.Append(Encoding.UTF8.GetString(last.Replies.Span));

        var segments = answers.ToString().Split('\r');
        segments.Select(segment => segment.Length > 3 ? segment[..3] : segment).Should().Equal("BHS", "MSH", "MSA", "MSH", "MSA", "BTS", "");
        segments[0].Should().Contain($"|{batch.Id}");
        last.Messages.Should().Be(2);
    }

    private static byte[] Patient(int number) => Adt("A04", $"P{number}", number, Doe(id: $"{number}"), "PV1|1|O");

    /// <summary>A message of exactly so many bytes.</summary>
    private static byte[] Message(int number, int length)
    {
        var message = new byte[length];
        message.AsSpan().Fill((byte)'x');
        Encoding.ASCII.GetBytes($"MSH|^~\\&|A|B|||2026||ADT^A04|{number}|P|2.3\rZZZ|").CopyTo(message, 0);
        message[^1] = (byte)'\r';
        return message;
    }

    private Task<FileImport> BeginAsync(IMessageIntake intake, bool givesReplies = false) =>
        FileImport.BeginAsync(intake, _engine.Core.Numbers, new FileSource(TestEngine.Guide, 1024 * 1024), "day.hl7", givesReplies, default);

    /// <summary>Takes a message only when it is told to.</summary>
    private sealed class StandingIntake : IMessageIntake
    {
        private readonly Channel<bool> _released = Channel.CreateUnbounded<bool>();
        private readonly Channel<bool> _taken = Channel.CreateUnbounded<bool>();

        /// <summary>In place of any taking.</summary>
        public Exception? Failure { get; init; }

        /// <summary>Lets it take one message, and waits until it has.</summary>
        public async Task TakeOneAsync()
        {
            Release();
            await _taken.Reader.ReadAsync();
        }

        public void Release() => _released.Writer.TryWrite(true);

        public ValueTask<EngineId> BeginBatchAsync(string source, bool isFile, CancellationToken cancellationToken) => ValueTask.FromResult(new EngineId(1));

        public ValueTask EndBatchAsync(BatchSummary batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public async ValueTask<Receipt> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken)
        {
            if (Failure is { } failure)
            {
                throw failure;
            }

            await _released.Reader.ReadAsync(cancellationToken);
            _taken.Writer.TryWrite(true);
            return new Receipt(new EngineId(2), MessageState.Applied, default);
        }
    }
}
