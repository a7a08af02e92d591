using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;

namespace InterfaceEngine.Control;

/// <summary>
/// Tries a place of files or messages step by step, with times, so that it is seen how far it goes: name, port, and then TLS and a message for trial, or
/// host key, login, list and, where the settings have the engine change something there,
/// write. A step that fails ends it.
/// </summary>
internal sealed class PlaceTrial(OutsidePlace place, TimeProvider time)
{
    private const int NamesMax = 8;

    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(10);

    private readonly List<ReachedStep> _steps = [];

    /// <param name="sendsTest">Whether a receiver is sent a message for trial.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ReachedView> RunAsync(bool sendsTest, CancellationToken cancellationToken)
    {
        var view = new ReachedView(place.Name, place.Kind, place.Address, Works: true, Problem: null, [], ShownKey: null);
        try
        {
            view = place.Server is { } server ? await OnServerAsync(view, server, cancellationToken)
                : place.Receiver is { } receiver ? await AtReceiverAsync(view, receiver, sendsTest, cancellationToken)
                : await HereAsync(view, cancellationToken);
        }
        catch (FileFaultException fault)
        {
            view = view with { Works = false, Problem = fault.Message };
        }

        return view with { Steps = [.. _steps, .. Names(sendsTest).Except(_steps.Select(step => step.Name)).Select(name => new ReachedStep(name, "not tried", 0, "not tried"))] };
    }

    private string[] Names(bool sendsTest) => place switch
    {
        { Server: { JumpHost: null } } => ["name", "port", "host key", "login", .. Folder],
        { Server: not null } => ["host key", "login", .. Folder],
        { Receiver: not null } => ["name", "port", .. Where("TLS", place.ShakeHands is not null), .. Where("test message", sendsTest && place.SendTest is not null)],
        _ => Folder,
    };

    private static string[] Where(string name, bool isTried) => isTried ? [name] : [];

    private string[] Folder => place.IsWritten ? ["list", "write"] : ["list"];

    private async Task<ReachedView> AtReceiverAsync(ReachedView view, (string Host, int Port) receiver, bool sendsTest, CancellationToken cancellationToken)
    {
        await ConnectAsync(receiver.Host, receiver.Port, cancellationToken);
        if (place.ShakeHands is { } shake)
        {
            await StepAsync("TLS", () => shake(time, cancellationToken));
        }

        if (sendsTest && place.SendTest is { } send)
        {
            await StepAsync("test message", () => send(time, cancellationToken));
        }

        return view;
    }

    private async Task<ReachedView> OnServerAsync(ReachedView view, SftpOptions server, CancellationToken cancellationToken)
    {
        var accepted = await HostKeys.AcceptedAsync(server, cancellationToken);
        view = view with { AcceptedKeys = [.. accepted.Select(key => key.Fingerprint)] };
        try
        {
            // What is behind another machine is known and reached from there alone.
            if (server.JumpHost is null)
            {
                await ConnectAsync(server.Host, server.Port, cancellationToken);
            }

            var began = Stopwatch.GetTimestamp();
            var shown = await ShownAsync(server, cancellationToken);
            return await LoginAsync(view, server, shown, Milliseconds(began), cancellationToken);
        }
        catch (FileFaultException fault)
        {
            return view with { Works = false, Problem = fault.Message };
        }
    }

