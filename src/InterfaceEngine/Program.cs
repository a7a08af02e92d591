using System.Runtime.InteropServices;
using InterfaceEngine.Cli;
using InterfaceEngine.Files.Sftp;

namespace InterfaceEngine;

internal static class Program
{
    /// <summary>
    /// Runs one command line. Ctrl-C and SIGTERM ask the command to end by itself; a second one ends the process.
    /// </summary>
    public static async Task<int> Main(string[] arguments)
    {
        // Started by ssh, which wants a secret and gives one argument, its question.
        if (Environment.GetEnvironmentVariable(Askpass.Variable) is { } engine)
        {
            return await Askpass.AskAsync(engine, string.Join(' ', arguments), Console.OpenStandardOutput());
        }

        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await new EngineCommandLine(Terminal.OfProcess(), StandAloneEngine.OpenAsync).RunAsync(arguments, stop.Token);
    }
}
