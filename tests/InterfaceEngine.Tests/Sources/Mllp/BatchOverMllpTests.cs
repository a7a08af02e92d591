using System.Net;
using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Sources.Mllp;

/// <summary>Batches over a real socket, with a real store behind it.</summary>
public sealed class BatchOverMllpTests : IAsyncLifetime
{
    private const string Header = "BHS|^~\\&|A|B|C|D|20260105||N||BATCH-9\r";

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_frame_with_a_batch_is_answered_by_one_frame_with_a_batch()
    {
        await using var listener = await ListenAsync(TestEngine.Guide with { Strict = true });
        var reply = await listener.AskAsync($"{Header}{Patient(1)}{Patient(2, pid: "2^^^ATHENA^MRN||||Jan 1|M")}BTS|2\r");

        Said(reply).Should().Equal(
            "MSA|AA|P1",
            "MSA|AE|P2",
            "ERR|PID^1^5^101&Required field missing&HL70357~PID^1^7^102&Data type error&HL70357",
            "BTS|2");
        reply[0].Should().StartWith("BHS|^~\\&|C|D|A|B|").And.EndWith("|BATCH-9");
        (await BatchesAsync()).Should().ContainSingle().Which.Found.Should().Be(2);
    }

    [Fact]
    public async Task Two_messages_in_one_frame_are_two_messages()
    {
        await using var listener = await ListenAsync(TestEngine.Guide);
        var reply = await listener.AskAsync(Patient(1) + Patient(2));

        reply.Count(segment => segment.StartsWith("MSA|AA")).Should().Be(2);
        (await _engine.Store.ReadAsync(reader => reader.MessageCounts(), default)).Should().Contain(("guide-feed", MessageState.Applied, 2));
    }

    [Theory]
    [InlineData("{0}{1}{2}BTS|2\r", "MSA|AA|BATCH-9")]
    [InlineData("FHS|^~\\&|A|B|C|D|||||FILE-1\r{0}{1}{2}BTS|2\rFTS|1\r", "MSA|AA|FILE-1")]
    [InlineData("{1}{2}", "MSA|AA|P1")]
    public async Task A_batch_of_which_everything_was_taken_gets_one_AA_where_a_single_reply_is_asked_for(string form, string msa)
    {
        await using var listener = await ListenAsync(TestEngine.Guide with { BatchReply = BatchReplyPolicy.Single });
        var reply = await listener.AskAsync(form.Replace("{0}", Header).Replace("{1}", Patient(1)).Replace("{2}", Patient(2)));

        reply.Should().HaveCount(2);
        reply[0].Should().StartWith(form.StartsWith("{1}", StringComparison.Ordinal) ? "MSH|^~\\&|PRACTICESTUDIO|PSSERVER|ATHENA|ATHENANET|" : "MSH|^~\\&|C|D|A|B|").And.Contain("|ACK|").And.EndWith("|P|2.3");
        reply[1].Should().Be(msa);
        (await listener.AskAsync(Encoding.UTF8.GetString(Adt("A08", "N", 9, Doe("1")))))[1].Should().Be("MSA|AA|N", "a message by itself is answered by itself");
    }

