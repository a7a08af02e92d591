using System.Runtime.InteropServices;
using InterfaceEngine.Sandbox.Commands;

namespace InterfaceEngine.Sandbox;

internal static class Program
{
    /// <summary>Runs one command line. Ctrl-C and SIGTERM ask the command to end by itself; a second one ends the process.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        // Before anything is started: a web server takes these signals for itself, and a command that never hears of them goes on for ever.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await new SandboxCommandLine(Console.Out, Console.Error, TimeProvider.System).RunAsync(arguments, stop.Token);
    }
}
