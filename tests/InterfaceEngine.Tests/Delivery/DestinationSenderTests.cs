using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>The way of a delivery, over real sockets and a real store: replies, their absence, and order.</summary>
public sealed class DestinationSenderTests : IAsyncLifetime
{
    private readonly SenderBench _bench = SenderBench.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task What_is_queued_is_sent_as_it_is_and_settled_by_its_reply()
    {
        _bench.Start();
        var write = await _bench.QueueAsync();

        var received = await _bench.Receiver.NextAsync();

        received.Body.Should().Equal(write.Body.ToArray());
        await _bench.SettledAsync(write, DeliveryState.Delivered);
        var settled = await _bench.ReadAsync(write);
        settled.Should().BeEquivalentTo(new { Code = "AA", Reason = (string?)null, Attempts = 1 });
        settled.Reply.ToArray().Should().Equal(received.Reply("AA")[1..^2]);
    }

    [Fact]
    public async Task What_was_queued_before_the_start_is_sent_at_the_start()
    {
        var write = await _bench.QueueAsync();

        _bench.Start();

        (await _bench.Receiver.NextAsync()).ControlId.Should().Be(write.ControlId);
    }

    [Theory]
    [InlineData("AA", "", "delivered", "AA")]
    [InlineData("CA", "", "delivered", "CA")]
    [InlineData("AE", "|no such provider", "held", "AE")]
    [InlineData("CE", "", "held", "CE")]
    [InlineData("AE", "\rERR|PID^1^7^102&Data type error&HL70357", "held", "AE 102")]
    [InlineData("AR", "\rERR|MSH^1^9^200&Unsupported message type&HL70357", "held", "AR 200")]
    [InlineData("AR", "\rERR||MSH^1^9|201^Unsupported event^HL70357|E", "held", "AR 201")]
    [InlineData("CR", "||||202", "held", "CR 202")]
    [InlineData("AR", "||||203", "held", "AR 203")]
    [InlineData("AE", "\rERR|||DOE^JANE 19700101|E", "held", "AE")]
    public async Task A_reply_settles_its_delivery(string code, string tail, string state, string shortly)
    {
        _bench.Receiver.Answer(code, tail);
        _bench.Start();
        var write = await _bench.QueueAsync();

        var settled = await _bench.SettledAsync(write, DeliveryStates.Parse(state));

        settled.Code.Should().Be(shortly, "nothing that a receiver wrote stands in a plain column");
        _bench.Receiver.All.Should().ContainSingle();
    }

    [Theory]
    [InlineData("AR")]
    [InlineData("CR")]
    public async Task A_rejection_is_tried_again_with_the_same_bytes_a_number_of_times_and_then_held(string code)
    {
        _bench.Options = _bench.Options with { AttemptsMax = 3 };
        _bench.Receiver.Answer(code, "|busy");
        _bench.Start();
        var write = await _bench.QueueAsync();

        var held = await _bench.SettledAsync(write, DeliveryState.Held);

        (await _bench.ReadAsync(write)).Attempts.Should().Be(3);
        held.Reason.Should().Be($"the receiver answered {code}: busy (given up after 3 attempts)");
        _bench.Receiver.All.Should().HaveCount(3).And.OnlyContain(received => received.Body.SequenceEqual(write.Body.ToArray()));
    }

    [Fact]
    public async Task A_rejection_is_tried_again_for_a_time_and_then_held()
    {
        _bench.Options = _bench.Options with { AttemptsMax = 1_000_000, RetryFor = TimeSpan.FromHours(1) };
        _bench.Receiver.Answer("AR");
        _bench.Start();
        var write = await _bench.QueueAsync();
        await _bench.SettledAsync(write, DeliveryState.Waiting);

        _bench.Clock.Advance(TimeSpan.FromHours(1));

        await _bench.SettledAsync(write, DeliveryState.Held);
    }

