using System.CommandLine;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;

namespace InterfaceEngine.Sandbox.Commands;

/// <summary><c>send</c>: the sending side, until the day is over, a time is, or Ctrl-C.</summary>
internal static class SendCommand
{
    private const int ConnectionsMax = 1_024;

    public static void AddTo(Command root, TextWriter output, TimeProvider time)
    {
        var feed = new FeedArguments();
        var to = new Option<string>("--to") { Description = "The engine's listener, e.g. 127.0.0.1:2575.", HelpName = "host:port", Required = true };
        var connections = new Option<int>("--connections") { Description = "Over how many connections; a patient stays on one. Default: 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var rate = new Option<int?>("--rate") { Description = "At most so many messages a second. Default: as fast as replies come.", HelpName = "N" };
        var timeout = new Option<int>("--timeout") { Description = "After so many milliseconds without a reply a message is sent again. Default: 30000.", HelpName = "MS", DefaultValueFactory = _ => 30_000 };
        var attempts = new Option<int>("--attempts") { Description = "How often a message is sent until a reply comes; then it counts as unanswered. Default: 20.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var seconds = CommonOptions.Seconds();
        var faults = CommonOptions.Faults(FaultOptions.OfSender);
        var seed = CommonOptions.FaultSeed();
        var most = CommonOptions.FaultsMax();
        var command = new Command("send", "Sends a clinic's day to an engine, waits for each reply and gives the account.") { to, connections, rate, timeout, attempts, seconds, faults, seed, most };
        foreach (var option in feed.All)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(
            feed.Read(parsed),
            new FeedClientOptions
            {
                To = CommonOptions.ReadEndPoint("--to", parsed.GetValue(to)!),
                Connections = CommonOptions.InBounds("--connections", parsed.GetValue(connections), 1, ConnectionsMax),
                PerSecond = parsed.GetValue(rate) is { } perSecond ? CommonOptions.InBounds("--rate", perSecond, 1, 1_000_000) : null,
                ReplyTimeout = TimeSpan.FromMilliseconds(CommonOptions.InBounds("--timeout", parsed.GetValue(timeout), 1, 3_600_000)),
                AttemptsMax = CommonOptions.InBounds("--attempts", parsed.GetValue(attempts), 1, 1_000_000),
                Duration = parsed.GetValue(seconds) is { } duration ? TimeSpan.FromSeconds(CommonOptions.InBounds("--for", duration, 1, 604_800)) : null,
                Faults = CommonOptions.ReadFaults(parsed.GetValue(faults), FaultOptions.OfSender, parsed.GetValue(seed), parsed.GetValue(most)),
            },
            output,
            time,
            cancellationToken));
        root.Add(command);
    }

    private static async Task<int> RunAsync(ClinicFeed feed, FeedClientOptions options, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        var account = await new FeedClient(options, time).SendAsync(feed.Messages(), cancellationToken);
        Accounts.Write(account, output);
        return account.IsAllAccepted ? ExitCode.Done : ExitCode.Failed;
    }
}