    [Theory]
    [InlineData("{0}{1}{bad}BTS|2\r", "MSA|AE|BATCH-9|1 of 2 messages not taken: 2|||101^Required field missing^HL70357", "ERR|PID^1^7^101&Required field missing&HL70357~PID^1^7^102&Data type error&HL70357")]
    [InlineData("{0}{1}{unserved}BTS|2\r", "MSA|AR|BATCH-9|1 of 2 messages not taken: 2|||201^Unsupported event code^HL70357", "ERR|MSH^1^9^201&Unsupported event code&HL70357")]
    [InlineData("{0}{bad}{unserved}BTS|2\r", "MSA|AE|BATCH-9|2 of 2 messages not taken: 1, 2|||101^Required field missing^HL70357", "ERR|PID^1^7^101&Required field missing&HL70357~PID^1^7^102&Data type error&HL70357~MSH^1^9^201&Unsupported event code&HL70357")]
    [InlineData("{0}{1}BTS|2\r", "MSA|AE|BATCH-9|batch 1 states 2 messages (BTS-1) and has 1|||100^Segment sequence error^HL70357", "ERR|BTS^1^^100&Segment sequence error&HL70357")]
    public async Task A_batch_of_which_not_everything_was_taken_gets_one_refusal_with_every_fault(string form, string msa, string err)
    {
        await using var listener = await ListenAsync(TestEngine.Guide with { BatchReply = BatchReplyPolicy.Single });
        var body = form.Replace("{0}", Header).Replace("{1}", Patient(1)).Replace("{bad}", Patient(2, Doe("2", birth: "19801399"))).Replace("{unserved}", Patient(3).Replace("ADT^A04", "ADT^Z99"));

        var reply = await listener.AskAsync(body);

        reply.Skip(1).Should().Equal(msa, err);
        (await _engine.RecordAsync("1959", "patient", "1") is not null).Should().Be(form.Contains("{1}", StringComparison.Ordinal), "a refusal of the whole undoes nothing");
    }

    [Fact]
    public async Task In_enhanced_mode_the_batch_of_accept_acknowledgements_comes_first_and_each_application_reply_by_itself()
    {
        await using var listener = await ListenAsync(TestEngine.Guide);
        await listener.Sender.SendAsync(RawSender.Frame($"{Header}{Asking("AL", "AL", Patient(1))}{Asking("AL", "AL", Patient(2, Doe("2", birth: "19801399")))}{Asking("", "AL", Patient(3))}BTS|3\r"));

        Said(await listener.ReplyAsync()).Should().Equal("MSA|CA|P1", "MSA|CA|P2", "BTS|2");
        Said(await listener.ReplyAsync())[0].Should().Be("MSA|AA|P1");
        Said(await listener.ReplyAsync())[0].Should().Be("MSA|AE|P2");
        Said(await listener.ReplyAsync())[0].Should().Be("MSA|AA|P3");
        (await listener.AskAsync(Patient(4)))[1].Should().Be("MSA|AA|P4", "nothing else was on the line");
    }

    [Fact]
    public async Task In_enhanced_mode_a_single_reply_is_a_commit_accept_and_the_application_replies_follow()
    {
        await using var listener = await ListenAsync(TestEngine.Guide with { BatchReply = BatchReplyPolicy.Single });
        await listener.Sender.SendAsync(RawSender.Frame($"{Header}{Asking("AL", "AL", Patient(1))}{Asking("AL", "ER", Patient(2))}BTS|2\r"));

        Said(await listener.ReplyAsync()).Should().Equal("MSA|CA|BATCH-9");
        Said(await listener.ReplyAsync()).Should().Equal("MSA|AA|P1");
        (await listener.AskAsync(Patient(4)))[1].Should().Be("MSA|AA|P4", "nothing else was on the line");
    }

    [Fact]
    public async Task A_batch_that_asks_for_nothing_or_answers_another_is_not_answered()
    {
        await using var listener = await ListenAsync(TestEngine.Guide);
        await listener.Sender.SendAsync(RawSender.Frame($"{Header}{Asking("NE", "NE", Patient(1))}BTS|1\r"));
        await listener.Sender.SendAsync(RawSender.Frame("BHS|^~\\&|A|B|C|D|20260105||||77|BATCH-8\rBTS|0\r"));
        await listener.Sender.SendAsync(RawSender.Frame("BHS|^~\\&|A|B|C|D|20260105||||78\rMSH|^~\\&|A|B|C|D|20260105||ACK|1|P|2.3\rMSA|AA|M1\rBTS|1\r"));

        (await listener.AskAsync(Patient(4)))[1].Should().Be("MSA|AA|P4");
        (await BatchesAsync()).Should().HaveCount(3);
        (await _engine.RecordAsync("1959", "patient", "1")).Should().NotBeNull();
    }

