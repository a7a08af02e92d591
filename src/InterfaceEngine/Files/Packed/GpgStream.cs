using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace InterfaceEngine.Files.Packed;

/// <summary>
/// A file that is encrypted with OpenPGP, opened by GnuPG: the encrypted bytes go to its input as they come, and what it makes of them is
/// read from its output. Only at its end does it say whether what it gave was whole and unaltered; without that word the end is a fault.
/// No fault of it is one of the place (<see cref="FileFault.Setup"/>): whoever may drop files could stop all others with one that is encrypted.
/// </summary>
internal sealed class GpgStream : ForwardStream
{
    private const int WordsMax = 64 * 1024;

    private readonly Stream _encrypted;
    private readonly GpgOptions _options;
    private readonly Process _process;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _feeding;
    private readonly Task<string> _listening;
    private FileFaultException? _broken;
    private bool _isChecked;

    private GpgStream(Stream encrypted, GpgOptions options, Process process)
    {
        _encrypted = encrypted;
        _options = options;
        _process = process;
        _feeding = FeedAsync();
        _listening = ListenAsync();
    }

    public override bool CanRead => true;

    /// <summary>By the first bytes: the packet of a session key that an encrypted message begins with (RFC 9580, tags 1 and 3, of old form or new), or its armour.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> mark) => mark.StartsWith("-----BEGIN PGP MESSAGE-----"u8)
        || mark is [0x84, _, 3, ..] or [0x85, _, _, 3, ..] or [0xC1, < 192, 3 or 6, ..] or [0xC1, >= 192, _, 3 or 6, ..]
        || mark is [0x8C or 0xC3, _, 4 or 5 or 6, ..];

    /// <param name="encrypted">The file; disposed with this.</param>
    /// <param name="options">How it is called.</param>
    /// <exception cref="FileFaultException">It can't be started.</exception>
    public static GpgStream Open(Stream encrypted, GpgOptions options)
    {
        string[] secret = options.PassphraseFile is { } file ? ["--passphrase-file", file] : [];
        var start = ChildProcess.Of(
            options.Program,
            ["--homedir", options.Home, "--batch", "--no-tty", "--no-options", "--no-auto-key-retrieve", "--trust-model", "always", "--pinentry-mode", "loopback", .. secret, "--status-fd", "2", "--decrypt"]);
        try
        {
            return new GpgStream(encrypted, options, Process.Start(start)!);
        }
        catch (Win32Exception)
        {
            throw new FileFaultException(FileFault.Refused, $"The program {options.Program} can't be started, and the file is encrypted with OpenPGP. Install GnuPG (package gnupg).");
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await _process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(_options.SilenceTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new FileFaultException(FileFault.Refused, $"{_options.Program} did nothing for {_options.SilenceTimeout.TotalSeconds:0.###} s. It is tried again.");
        }

        if (count == 0 && buffer.Length > 0 && !_isChecked)
        {
            await _feeding;
            await _process.WaitForExitAsync(cancellationToken);
            Check(await _listening);
            _isChecked = true;
        }

        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        ChildProcess.Kill(_process);
        await _process.WaitForExitAsync();
        await _feeding;
        await _listening;
        _process.Dispose();
        _stopping.Dispose();
        await _encrypted.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task FeedAsync()
    {
        try
        {
            await _encrypted.CopyToAsync(_process.StandardInput.BaseStream, _stopping.Token);
        }
        catch (FileFaultException fault)
        {
            _broken = fault;
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
            // It took no more: what it says at its end tells why.
        }

        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    private async Task<string> ListenAsync()
    {
        var words = new StringBuilder();
        var buffer = new char[4096];
        while (await _process.StandardError.ReadAsync(buffer) is > 0 and var count)
        {
            words.Append(buffer, 0, Math.Min(count, WordsMax - words.Length));
        }

        return words.ToString();
    }

    /// <summary>By its status lines (GnuPG's doc/DETAILS): what it writes for people may be worded in any way.</summary>
    private void Check(string words)
    {
        if (_broken is not null)
        {
            throw _broken;
        }

        if (Says(words, "NO_SECKEY"))
        {
            throw new FileFaultException(FileFault.Damaged, $"The file is encrypted to a key that is not in {_options.Home}. Give whoever sends it our public key, or add the secret one there.");
        }

        if (Says(words, "BAD_PASSPHRASE") || Says(words, "MISSING_PASSPHRASE"))
        {
            throw new FileFaultException(FileFault.Refused, $"The passphrase of the key in {_options.Home} is missing or wrong. Look at PassphraseFile.");
        }

        if (Says(words, "BADSIG"))
        {
            throw new FileFaultException(FileFault.Damaged, "The file's signature is not right: it was altered after it was signed. Ask whoever sends it.");
        }

        if (!Says(words, "DECRYPTION_OKAY") || Says(words, "DECRYPTION_FAILED"))
        {
            throw UnpackedStream.Damaged("GnuPG could not open it to its end");
        }
    }

    private static bool Says(string words, string status) => words.Contains($"[GNUPG:] {status}", StringComparison.Ordinal);
}
