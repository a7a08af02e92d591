namespace InterfaceEngine.Files.Packed;

/// <summary>What is put up with from packed files, and how those encrypted with OpenPGP are opened.</summary>
internal sealed record UnpackOptions
{
    /// <summary>How many bytes a file may have once it is unpacked. Default: 8 GiB.</summary>
    public long UnpackedBytesMax { get; init; } = 8L * 1024 * 1024 * 1024;

    /// <summary>How many times larger than packed a file may become; counted from 16 MiB on. Default: 200; a table shrinks to a tenth or a thirtieth.</summary>
    public int RatioMax { get; init; } = 200;

    /// <summary>How files encrypted with OpenPGP are opened; null when none are expected.</summary>
    public GpgOptions? Gpg { get; init; }
}

/// <summary>How <c>gpg</c> is called.</summary>
internal sealed record GpgOptions
{
    /// <summary>Its home folder with our secret key, the engine's own: owner-only, and nobody else's keys in it.</summary>
    public required string Home { get; init; }

    /// <summary>A file that only the engine's user can read, with the key's passphrase; null for a key without one.</summary>
    public string? PassphraseFile { get; init; }

    /// <summary>GnuPG. Default: <c>gpg</c>.</summary>
    public string Program { get; init; } = "gpg";

    /// <summary>How long it may do nothing. Default: 1 min.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
