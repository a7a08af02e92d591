using System.Net.Sockets;
using System.Text;

namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// Gives <c>ssh</c> a password or a passphrase when it asks. <c>ssh</c> starts a program for that (<c>SSH_ASKPASS</c>), which is this
/// engine's own once more: it asks back over a socket in a folder that only our user can open. So a secret stands in no argument, no
/// file and no process's environment but the engine's own.
/// </summary>
internal sealed class Askpass : IAsyncDisposable
{
    /// <summary>The environment variable that tells the started program where to ask. It holds a path and no secret.</summary>
    public const string Variable = "INTERFACE_ENGINE_ASKPASS";

    private const int QuestionBytesMax = 4096;

    /// <summary>What the path of a socket may have at most, in bytes: 104 with its end on macOS, 108 on Linux.</summary>
    private const int PathBytesMax = 103;

    /// <summary>How long one that asks may take to do so. The next ones wait for it.</summary>
    private static readonly TimeSpan _askTimeout = TimeSpan.FromSeconds(10);

    private readonly string _folder;
    private readonly Socket _listener;
    private readonly Func<string, string?> _secretFor;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _answering;

    private Askpass(Func<string, string?> secretFor, string folder)
    {
        _folder = folder;
        _secretFor = secretFor;
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen(4);
        _answering = AnswerAsync();
    }

    public string Path => System.IO.Path.Combine(_folder, "ask");

    /// <summary>The program to be started: this engine's, beside its libraries.</summary>
    public static string Program => System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "InterfaceEngine.exe" : "InterfaceEngine");

    /// <param name="secretFor">The answer to a question of ssh's; null when there is none.</param>
    /// <exception cref="FileFaultException">Something is missing on our side.</exception>
    public static Askpass Start(Func<string, string?> secretFor)
    {
        // Such a folder is its owner's alone from the beginning.
        var folder = Directory.CreateTempSubdirectory("ie-").FullName;
        try
        {
            Check(Program, folder);
            return new Askpass(secretFor, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <exception cref="FileFaultException">ssh could not ask us there.</exception>
    public static void Check(string program, string folder)
    {
        if (!File.Exists(program))
        {
            throw new FileFaultException(FileFault.Setup, $"There is no program {program}, by which ssh asks for the password or the passphrase. Install the engine as a whole.");
        }

        if (Encoding.UTF8.GetByteCount(System.IO.Path.Combine(folder, "ask")) > PathBytesMax)
        {
            throw new FileFaultException(FileFault.Setup, $"The folder for temporary files {folder} has too long a name for a socket: {PathBytesMax - 4} bytes at most. Start the engine with a shorter one (TMPDIR).");
        }
    }

    /// <summary>What the started program does: asks, and prints what it is told.</summary>
    /// <returns>Its exit code: 1 when there is no answer.</returns>
    public static async Task<int> AskAsync(string path, string question, Stream output)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(question));
            socket.Shutdown(SocketShutdown.Send);
            using var answer = new MemoryStream();
            await stream.CopyToAsync(answer);
            answer.WriteTo(output);
            return answer.Length > 0 ? 0 : 1;
        }
        catch (SocketException)
        {
            // The engine is gone, or does not wait any more.
            return 1;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _answering;
        _ending.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswerAsync()
    {
        while (true)
        {
            try
            {
                using var socket = await _listener.AcceptAsync(_ending.Token);
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
                timeout.CancelAfter(_askTimeout);
                await using var stream = new NetworkStream(socket);
                if (await ReadQuestionAsync(stream, timeout.Token) is { } question && _secretFor(question) is { } secret)
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(secret + "\n"), timeout.Token);
                }
            }
            catch (Exception left) when (left is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Whoever asked is gone, or asks nothing; or nobody is to be answered any more.
                if (_ending.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }

    private static async Task<string?> ReadQuestionAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var question = new byte[QuestionBytesMax];
        var length = await stream.ReadAtLeastAsync(question, question.Length, throwOnEndOfStream: false, cancellationToken);
        return length < question.Length ? Encoding.UTF8.GetString(question, 0, length) : null;
    }
}
