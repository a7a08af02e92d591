using InterfaceEngine.Sandbox.Commands;

namespace InterfaceEngine.Sandbox;

internal static class Program
{
    /// <summary>Runs one command line. Ctrl-C asks the command to end by itself.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        return await new SandboxCommandLine(Console.Out, Console.Error, TimeProvider.System).RunAsync(arguments, stop.Token);
    }
}
