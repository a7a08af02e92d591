using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// One <c>ssh</c>, a child of ours. Disposing ends it and what it started. Should the engine be killed, its pipes close, and it
/// ends by itself; where a server does not let it end, the small watch beside it does.
/// </summary>
internal sealed class SshProcess : IAsyncDisposable
{
    private const int OutputCharactersMax = 64 * 1024;

    /// <summary>How long its last words are waited for, once its pipe is closed.</summary>
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The shell becomes ssh (<c>"$@"</c>) and leaves a watch behind, which ends ssh within seconds of the engine's end (<c>$0</c>), and itself with
    /// ssh. The watch has none of the pipes, so it keeps none of them open.
    /// </summary>
    private const string Watched = "(exec </dev/null >/dev/null 2>&1; while kill -0 $$; do kill -0 \"$0\" || { kill -9 $$; exit; }; sleep 2; done) & exec \"$@\"";

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
    /// <param name="options">The server.</param>
    /// <param name="engine">The process with whose end it ends. Default: this one.</param>
    /// <exception cref="FileFaultException">Something is missing on our side.</exception>
    public static SshProcess Start(SftpOptions options, int? engine = null)
    {
        SshArguments.Check(options);
        KeyFile.Check(options);
        return Start(options, SshArguments.ForFiles(options), SshSecrets.Of(options), engine ?? Environment.ProcessId);
    }

    /// <summary>Runs it only so far that it has the server's host key written to a file; gives how it ended, as it always does.</summary>
    public static async Task<FileFaultException> ShowHostKeyAsync(SftpOptions options, string file, TimeProvider time, CancellationToken cancellationToken)
    {
        SshArguments.Check(options);
        await using var ssh = Start(options, SshArguments.ForHostKey(options, file), new SshSecrets(options, null, null), Environment.ProcessId);
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
            ChildProcess.Kill(_process);
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
        ChildProcess.Kill(_process);
        await _process.WaitForExitAsync();
        await Task.WhenAny(_listening, Task.Delay(_lastWords));
        _process.Dispose();
        if (_askpass is not null)
        {
            await _askpass.DisposeAsync();
        }
    }

    private static SshProcess Start(SftpOptions options, IReadOnlyList<string> arguments, SshSecrets secrets, int engine)
    {
        var isThere = OperatingSystem.IsWindows() || ChildProcess.IsThere(options.Program);
        var askpass = secrets.AreNone || !isThere ? null : Askpass.Start(secrets.For);
        try
        {
            return isThere ? new SshProcess(options, Process.Start(ToStart(options, arguments, askpass, engine))!, askpass) : throw new Win32Exception();
        }
        catch (Win32Exception)
        {
            askpass?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw new FileFaultException(FileFault.Setup, $"{options.Address}: the program {options.Program} can't be started. Install OpenSSH's client (package openssh-client).");
        }
    }

    private static ProcessStartInfo ToStart(SftpOptions options, IReadOnlyList<string> arguments, Askpass? askpass, int engine)
    {
        string[] agent = options.Agent ? ["SSH_AUTH_SOCK"] : [];
        var start = OperatingSystem.IsWindows()
            ? ChildProcess.Of(options.Program, arguments, agent)
            : ChildProcess.Of("/bin/sh", ["-c", Watched, engine.ToString(CultureInfo.InvariantCulture), options.Program, .. arguments], agent);
        if (askpass is not null)
        {
            start.Environment["SSH_ASKPASS"] = Askpass.Program;
            start.Environment["SSH_ASKPASS_REQUIRE"] = "force";
            start.Environment[Askpass.Variable] = askpass.Path;

            // The program finds the runtime where ours is: <root>/shared/Microsoft.NETCore.App/<version>.
            start.Environment["DOTNET_ROOT"] = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        }

        return start;
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
