using System.Text;
using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Batches and files with the shipped mappings and a real store.</summary>
public sealed class BatchIntakeTests : IAsyncLifetime
{
    private const string Header = "BHS|^~\\&|ATHENA|1959|PS|PSSERVER|20260105||NIGHTLY|x|BATCH-9\r";

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Every_message_of_a_batch_gets_its_own_verdict_and_the_batch_one_of_its_own()
    {
        var (batch, receipts) = await AcceptAsync($"{Header}{Patient(1)}{Patient(2, birth: "19801399")}{Patient(3)}BTS|3\r");

        receipts.Select(receipt => receipt.State).Should().Equal(MessageState.Applied, MessageState.Refused, MessageState.Applied);
        (await _engine.RecordAsync("1959", "patient", "3")).Should().NotBeNull();
        var kept = (await _engine.Store.ReadAsync(reader => reader.Batch(batch.Batch.Id), default))!;
        (kept.Source, kept.IsFile, kept.Verdict, kept.Stated, kept.Found, kept.Stored).Should().Be(("guide-feed", false, BatchVerdict.Complete, 3, 3, 3));
        kept.States.Should().BeEquivalentTo(new Dictionary<MessageState, long> { [MessageState.Applied] = 2, [MessageState.Refused] = 1 });
        BatchDetail.FromJson(kept.Detail!).ControlId.Should().Be("BATCH-9");
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_changes_nothing()
    {
        var text = $"{Header}{Patient(1)}{Patient(2)}BTS|2\r";
        await AcceptAsync(text);

        var (again, _) = await AcceptAsync(text);

        again.Batch.States.Should().BeEquivalentTo(new Dictionary<MessageState, long> { [MessageState.Duplicate] = 2 });
        (await _engine.RecordAsync("1959", "patient", "1"))!.Version.Should().Be(1);
    }

    [Theory]
    [InlineData("{0}{1}{2}BTS|5\r", "batch 1 states 5 messages (BTS-1) and has 2")]
    [InlineData("{0}{1}{2}", "batch 1 has no BTS: it was cut off, or its sender left it out")]
    [InlineData("FHS|^~\\&\r{0}{1}BTS|1\r{0}{2}BTS|1\rFTS|3\r", "the file states 3 batches (FTS-1) and has 2")]
    [InlineData("FHS|^~\\&\r{0}{1}{2}BTS|2\r", "the file has no FTS: it was cut off, or its sender left it out")]
    [InlineData("{1}{2}BTS|2\r", "batch 1 has a BTS and no BHS")]
    [InlineData("FHS|^~\\&\r{1}{2}FTS|2\r", "the file states 2 batches (FTS-1) and has 1")]
    [InlineData("{0}{1}{2}BTS|two\r", "the count of batch 1 (BTS-1) is no number")]
    [InlineData("FHS|^~\\&\r{0}{1}{2}BTS|2\rFTS|x\r", "the count of the file (FTS-1) is no number")]
    public async Task A_wrong_envelope_is_told_and_whole_messages_are_kept(string form, string problem)
    {
        var (batch, receipts) = await AcceptAsync(form.Replace("{0}", Header).Replace("{1}", Patient(1)).Replace("{2}", Patient(2)));

        batch.Batch.Detail.Problems.Should().Equal(problem);
        receipts.Select(receipt => receipt.State).Should().Equal(MessageState.Applied, MessageState.Applied);
    }

    [Theory]
    [InlineData("{0}{1}{2}BTS|2|ok\r")]
    [InlineData("{0}{1}{2}BTS\r")]
    [InlineData("FHS|^~\\&\r{0}{1}BTS|1\r{0}{2}BTS|1\rFTS|2\r")]
    [InlineData("{1}{2}")]
    [InlineData("FHS|^~\\&\r{1}{2}FTS|1\r")]
    [InlineData("FHS|^~\\&\r{1}{0}{2}BTS|1\rFTS|2\r")]
    public async Task A_right_envelope_or_none_has_no_problem(string form)
    {
        var (batch, _) = await AcceptAsync(form.Replace("{0}", Header).Replace("{1}", Patient(1)).Replace("{2}", Patient(2)));

        batch.Batch.Verdict.Should().Be(BatchVerdict.Complete);
        batch.Batch.Found.Should().Be(2);
    }

    [Fact]
    public async Task A_message_in_which_a_batch_was_cut_off_is_refused_and_never_applied()
    {
        var (_, receipts) = await AcceptAsync($"{Header}{Patient(1)}{Patient(2).TrimEnd('\r')[..^9]}");

        receipts.Select(receipt => receipt.State).Should().Equal(MessageState.Applied, MessageState.Refused);
        (await _engine.RecordAsync("1959", "patient", "2")).Should().BeNull();
    }

    [Fact]
    public async Task The_answer_is_a_batch_of_acknowledgements()
    {
        var (batch, receipts) = await AcceptAsync($"{Header}{Patient(1)}{Patient(2, birth: "19801399")}BTS|9\r");

        var reply = Encoding.Latin1.GetString(BatchReply.Build(batch, receipts)).Split('\r');

        reply[0].Should().Be($"BHS|^~\\&|PS|PSSERVER|ATHENA|1959|||||{batch.Batch.Id}|BATCH-9");
        reply.Where(segment => segment.StartsWith("MSA")).Select(segment => string.Join("|", segment.Split((char)124)[1..3])).Should().Equal("AA|P1", "AE|P2");
        reply[^2].Should().Be("BTS|2|batch 1 states 9 messages (BTS-1) and has 2");
    }

    [Fact]
    public async Task A_large_file_is_read_one_message_at_a_time()
    {
        // A stream that makes its messages as they are read, and tells how far it was read when each was committed.
        var stream = new EndlessFeed(200);
        var ahead = new List<long>();

        await new BatchIntake(_engine.Core.Intake).AcceptAsync(stream, new BatchOrigin(TestEngine.Guide, 1024 * 1024), _ => ahead.Add(stream.Given - stream.SizeOf(ahead.Count + 1)), default);

        ahead.Should().HaveCount(200).And.OnlyContain(bytes => bytes <= 64 * 1024);
    }

    [Fact]
    public async Task Numbers_of_the_source_are_settled_message_by_message()
    {
        var numbers = new SourceNumbers(new SourceRun(1, "guide-feed", 1), _engine.Time);
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes($"{Header}{Patient(1)}{Patient(2)}BTS|2\r"));

        await new BatchIntake(_engine.Core.Intake).AcceptAsync(stream, new BatchOrigin(TestEngine.Guide, 1024 * 1024) { Numbers = numbers }, _ => { }, default);

        numbers.Now().OnTheirWay.Should().BeEmpty();
        (await _engine.Store.ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, EngineId.None)), default)).Select(message => message.Number).Should().Equal(2, 1);
    }

    private static string Patient(int number, string birth = "19800515") =>
        Encoding.UTF8.GetString(Adt("A04", $"P{number}", number, Doe(id: $"{number}", birth: birth), "PV1|1|O"));

    private async Task<(BatchReceipt Batch, List<Receipt> Receipts)> AcceptAsync(string text)
    {
        var receipts = new List<Receipt>();
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes(text));
        var batch = await new BatchIntake(_engine.Core.Intake).AcceptAsync(stream, new BatchOrigin(TestEngine.Guide, 1024 * 1024), one => receipts.Add(one.Receipt), default);
        return (batch, receipts);
    }

    private sealed class EndlessFeed(int messages) : Stream
    {
        private readonly byte[][] _messages = [.. Enumerable.Range(1, messages).Select(number => Encoding.Latin1.GetBytes(Patient(number % 5 + 1).Replace($"|P{(number % 5) + 1}|", $"|N{number}|") + "ZPD|" + new string('x', 5_000) + "\r"))];
        private int _message;
        private int _at;

        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Given; set => throw new NotSupportedException(); }

        public long SizeOf(int count) => _messages.Take(count).Sum(message => (long)message.Length);

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_message == _messages.Length)
            {
                return 0;
            }

            var taken = Math.Min(count, _messages[_message].Length - _at);
            _messages[_message].AsSpan(_at, taken).CopyTo(buffer.AsSpan(offset));
            Given += taken;
            (_message, _at) = _at + taken == _messages[_message].Length ? (_message + 1, 0) : (_message, _at + taken);
            return taken;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