    [Fact]
    public async Task An_empty_batch_is_answered_by_an_empty_batch_whose_sender_would_not_answer_it()
    {
        await using var listener = await ListenAsync(TestEngine.Guide);

        var reply = await listener.AskAsync($"{Header}BTS|0\r");

        reply[0].Should().EndWith("|BATCH-9");
        reply[1].Should().Be("BTS|0");
    }

    [Fact]
    public async Task Application_replies_to_a_destination_are_queued_for_each_message_and_do_not_come_over_the_connection()
    {
        await using var listener = await ListenAsync(TestEngine.Guide with { ApplicationReplies = new ApplicationReplyOptions("replies") });

        var reply = await listener.AskAsync($"{Header}{Asking("AL", "AL", Patient(1))}{Asking("AL", "AL", Patient(2, Doe("2", birth: "19801399")))}BTS|2\r");

        Said(reply).Should().Equal("MSA|CA|P1", "MSA|CA|P2", "BTS|2");
        (await listener.AskAsync(Patient(4)))[1].Should().Be("MSA|AA|P4", "nothing else was on the line");
        var queued = await _engine.Store.ReadAsync(reader => reader.Deliveries(new DeliveryFilter(null, null, null, EngineId.None, 10)).Select(delivery => reader.Delivery(delivery.Id)!).ToList(), default);
        queued.Select(delivery => (delivery.Destination, Msa: Hl7Message.Parse(delivery.Body).Find("MSA"))).Select(one => $"{one.Destination} {one.Msa.Field(1).Decode()} {one.Msa.Field(2).Decode()}")
            .Should().BeEquivalentTo("replies AA P1", "replies AE P2");
    }

    [Fact]
    public async Task A_reply_on_applied_comes_when_the_message_of_a_batch_is_taken_up_again()
    {
        var source = TestEngine.Guide with { Acknowledge = AcknowledgePolicy.OnApplied };
        await _engine.DisposeAsync();
        _engine = await TestEngine.StartAsync(
            settings => settings with { Sources = [new SourceSettings("mllp", source, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits())] }, await ParkedVisits.MapsAsync());
        await using var listener = await ListenAsync(source);
        var visit = ParkedVisits.Message("V1");
        await listener.Sender.SendAsync(RawSender.Frame($"{Header}{Asking("AL", "AL", visit)}{Asking("AL", "AL", Patient(1))}BTS|2\r"));

        Said(await listener.ReplyAsync()).Should().Equal("MSA|CA|V1", "MSA|CA|P1", "BTS|2");
        Said(await listener.ReplyAsync())[0].Should().Be("MSA|AA|P1", "the visit waits for its patient");
        var parked = (await _engine.Store.ReadAsync(reader => reader.MessagesIn(MessageState.Parked, 10), default)).Should().ContainSingle().Subject;

        await _engine.AcceptAsync(Adt("A04", "P7", 2, Doe(), "PV1|1|O"));
        await _engine.Core.Intake.ReplayAsync(parked, default, null, default);

        Said(await listener.ReplyAsync())[0].Should().Be("MSA|AA|V1");
    }

