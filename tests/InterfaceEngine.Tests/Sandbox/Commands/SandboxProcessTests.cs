using System.Diagnostics;
using System.Runtime.InteropServices;
using InterfaceEngine.Cli.Durability;

namespace InterfaceEngine.Tests.Sandbox.Commands;

/// <summary>The sandbox as a process of its own: what ends it.</summary>
public sealed class SandboxProcessTests
{
    private const int Terminate = 15;

    /// <summary>What the system says of a process that had no say itself.</summary>
    private const int Terminated = 128 + Terminate;

    private static readonly TimeSpan _bound = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_vendor_that_serves_ends_on_SIGTERM_with_its_account()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var sandbox = Start();
        (await sandbox.StandardOutput.ReadLineAsync().WaitAsync(_bound)).Should().StartWith("ecw-guide");

        Signal(sandbox.Id, Terminate).Should().Be(0);

        await EndedAsync(sandbox);
        (sandbox.ExitCode, await sandbox.StandardOutput.ReadToEndAsync()).Should().Match<(int Code, string Output)>(ran => ran.Code == 0 && ran.Output.StartsWith("calls", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_vendor_that_is_starting_ends_on_SIGTERM_as_well()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var sandbox = Start();

        Signal(sandbox.Id, Terminate).Should().Be(0);

        await EndedAsync(sandbox);
        sandbox.ExitCode.Should().BeOneOf(0, Terminated);
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo(ChildEngine.OwnCommand[0]) { RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "InterfaceEngine.Sandbox.dll"), "vendor", "--profile", "ecw-guide", "--people", "1", "--listen", "127.0.0.1:0"])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static async Task EndedAsync(Process sandbox)
    {
        try
        {
            await sandbox.WaitForExitAsync().WaitAsync(_bound);
        }
        catch (TimeoutException)
        {
            sandbox.Kill();
            throw;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
