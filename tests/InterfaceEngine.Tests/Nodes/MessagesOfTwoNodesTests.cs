using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Nodes;

/// <summary>What comes to one node and concerns the other: patients, replies, and the books of both.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class MessagesOfTwoNodesTests
{
    [StoreFact]
    public async Task A_sender_on_one_node_gets_the_applications_reply_when_the_patient_comes_to_the_other()
    {
        await using var nodes = await TwoNodes.StartAsync(TestEngine.Guide with { Acknowledge = AcknowledgePolicy.OnApplied });
        using var sender = await TwoNodes.ConnectAsync(nodes.Two);
        Code(await sender.AskAsync(Asking(ParkedVisits.Message("9001")))).Should().Be("CA|9001");

        // The first node has the duty to take up what is ready, and is not the one that has the sender.
        using var other = await TwoNodes.ConnectAsync(nodes.One);
        Code(await other.AskAsync(Text(Adt("A04", "2", 2, Doe())))).Should().Be("AA|2");

        var reply = await sender.ReplyAsync();
        Code(reply).Should().Be("AA|9001");
        var kept = (await nodes.One.Core.Store.ReadAsync(reader => reader.Messages(new MessageFilter(null, MessageState.Applied, "SIU^S12", EngineId.None)), default)).Single();
        Text((await nodes.One.Core.Store.ReadAsync(reader => reader.Message(kept.Id), default))!.ApplicationReply).Should().Be(reply);
    }

    [StoreFact]
    public async Task Parked_messages_are_taken_up_once_whichever_node_their_patient_comes_to()
    {
        const int Visits = 5;
        await using var nodes = await TwoNodes.StartAsync();
        using var one = await TwoNodes.ConnectAsync(nodes.One);
        using var two = await TwoNodes.ConnectAsync(nodes.Two);
        for (var visit = 0; visit < Visits; visit++)
        {
            (await (visit % 2 == 0 ? one : two).AskAsync(ParkedVisits.Message($"90{visit}"))).Should().Contain("MSA|AA");
        }

        (await two.AskAsync(Text(Adt("A04", "2", 2, Doe())))).Should().Contain("MSA|AA");

        await RunningEngine.UntilAsync(async () => (await VisitsAsync(nodes.One)).Count == Visits);
        (await VisitsAsync(nodes.One)).Should().OnlyContain(visit => visit.Version == 1);
    }

    [StoreFact]
    public async Task The_ledger_balances_on_both_while_messages_come_to_both_and_afterwards()
    {
        const int Messages = 60;
        await using var nodes = await TwoNodes.StartAsync();
        var sending = Task.WhenAll(SendAsync(nodes.One, 1000, Messages), SendAsync(nodes.One, 2000, Messages), SendAsync(nodes.Two, 3000, Messages), SendAsync(nodes.Two, 4000, Messages));

        do
        {
            foreach (var host in (EngineHost[])[nodes.One, nodes.Two])
            {
                (await TwoNodes.Ledger(host).RunAsync(since: 0, isFull: false, default)).Differences.Should().BeEmpty();
                (await TwoNodes.Ledger(host).RunAsync(since: 0, isFull: true, default)).Differences.Should().BeEmpty();

                // What the other says was said a while ago, which is at times before and at times after this.
                await host.Core.Numbers.ReportAsync(isUrgent: false, default);
            }
        }
        while (!sending.IsCompleted);

        await sending;
        await BalancesAsync(nodes.One, Messages * 4);
        await BalancesAsync(nodes.Two, Messages * 4);
    }

    [StoreFact]
    public async Task A_node_closes_the_books_of_one_that_fell_silent_which_goes_on_in_another_run_if_it_lives()
    {
        await using var nodes = await TwoNodes.StartAsync();
        await SendAsync(nodes.Two, 1000, 3);

        // It has nothing to say any more, so that it does not find out by itself, and go on in another run, before the test has looked.
        await Soon.HoldsAsync(() => nodes.Two.Core.Numbers.Now().Single().OnTheirWay.Should().BeEmpty());
        await nodes.Two.Core.Numbers.ReportAsync(isUrgent: false, default);
        var cutOff = nodes.Two.Core.Numbers.Now().Single();

        await nodes.ExecuteAsync("UPDATE nodes SET expires_at = 0 WHERE name = 'two'");
        await new GoneNodes(nodes.One.Core.Store, TimeProvider.System, NullLogger<GoneNodes>.Instance).EndAsync(default);

        (await nodes.One.Core.Store.ReadAsync(reader => reader.OpenRuns(), default)).Select(run => run.Node).Should().Equal("one");
        await BalancesAsync(nodes.One, 3);

        // It lives after all. Nothing is stored in the closed books: the sender gets no answer and sends again, and then there are new ones.
        await nodes.ExecuteAsync("UPDATE nodes SET expires_at = engine_now() + 3600000 WHERE name = 'two'");
        using (var refused = await TwoNodes.ConnectAsync(nodes.Two))
        {
            (await refused.AskAsync(Text(Adt("A04", "9", 9, Doe())))).Should().BeNull();
        }

        await RunningEngine.UntilAsync(() => Task.FromResult(nodes.Two.Core.Numbers.Now().Single().Run.Id != cutOff.Run.Id));
        using (var again = await TwoNodes.ConnectAsync(nodes.Two))
        {
            Code(await again.AskAsync(Text(Adt("A04", "9", 9, Doe())))).Should().Be("AA|9");
        }

        // Until it says what it received in the new run, the other node does not count it.
        await nodes.Two.Core.Numbers.ReportAsync(isUrgent: false, default);

        await BalancesAsync(nodes.One, 4);
        await BalancesAsync(nodes.Two, 4);
    }

    /// <summary>Both forms find nothing, and as many messages as came.</summary>
    private static async Task BalancesAsync(EngineHost host, long messages)
    {
        foreach (var isFull in (bool[])[false, true])
        {
            var report = await TwoNodes.Ledger(host).RunAsync(since: 0, isFull, default);
            report.Differences.Should().BeEmpty();
            report.Sources.Sum(source => source.States.Values.Sum()).Should().Be(messages);
        }
    }

    /// <summary>Patients of their own over one connection, each acknowledged.</summary>
    private static async Task SendAsync(EngineHost host, int first, int count)
    {
        using var sender = await TwoNodes.ConnectAsync(host);
        for (var number = first; number < first + count; number++)
        {
            Code(await sender.AskAsync(Text(Adt("A04", $"{number}", 1, Doe($"7{number}"))))).Should().Be($"AA|{number}");
        }
    }

    private static Task<IReadOnlyList<StoredRecord>> VisitsAsync(EngineHost host) =>
        host.Core.Store.ReadAsync(reader => reader.Records("1959", "appointment", EngineId.None, 100), default).AsTask();

    private static string Asking(string body)
    {
        var segments = body.Split('\r', 2);
        return $"{segments[0]}||AL|AL\r{segments[1]}";
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>MSA-1 and MSA-2; a stroke for no reply.</summary>
    private static string Code(string? reply) => string.IsNullOrEmpty(reply) ? "-" : string.Join('|', reply.Split('\r')[1].Split('|')[1..3]);
}
