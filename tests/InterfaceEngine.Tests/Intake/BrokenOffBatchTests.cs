using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Batches that break off, and come again: nothing is lost and nothing is done twice.</summary>
public sealed class BrokenOffBatchTests : IAsyncLifetime
{
    private const int Messages = 6;

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_batch_in_which_the_engine_is_killed_is_taken_to_its_end_when_it_is_sent_again(int taken)
    {
        TestEngine? killed = null;
        var count = 0;
        await AcceptAsync(_engine, new GateStream(Text(), async () => killed = count++ == taken ? await _engine.KilledAsync() : killed));

        await using var second = killed!;
        var broken = (await BatchesAsync(second)).Should().ContainSingle().Subject;
        var again = await AcceptAsync(second, new MemoryStream(Text()));

        (broken.Verdict, broken.Found).Should().Be((BatchVerdict.Interrupted, null));
        broken.Stored.Should().BeLessThan(Messages);
        again.Verdict.Should().Be(BatchVerdict.Complete);
        again.States.GetValueOrDefault(MessageState.Duplicate).Should().Be(broken.Stored);
        again.States.GetValueOrDefault(MessageState.Applied).Should().Be(Messages - broken.Stored!.Value);
        await EveryPatientIsThereOnceAsync(second);
    }

    [Fact]
    public async Task A_batch_whose_reader_goes_away_is_kept_as_interrupted_with_what_was_taken_and_its_last_bytes_are_no_message()
    {
        var text = Text();
        var half = new GateStream(text[..(text.Length - 40)], () => Task.CompletedTask) { Failure = new IOException("gone") };

        await Awaiting(() => AcceptAsync(_engine, half)).Should().ThrowAsync<IOException>();

        var batch = (await BatchesAsync(_engine)).Should().ContainSingle().Subject;
        (batch.Verdict, batch.Found, batch.Stored).Should().Be((BatchVerdict.Interrupted, Messages - 2, Messages - 2), "the last whole message waits for what follows it");
        var again = await AcceptAsync(_engine, new MemoryStream(text));
        again.States.Should().BeEquivalentTo(new Dictionary<MessageState, long> { [MessageState.Duplicate] = Messages - 2, [MessageState.Applied] = 2 });
        await EveryPatientIsThereOnceAsync(_engine);
    }

    [Fact]
    public async Task A_stop_ends_a_batch_between_two_messages()
    {
        using var stop = new CancellationTokenSource();
        var intake = new BatchIntake(_engine.Core.Intake);

        await Awaiting(() => intake.AcceptAsync(new MemoryStream(Text()), Origin, _ => stop.Cancel(), stop.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();

        var batch = (await BatchesAsync(_engine)).Should().ContainSingle().Subject;
        (batch.Verdict, batch.Found, batch.Stored).Should().Be((BatchVerdict.Interrupted, 1, 1));
    }

    [Fact]
    public async Task A_batch_that_could_not_even_be_begun_counts_as_one_unanswered_message_of_its_source()
    {
        var numbers = new SourceNumbers(new SourceRun(1, "guide-feed", 1), _engine.Time);
        await _engine.Core.DisposeAsync();

        await Awaiting(() => new BatchIntake(_engine.Core.Intake).AcceptAsync(new MemoryStream(Text()), Origin with { Numbers = numbers }, _ => { }, default).AsTask())
            .Should().ThrowAsync<StoreUnavailableException>();

        numbers.Now().Unanswered.Should().Equal(new NumberRange(1, 1));
        numbers.Now().OnTheirWay.Should().BeEmpty();
    }

    private static BatchOrigin Origin => new(TestEngine.Guide, 1024 * 1024);

    private static Func<Task> Awaiting(Func<Task> action) => action;

    private static byte[] Text()
    {
        var text = new StringBuilder("BHS|^~\\&|ATHENA|1959|PS|PSSERVER|20260105||NIGHTLY|x|BATCH-9\r");
        for (var number = 1; number <= Messages; number++)
        {
            text.Append(Encoding.UTF8.GetString(Adt("A04", $"P{number}", number, Doe(id: $"{number}"), "PV1|1|O")));
        }

        return Encoding.Latin1.GetBytes($"{text}BTS|{Messages}\r");
    }

    private static async Task<BatchSummary> AcceptAsync(TestEngine engine, Stream stream) =>
        (await new BatchIntake(engine.Core.Intake).AcceptAsync(stream, Origin, _ => { }, default)).Batch;

    private static async Task<IReadOnlyList<StoredBatch>> BatchesAsync(TestEngine engine) =>
        await engine.Store.ReadAsync(reader => reader.Batches(EngineId.None, 10), default);

    private static async Task EveryPatientIsThereOnceAsync(TestEngine engine)
    {
        var patients = await engine.RecordsAsync("1959", "patient");
        patients.Select(patient => (patient.ExternalId, patient.Version)).Should().BeEquivalentTo(Enumerable.Range(1, Messages).Select(number => ($"{number}", 1L)));
    }

    /// <summary>Gives some bytes at a time, and lets something happen before each; may fail at its end.</summary>
    private sealed class GateStream(byte[] content, Func<Task> before) : MemoryStream(content)
    {
        /// <summary>In place of the end.</summary>
        public IOException? Failure { get; init; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await before();
            var read = await base.ReadAsync(buffer[..Math.Min(buffer.Length, 200)], cancellationToken);
            return read == 0 && Failure is { } failure ? throw failure : read;
        }
    }
}
