using System.ComponentModel;
using System.Diagnostics;

namespace InterfaceEngine.Files;

/// <summary>What holds for every program that the engine starts.</summary>
internal static class ChildProcess
{
    /// <summary>A program with its pipes to us. Of our environment, in which our secrets stand, it gets nothing but what it needs.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">What it is told; no shell reads it.</param>
    /// <param name="more">What it gets besides of our environment.</param>
    public static ProcessStartInfo Of(string program, IEnumerable<string> arguments, params string[] more)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] kept = ["PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SystemRoot", .. more];
        foreach (var name in start.Environment.Keys.Except(kept).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        return start;
    }

    /// <summary>Whether there is such a program, as <c>PATH</c> finds it.</summary>
    public static bool IsThere(string program) => program.Contains(Path.DirectorySeparatorChar)
        ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Ends it and what it started. What another user's rights were given to (sudo) is not ours to end: it ends with its pipes.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }
        catch (Exception refused) when (refused is AggregateException or Win32Exception)
        {
            KillAlone(process);
        }
    }

    private static void KillAlone(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (Exception ended) when (ended is InvalidOperationException or Win32Exception)
        {
        }
    }
}