    private async Task<HostKey> ShownAsync(SftpOptions server, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return await HostKeys.ShownAsync(server, time, cancellationToken);
        }
        catch (FileFaultException fault)
        {
            _steps.Add(new ReachedStep("host key", "failed", Milliseconds(began), fault.Message));
            throw;
        }
    }

    /// <summary>A server may have keys of several kinds, and shows whom it knows to expect one that one: whether its key is accepted, the login tells.</summary>
    private async Task<ReachedView> LoginAsync(ReachedView view, SftpOptions server, HostKey shown, double took, CancellationToken cancellationToken)
    {
        var evidence = $"{shown.Kind} {shown.Fingerprint}";
        var began = Stopwatch.GetTimestamp();
        try
        {
            await using var folder = await SftpFolder.ConnectAsync(server, place.Folder ?? "", time, cancellationToken);
            _steps.Add(new ReachedStep("host key", "ok", took, $"{evidence} is shown, and a key of the server was accepted"));
            _steps.Add(new ReachedStep("login", "ok", Milliseconds(began), $"as {server.User}"));
            return await FolderAsync(view, folder, cancellationToken);
        }
        catch (FileFaultException fault) when (fault.Fault is FileFault.HostKeyUnknown or FileFault.HostKeyChanged)
        {
            _steps.Add(new ReachedStep("host key", "failed", took, $"{evidence}, which was not accepted"));
            return view with { Works = false, Problem = fault.Message, ShownKey = shown.Fingerprint };
        }
        catch (FileFaultException fault) when (_steps.TrueForAll(step => step.Name != "host key"))
        {
            _steps.Add(new ReachedStep("host key", "ok", took, $"{evidence} is shown"));
            _steps.Add(new ReachedStep("login", "failed", Milliseconds(began), fault.Message));
            throw;
        }
    }

    private async Task<ReachedView> FolderAsync(ReachedView view, IFileFolder folder, CancellationToken cancellationToken)
    {
        await StepAsync("list", async () => $"{(await folder.ListAsync("", cancellationToken)).Entries.Count} entries");
        if (place.IsWritten)
        {
            await StepAsync("write", () => WriteAsync(folder, cancellationToken));
        }

        return view;
    }

    /// <summary>An empty file of a name of its own, which nobody polls for.</summary>
    private static async Task<string> WriteAsync(IFileFolder folder, CancellationToken cancellationToken)
    {
        var name = PlacePath.Temporary();
        try
        {
            await folder.WriteAsync(name, (_, _) => Task.CompletedTask, replaces: false, cancellationToken);
            await folder.DeleteAsync(name, cancellationToken);
            return "a file was written and deleted";
        }
        catch (FileFaultException fault)
        {
            throw new FileFaultException(fault.Fault, $"{fault.Message} If {name} is there, delete it: it is empty.");
        }
    }

    private async Task<ReachedView> HereAsync(ReachedView view, CancellationToken cancellationToken)
    {
        await using var folder = new LocalFolder(place.Folder ?? "");
        return await FolderAsync(view, folder, cancellationToken);
    }

    private async Task ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_connectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            IPAddress[] addresses = [];
            await StepAsync("name", async () =>
            {
                addresses = await ResolveAsync(host, either.Token);
                return $"{host} is {string.Join(", ", addresses.Take(NamesMax).Select(one => one.ToString()))}";
            });
            await StepAsync("port", () => ReachAsync(host, addresses, port, either.Token));
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            throw new FileFaultException(FileFault.TimedOut, $"{host}:{port}: nothing answered within {_connectTimeout.TotalSeconds} s. Look whether a firewall is in between.");
        }
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException)
        {
            throw new FileFaultException(FileFault.HostNotFound, $"{host}: no machine of this name is known. Mend Host in the settings, or look at the name server.");
        }
    }

    private static async Task<string> ReachAsync(string host, IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return $"{socket.RemoteEndPoint} takes connections";
        }
        catch (SocketException failure)
        {
            throw new FileFaultException(
                FileFault.Unreachable,
                $"{host}:{port}: nothing takes connections there ({failure.SocketErrorCode}). Look whether the receiver runs, and at Port in the settings.");
        }
    }

    private async Task StepAsync(string name, Func<Task<string>> step)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var evidence = await step();
            _steps.Add(new ReachedStep(name, "ok", Milliseconds(began), evidence));
        }
        catch (FileFaultException fault)
        {
            _steps.Add(new ReachedStep(name, "failed", Milliseconds(began), fault.Message));
            throw;
        }
        catch (OperationCanceledException)
        {
            _steps.Add(new ReachedStep(name, "failed", Milliseconds(began), "nothing came in time"));
            throw;
        }
    }

    private static double Milliseconds(long began) => Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 1);
}