    [Fact]
    public async Task A_batch_in_which_the_store_fails_gets_no_answer_and_is_taken_to_its_end_when_it_is_sent_again()
    {
        var batch = $"{Header}{Patient(1)}{Patient(2)}{Patient(3)}BTS|3\r";
        await using (var failing = await ListenAsync(TestEngine.Guide, new FailsAtMessage(_engine.Core.Intake, 2)))
        {
            await failing.Sender.SendAsync(RawSender.Frame(batch));
            (await failing.Sender.ReplyAsync()).Should().BeNull();
            failing.Counts.Unanswered.Should().Be(1);
            failing.Numbers.Now().OnTheirWay.Should().BeEmpty();
        }

        await using var listener = await ListenAsync(TestEngine.Guide);
        var reply = await listener.AskAsync(batch);

        Said(reply).Should().Equal("MSA|AA|P1", "MSA|AA|P2", "MSA|AA|P3", "BTS|3");
        (await BatchesAsync()).Select(kept => (kept.Verdict, kept.Found, kept.Stored)).Should().Equal((BatchVerdict.Complete, 3, 3), (BatchVerdict.Interrupted, 1, 1));
        (await _engine.RecordsAsync("1959", "patient")).Select(patient => (patient.ExternalId, patient.Version)).Should().BeEquivalentTo([("1", 1L), ("2", 1L), ("3", 1L)]);
    }

    private static string Patient(int number, string? pid = null) => Encoding.UTF8.GetString(Adt("A04", $"P{number}", number, pid ?? Doe($"{number}"), "PV1|1|O"));

    private static string Asking(string accept, string application, string body) => body.Replace("|P|2.3|", $"|P|2.3|||{accept}|{application}|", StringComparison.Ordinal);

    /// <summary>The segments that say what became of it, without the texts for people.</summary>
    private static List<string> Said(string[] reply) =>
        [.. reply.Where(segment => segment.StartsWith("MSA") || segment.StartsWith("ERR") || segment.StartsWith("BTS")).Select(segment => string.Join('|', segment.Split('|').Take(3)))];

    private async Task<IReadOnlyList<StoredBatch>> BatchesAsync() => await _engine.Store.ReadAsync(reader => reader.Batches(EngineId.None, 10), default);

    private async Task<Listener> ListenAsync(SourceBinding binding, IMessageIntake? intake = null)
    {
        var numbers = new SourceNumbers(await _engine.Store.Ledger.BeginRunAsync(binding.Name, 256, default), _engine.Time);
        var source = new MllpSource(binding, intake ?? _engine.Core.Intake, numbers, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits(), MllpAccess.Plain, _engine.Time, new RecordingLogger<MllpSource>());
        return new Listener(source, numbers, intake ?? _engine.Core.Intake, await RawSender.ConnectAsync(source.Bind()));
    }

    /// <summary>A listener over the test's engine, and a sender that is connected to it.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly MllpSource _source;
        private readonly Task _running;

        public Listener(MllpSource source, SourceNumbers numbers, IMessageIntake intake, RawSender sender)
        {
            _source = source;
            Numbers = numbers;
            Sender = sender;
            _running = source.RunAsync(_stop.Token);
        }

        public RawSender Sender { get; }

        public SourceNumbers Numbers { get; }

        public MllpCounts Counts => _source.Counters.Read();

        public async Task<string[]> AskAsync(string body) => Segments(await Sender.AskAsync(body));

        public async Task<string[]> ReplyAsync() => Segments(await Sender.ReplyAsync());

        public async ValueTask DisposeAsync()
        {
            Sender.Dispose();
            await _stop.CancelAsync();
            await _running;
            _source.Dispose();
            _stop.Dispose();
        }

        private static string[] Segments(string? reply) => reply!.TrimEnd('\r').Split('\r');
    }

    /// <summary>The engine's own intake, whose store fails at one message.</summary>
    private sealed class FailsAtMessage(IMessageIntake inner, int number) : IMessageIntake
    {
        private int _count;

        public ValueTask<Receipt> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken) =>
            ++_count == number ? throw new StoreUnavailableException("disk is full") : inner.AcceptAsync(message, cancellationToken);

        public ValueTask<EngineId> BeginBatchAsync(string source, bool isFile, CancellationToken cancellationToken) => inner.BeginBatchAsync(source, isFile, cancellationToken);

        public ValueTask EndBatchAsync(InterfaceEngine.Intake.Batches.BatchSummary batch, CancellationToken cancellationToken) => inner.EndBatchAsync(batch, cancellationToken);
    }
}
