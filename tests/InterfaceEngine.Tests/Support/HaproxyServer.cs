using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// The HAProxy program on a free port of loopback, with a configuration that the test gives. Stopped with the test, and at the
/// latest when the test process ends.
/// </summary>
internal sealed class HaproxyServer : IAsyncDisposable
{
    public const string Program = "haproxy";

    private readonly string _folder;
    private readonly Process _process;
    private readonly Task<string> _output;

    private HaproxyServer(string folder, Process process, IPEndPoint address)
    {
        _folder = folder;
        _process = process;
        _output = process.StandardError.ReadToEndAsync();
        Address = address;
    }

    /// <summary>Where it takes connections.</summary>
    public IPEndPoint Address { get; }

    /// <param name="configure">The configuration for the port that it is to take.</param>
    public static async Task<HaproxyServer> StartAsync(Func<IPEndPoint, string> configure)
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("haproxy-").FullName;
            var address = new IPEndPoint(IPAddress.Loopback, Ports.Free());
            var file = Path.Combine(folder, "haproxy.cfg");
            await File.WriteAllTextAsync(file, AsOrdinaryUser(configure(address)));
            var server = new HaproxyServer(folder, Process.Start(Guarded(file))!, address);
            if (await server.IsListeningAsync())
            {
                return server;
            }

            await server.DisposeAsync();
            if (attempt == 5)
            {
                throw new InvalidOperationException($"HAProxy did not start: {await server._output}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Only root can become another user, as HAProxy does by its first two lines.</summary>
    private static string AsOrdinaryUser(string configuration) =>
        Environment.IsPrivilegedProcess ? configuration : string.Join('\n', configuration.Split('\n').Where(line => line.Trim() is not ("user haproxy" or "group haproxy")));

    /// <summary>The program under a guard that stops it when our end of its input is closed, so that it never outlives the tests, however they end.</summary>
    private static ProcessStartInfo Guarded(string file) =>
        new("/bin/sh", ["-c", "\"$@\" & exec 2>&-; read -r _; kill -TERM $!; wait $!", "guard", Program, "-db", "-f", file]) { RedirectStandardInput = true, RedirectStandardError = true };

    /// <summary>Looks at the listeners of the machine: a connection would count as one already.</summary>
    private async Task<bool> IsListeningAsync()
    {
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromMinutes(1) && !_output.IsCompleted;)
        {
            if (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Contains(Address))
            {
                return true;
            }

            await Task.Delay(20);
        }

        return false;
    }
}
