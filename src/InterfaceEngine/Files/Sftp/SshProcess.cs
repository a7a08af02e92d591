using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// One <c>ssh</c>, a child of ours. Disposing ends it and what it started. Should the engine be killed, its pipes close, and it
/// ends by itself.
/// </summary>
internal sealed class SshProcess : IAsyncDisposable
{
    private const int OutputCharactersMax = 64 * 1024;

    /// <summary>How long its last words are waited for, once its pipe is closed.</summary>
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(5);

    private readonly SftpOptions _options;
    private readonly Process _process;
    private readonly Askpass? _askpass;
    private readonly StringBuilder _words = new();
    private readonly Task _listening;

    private SshProcess(SftpOptions options, Process process, Askpass? askpass)
    {
        _options = options;
        _process = process;
        _askpass = askpass;
        _listening = ListenAsync();
    }

    /// <summary>What the server says.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What the server is told.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    public int Id => _process.Id;

    /// <summary>Starts it for serving files.</summary>
    /// <exception cref="FileFaultException">Something is missing on our side.</exception>
    public static SshProcess Start(SftpOptions options)
    {
        SshArguments.Check(options);
        foreach (var file in new[] { options.KeyFile, options.CertificateFile }.OfType<string>().Where(file => !File.Exists(file)))
        {
            throw new FileFaultException(FileFault.Setup, $"{options.Address}: there is no file {file}, or the engine's user may not see it. Mend KeyFile or CertificateFile in the settings.");
        }

        return Start(options, SshArguments.ForFiles(options), SshSecrets.Of(options));
    }

    /// <summary>Runs it only so far that it has the server's host key written to a file; gives how it ended, as it always does.</summary>
    public static async Task<FileFaultException> ShowHostKeyAsync(SftpOptions options, string file, TimeProvider time, CancellationToken cancellationToken)
    {
        SshArguments.Check(options);
        await using var ssh = Start(options, SshArguments.ForHostKey(options, file), new SshSecrets(null, null));
        ssh.Input.Close();
        try
        {
            await ssh._process.WaitForExitAsync(cancellationToken).WaitAsync(options.ConnectTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new FileFaultException(FileFault.TimedOut, $"{options.Address}: nothing answered within {options.ConnectTimeout.TotalSeconds:0.###} s. Look whether it is reachable, or allow it more time (ConnectTimeout).");
        }

        return await ssh.ExplainAsync(new FileFaultException(FileFault.ConnectionLost, $"{options.Address}: the connection broke off before the server had shown its key. Its log may say more."));
    }

    /// <summary>Makes of what was noticed on the pipes what it means, by what ssh wrote.</summary>
    public async Task<FileFaultException> ExplainAsync(FileFaultException noticed)
    {
        if (noticed.Fault == FileFault.TimedOut)
        {
            // It waits for something: so that it writes no more, it is ended here.
            Kill();
        }

        // The pipe of its words closes with the last process that has it, which may be a command of the user's that lives on.
        await Task.WhenAny(_listening, Task.Delay(_lastWords));
        return SshEnding.Explain(_options, noticed, Words());
    }

    /// <summary>What it wrote so far.</summary>
    private string Words()
    {
        lock (_words)
        {
            return _words.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync();
        await Task.WhenAny(_listening, Task.Delay(_lastWords));
        _process.Dispose();
        if (_askpass is not null)
        {
            await _askpass.DisposeAsync();
        }
    }

    private static SshProcess Start(SftpOptions options, IReadOnlyList<string> arguments, SshSecrets secrets)
    {
        var start = new ProcessStartInfo(options.Program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var askpass = secrets.AreNone ? null : Askpass.Start(secrets.For);
        SetEnvironment(start, options, askpass);
        try
        {
            return new SshProcess(options, Process.Start(start)!, askpass);
        }
        catch (Win32Exception)
        {
            askpass?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw new FileFaultException(FileFault.Setup, $"{options.Address}: the program {options.Program} can't be started. Install OpenSSH's client (package openssh-client).");
        }
    }

    /// <summary>It gets nothing of our environment but what it needs: our secrets stand there.</summary>
    private static void SetEnvironment(ProcessStartInfo start, SftpOptions options, Askpass? askpass)
    {
        string[] kept = ["PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SystemRoot", .. options.Agent ? ["SSH_AUTH_SOCK"] : Array.Empty<string>()];
        foreach (var name in start.Environment.Keys.Except(kept).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        if (askpass is not null)
        {
            start.Environment["SSH_ASKPASS"] = Askpass.Program;
            start.Environment["SSH_ASKPASS_REQUIRE"] = "force";
            start.Environment[Askpass.Variable] = askpass.Path;

            // The program finds the runtime where ours is: <root>/shared/Microsoft.NETCore.App/<version>.
            start.Environment["DOTNET_ROOT"] = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }
    }

    /// <summary>Reads on when it has enough, so that ssh never waits for us.</summary>
    private async Task ListenAsync()
    {
        var buffer = new char[4096];
        try
        {
            while (await _process.StandardError.ReadAsync(buffer) is > 0 and var count)
            {
                lock (_words)
                {
                    _words.Append(buffer, 0, Math.Min(count, OutputCharactersMax - _words.Length));
                }
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
        }
    }
}