    [Fact]
    public async Task Rows_of_the_settings_come_first()
    {
        _bench.Options = _bench.Options with
        {
            Replies =
            [
                new ReplyRule { ErrorCodes = ["205"], Outcome = AttemptOutcome.Delivered },
                new ReplyRule { Text = new("busy"), Outcome = AttemptOutcome.Retry, Limit = new RetryLimit(2, null) },
                new ReplyRule { Codes = [InterfaceEngine.Core.Hl7.AcknowledgementCode.AA], Text = new("later"), Outcome = AttemptOutcome.Refused },
            ],
        };
        var tails = new Dictionary<string, (string Code, string Tail)>();
        _bench.Receiver.Answers = async message =>
        {
            await Receiver.SendAsync(message.Socket, message.Reply(tails[message.ControlId].Code, tails[message.ControlId].Tail));
            return true;
        };
        var known = await _bench.QueueAsync("lane 1");
        var busy = await _bench.QueueAsync("lane 2");
        var later = await _bench.QueueAsync("lane 3");
        tails[known.ControlId] = ("AE", "||||205");
        tails[busy.ControlId] = ("AE", "|busy");
        tails[later.ControlId] = ("AA", "|later");

        _bench.Start();

        await _bench.SettledAsync(known, DeliveryState.Delivered);
        await _bench.SettledAsync(later, DeliveryState.Held);
        await _bench.SettledAsync(busy, DeliveryState.Held);
        (await _bench.ReadAsync(busy)).Attempts.Should().Be(2);
    }

    [Fact]
    public async Task A_lost_reply_has_the_same_bytes_sent_again_over_a_new_connection()
    {
        _bench.Options = _bench.Options with { Client = new MllpClientOptions { ReplyTimeout = TimeSpan.FromMilliseconds(500) } };
        var count = 0;
        _bench.Receiver.Answers = async message =>
        {
            await Receiver.SendAsync(message.Socket, Interlocked.Increment(ref count) == 1 ? [] : message.Reply("AA"));
            return true;
        };
        _bench.Start();
        var write = await _bench.QueueAsync();

        await _bench.SettledAsync(write, DeliveryState.Delivered);

        var (first, second) = (await _bench.Receiver.NextAsync(), await _bench.Receiver.NextAsync());
        second.Body.Should().Equal(first.Body);
        second.Connection.Should().NotBe(first.Connection);
    }

    [Fact]
    public async Task A_late_reply_is_matched_to_no_other_message()
    {
        _bench.Options = _bench.Options with { Client = new MllpClientOptions { ReplyTimeout = TimeSpan.FromMilliseconds(500) } };
        Received? kept = null;
        _bench.Receiver.Answers = async message =>
        {
            if (Interlocked.CompareExchange(ref kept, message, null) is not { } late)
            {
                return true;
            }

            // The first message's acceptance comes when the second's is awaited, on every way there is.
            await Receiver.SendAsync(late.Socket, late.Reply("AA"));
            await Receiver.SendAsync(message.Socket, message.ControlId == late.ControlId ? message.Reply("AA") : message.Reply("AE"));
            return true;
        };
        var first = await _bench.QueueAsync("lane 1");
        var second = await _bench.QueueAsync("lane 2");

        _bench.Start();

        await _bench.SettledAsync(second, DeliveryState.Held);
        await _bench.SettledAsync(first, DeliveryState.Delivered);
    }

    [Fact]
    public async Task A_reply_with_another_messages_control_id_delivers_nothing_and_closes_the_connection()
    {
        var count = 0;
        _bench.Receiver.Answers = async message =>
        {
            // Counted before the reply, for the sender may be quicker than what stands behind it.
            await Receiver.SendAsync(message.Socket, message.Reply("AA", controlId: ++count == 1 ? "ANOTHER" : null));
            return true;
        };
        _bench.Start();
        var write = await _bench.QueueAsync();

        var postponed = await _bench.SettledAsync(write, DeliveryState.Waiting);
        await _bench.SettledAsync(write, DeliveryState.Delivered);

        (postponed.Code, postponed.Reason).Should().Be(("no reply", "the reply names another message in MSA-2"));
        _bench.Receiver.All.Select(received => received.Connection).Should().Equal(1, 2);
    }

    [Fact]
    public async Task A_reply_that_comes_byte_by_byte_is_read()
    {
        _bench.Receiver.Answers = async message =>
        {
            foreach (var part in message.Reply("AA"))
            {
                await Receiver.SendAsync(message.Socket, [part]);
            }

            return true;
        };
        _bench.Start();
        var write = await _bench.QueueAsync();

        await _bench.SettledAsync(write, DeliveryState.Delivered);
    }

