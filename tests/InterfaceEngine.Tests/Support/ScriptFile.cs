using System.Diagnostics;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A script that can be run. Another process writes it: what this one has open for writing is open in whatever child another test starts at that moment, until that
/// child has become its program, and nobody can run a file that somebody has open for writing.
/// </summary>
internal static class ScriptFile
{
    public static async Task WriteAsync(string file, string text)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "cat > \"$1\" && chmod 700 \"$1\"", "write", file]) { RedirectStandardInput = true })!;
        await shell.StandardInput.WriteAsync(text);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} could not be written");
        }
    }
}
