using System.CommandLine;
using System.Net;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Peers;

namespace InterfaceEngine.Sandbox.Commands;

/// <summary><c>serve</c>: the receiving side, until Ctrl-C, SIGTERM, a time or a number of messages.</summary>
internal static class ServeCommand
{
    public static void AddTo(Command root, TextWriter output, TimeProvider time)
    {
        var listen = new Option<string>("--listen") { Description = "Where to listen; port 0 takes a free one. Default: 127.0.0.1:2576.", HelpName = "host:port", DefaultValueFactory = _ => "127.0.0.1:2576" };
        var folder = new Option<string?>("--folder") { Description = "Keep each message as a file in this folder. Default: only count.", HelpName = "DIR" };
        var echo = new Option<string?>("--echo") { Description = "Tell of bookings again, as athenahealth does: send each SIU back to this engine, with a number of athenahealth's in SCH-2.", HelpName = "host:port" };
        var own = new Option<bool>("--echo-own-number") { Description = "With --echo: athenahealth's number in SCH-1 too, as its real feed has it, and that of the booking nowhere." };
        var count = new Option<int?>("--count") { Description = "End when so many messages were kept. Default: at Ctrl-C.", HelpName = "N" };
        var seconds = CommonOptions.Seconds();
        var faults = CommonOptions.Faults(FaultOptions.OfReceiver);
        var seed = CommonOptions.FaultSeed();
        var most = CommonOptions.FaultsMax();
        var late = new Option<int>("--late") { Description = "How many milliseconds late a late reply is. Default: 2000.", HelpName = "MS", DefaultValueFactory = _ => 2_000 };
        var command = new Command("serve", "Receives: acknowledges what is sent, tells repeats from new messages, and shows what it got.") { listen, folder, echo, own, count, seconds, faults, seed, most, late };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new AthenaServerOptions
            {
                Listens = Listens(parsed.GetValue(listen)!),
                Folder = parsed.GetValue(folder),
                Echo = parsed.GetValue(echo) is { } to ? CommonOptions.ReadEndPoint("--echo", to) : null,
                EchoHasOwnNumberInBoth = parsed.GetValue(own),
                Faults = CommonOptions.ReadFaults(parsed.GetValue(faults), FaultOptions.OfReceiver, parsed.GetValue(seed), parsed.GetValue(most)) with
                {
                    Late = TimeSpan.FromMilliseconds(CommonOptions.InBounds("--late", parsed.GetValue(late), 0, 3_600_000)),
                },
            },
            parsed.GetValue(count),
            parsed.GetValue(seconds),
            output,
            time,
            cancellationToken));
        root.Add(command);
    }

    private static async Task<int> RunAsync(AthenaServerOptions options, int? count, int? seconds, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var server = AthenaServer.Start(options, time);
        await output.WriteLineAsync($"Listening  {server.Address}");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (seconds is { } most)
        {
            ended.CancelAfter(TimeSpan.FromSeconds(most));
        }

        try
        {
            await server.WaitForKeptAsync(count ?? int.MaxValue, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Told to end: that is how serving ends.
        }

        Accounts.Write(server.Account, output);
        return server.Account.CountOf(ArrivalKind.Conflicting) == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static IPEndPoint Listens(string text) =>
        CommonOptions.ReadEndPoint("--listen", text) as IPEndPoint ?? throw new UsageException($"--listen {text}: an address of this machine is expected, e.g. 127.0.0.1:2576.");
}