    [Fact]
    public async Task Of_two_replies_at_once_the_second_is_matched_to_nothing()
    {
        _bench.Receiver.Answers = async message =>
        {
            await Receiver.SendAsync(message.Socket, [.. message.Reply("AA"), .. message.Reply("AA", controlId: "ANOTHER")]);
            return true;
        };
        var first = await _bench.QueueAsync("lane 1");
        var second = await _bench.QueueAsync("lane 2");

        _bench.Start();

        await _bench.SettledAsync(first, DeliveryState.Delivered);
        await _bench.SettledAsync(second, DeliveryState.Delivered);
        _bench.Receiver.All.Select(received => received.Connection).Should().Equal([1, 2], "what was not asked for makes a connection useless");
    }

    [Theory]
    [InlineData("garbage without a frame")]
    [InlineData("\u000bno acknowledgement at all\u001c\r")]
    [InlineData("\u000bMSH|^~\\&|||||||ACK|1|P|2.3\r\u001c\r")]
    [InlineData("\u000bMSH|^~\\&|||||||ACK|1|P|2.3\rMSA|ZZ|1\r\u001c\r")]
    [InlineData("\u000bMSH|^~\\&|\u000bMSH|^~\\&|\u001c\r")]
    [InlineData("")]
    public async Task What_is_no_reply_delivers_nothing_and_the_same_bytes_are_sent_again(string bytes)
    {
        var count = 0;
        _bench.Receiver.Answers = async message =>
        {
            if (++count > 1)
            {
                await Receiver.SendAsync(message.Socket, message.Reply("AA"));
                return true;
            }

            await Receiver.SendAsync(message.Socket, System.Text.Encoding.Latin1.GetBytes(bytes));
            return false;
        };
        _bench.Start();
        var write = await _bench.QueueAsync();

        (await _bench.SettledAsync(write, DeliveryState.Waiting)).Code.Should().Be("no reply");
        await _bench.SettledAsync(write, DeliveryState.Delivered);

        _bench.Receiver.All.Should().HaveCount(2).And.OnlyContain(received => received.Body.SequenceEqual(write.Body.ToArray()));
    }

    [Fact]
    public async Task A_connection_that_is_dropped_after_the_reply_costs_nothing()
    {
        _bench.Receiver.Answers = async message =>
        {
            await Receiver.SendAsync(message.Socket, message.Reply("AA"));
            return false;
        };
        var writes = new List<DeliveryWrite> { await _bench.QueueAsync(), await _bench.QueueAsync(), await _bench.QueueAsync() };

        _bench.Start();

        foreach (var write in writes)
        {
            await _bench.SettledAsync(write, DeliveryState.Delivered);
        }

        _bench.Receiver.All.Select(received => received.ControlId).Should().Equal(writes.Select(write => write.ControlId));
    }

    [Fact]
    public async Task A_body_that_no_frame_can_carry_is_held_and_not_sent()
    {
        _bench.Start();
        var write = await _bench.QueueAsync("lane 1", "MSH|^~\\&|\u001c");

        (await _bench.SettledAsync(write, DeliveryState.Held)).Code.Should().Be("not sent");

        _bench.Receiver.All.Should().BeEmpty();
    }

    [Fact]
    public async Task A_receiver_that_is_down_costs_no_attempt_and_gets_everything_when_it_is_back()
    {
        await _bench.Receiver.StopListeningAsync();
        var writes = new List<DeliveryWrite> { await _bench.QueueAsync("lane 1"), await _bench.QueueAsync("lane 2"), await _bench.QueueAsync("lane 1") };
        var sender = _bench.Start();
        await _bench.Log.Logged("DestinationUnreachable");
        await Soon.HoldsAsync(() => (sender.Status.State, sender.Status.Reason).Should().Match<(string State, string? Reason)>(
            status => status.State == "backing off" && status.Reason!.Contains("127.0.0.1", StringComparison.Ordinal)));

        _bench.Receiver.ListenAgain();

        foreach (var write in writes)
        {
            (await _bench.SettledAsync(write, DeliveryState.Delivered)).Delivery.Attempts.Should().Be(0);
        }

        (sender.Status.State, sender.Status.Reason).Should().Be(("connected", null));
        sender.Status.LastReplyAt.Should().NotBeNull();
    }

    [Fact]
    public async Task Nothing_of_a_message_or_reply_is_logged()
    {
        _bench.Receiver.Answer("AE", "|DOE JANE is unknown\rERR|||DOE|E");
        _bench.Start();
        var write = await _bench.QueueAsync();

        await _bench.SettledAsync(write, DeliveryState.Held);

        _bench.Log.Lines.Should().NotBeEmpty().And.NotContain(line => line.Text.Contains("DOE", StringComparison.Ordinal));
    }
}
