using System.Text;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>
/// Two processes that give the same ids in the same millisecond, as those of one number can by clocks that differ: the
/// second one's message takes another id, and nobody's sender is met with silence.
/// </summary>
public sealed class TakenIdTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_message_whose_id_is_taken_is_applied_under_another()
    {
        var (one, other) = (Intake(), Intake());
        var first = await AcceptAsync(one, Adt("A04", "1", 1, Doe("1", "ANN")));

        var second = await AcceptAsync(other, Adt("A04", "2", 2, Doe("2", "BEN")));

        second.State.Should().Be(MessageState.Applied);
        second.Message.Should().NotBe(first.Message);
        var kept = await _engine.MessageAsync(second);
        (kept.ControlId, kept.State).Should().Be(("2", MessageState.Applied));
        (await _engine.MessageAsync(first)).ControlId.Should().Be("1");
        var patient = (await _engine.RecordAsync("1959", "patient", "2"))!;
        patient["first_name"].Should().Be("BEN");
        patient.Fields.Should().OnlyContain(field => field.Cause == null || field.Cause.Message == second.Message, "a field names the message that wrote it, by the id it has");
    }

    [Fact]
    public async Task A_message_that_is_refused_or_kept_for_a_person_is_stored_under_another_id_as_well()
    {
        var body = Encoding.UTF8.GetBytes("this is no message");
        var (one, other) = (Intake(), Intake());
        var first = await AcceptAsync(one, body);

        var second = await AcceptAsync(other, body);

        (first.State, second.State).Should().Be((MessageState.Refused, MessageState.Refused));
        second.Message.Should().NotBe(first.Message);
        (await _engine.MessageAsync(second)).Body.ToArray().Should().Equal(body);
    }

    [Fact]
    public void A_sender_does_not_wait_under_an_id_that_became_somebody_elses()
    {
        var (owed, id) = (new OwedReplies(), new EngineId(5));
        var (ours, theirs) = (new Taker(), new Taker());
        owed.Expect(id, ours);

        owed.Forget(id, ours);
        owed.TryPay(id, "a reply"u8.ToArray()).Should().BeFalse();
        owed.Expect(id, theirs);
        owed.Forget(id, ours);

        owed.TryPay(id, "a reply"u8.ToArray()).Should().BeTrue();
        (ours.Taken, theirs.Taken).Should().Be((0, 1));
    }

    /// <summary>The intake of a process of its own: it begins with the same ids as every other one made here.</summary>
    private MessageIntake Intake() => new(
        _engine.Store, _engine.Core.Mappings, new PracticeDirectory(_engine.Settings.Practices), new IdSource(_engine.Time, new Random(1)), _engine.Time, NullLogger<MessageIntake>.Instance);

    private static Task<Receipt> AcceptAsync(MessageIntake intake, byte[] body) => intake.AcceptAsync(new IncomingMessage(body, TestEngine.Guide), default).AsTask();

    private sealed class Taker : IReplyTaker
    {
        public int Taken { get; private set; }

        public bool IsOpen => true;

        public bool TryTake(ReadOnlyMemory<byte> reply)
        {
            Taken++;
            return true;
        }
    }
}
