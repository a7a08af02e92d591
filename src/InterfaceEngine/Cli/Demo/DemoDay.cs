using System.Net;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Demo;

/// <summary>A clinic's morning from the sandbox, over connections that do everything that connections do.</summary>
internal static class DemoDay
{
    private const int Messages = 400;
    private const int People = 60;
    private const int Connections = 4;
    private const double FaultChance = 0.03;
    private const int Seed = 7;

    /// <summary>Whose morning it is; what else the sandbox shows is of the same people.</summary>
    public static ClinicOptions Clinic { get; } = new() { Seed = Seed, Events = Messages, People = People, Length = TimeSpan.FromHours(4) };

    /// <summary>The practice whose feed the sandbox's is.</summary>
    public static string Practice => Sandbox.Clinic.Practice.Athena.Id;

    /// <returns>Whether every message was accepted and is settled once.</returns>
    public static async Task<bool> SendAsync(CommandContext context, EngineHost engine, IPEndPoint listener)
    {
        var terminal = context.Terminal;
        terminal.Line($"A clinic's morning from the sandbox: {Messages} messages over {Connections} connections that cut them up, lose replies, break off and send again");
        var before = await CountsAsync(engine, context.CancellationToken);
        var feed = new ClinicFeed(FeedStyle.Athena, Clinic);
        var account = await new FeedClient(
            new FeedClientOptions { To = listener, Connections = Connections, Faults = FaultOptions.All(FaultOptions.OfSender, FaultChance, Seed) },
            terminal.Time).SendAsync(feed.Messages(), context.CancellationToken);
        var after = await CountsAsync(engine, context.CancellationToken);

        var table = new TextTable("sender", "", "engine", "");
        var sender = account.Codes.Select(code => ($"answered {code.Key}", code.Value)).Prepend(("messages", account.Messages)).Append(("unanswered", account.Unanswered))
            .Append(("frames, with those sent again", account.FramesSent)).ToList();
        var stored = after.Select(count => (State: count.Key, Count: count.Value - before.GetValueOrDefault(count.Key))).Where(count => count.Count > 0).ToList();
        for (var row = 0; row < Math.Max(sender.Count, stored.Count); row++)
        {
            var (said, count) = row < sender.Count ? sender[row] : ("", -1);
            var (state, of) = row < stored.Count ? (stored[row].State.Text(), stored[row].Count) : ("", -1);
            table.Add(said, count < 0 ? "" : $"{count}", state, of < 0 ? "" : $"{of}");
        }

        terminal.Table(table);
        terminal.Line();
        var settled = stored.Where(count => count.State is MessageState.Applied or MessageState.Unchanged).Sum(count => count.Count);
        return account.IsAllAccepted && settled == account.Messages;
    }

    private static async Task<SortedDictionary<MessageState, long>> CountsAsync(EngineHost engine, CancellationToken cancellationToken)
    {
        var counts = await engine.Core.Store.ReadAsync(reader => reader.MessageCounts(), cancellationToken);
        return new(counts.GroupBy(count => count.State).ToDictionary(group => group.Key, group => group.Sum(count => count.Count)));
    }
}
