namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>How exports go.</summary>
public sealed record VendorExport
{
    /// <summary>How many polls are told to wait before the files are there. Default 2.</summary>
    public int Polls { get; init; } = 2;

    /// <summary>How long a poll is told to wait. Default one second; the vendors say up to two minutes.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A poll that comes sooner than it was told is refused with 429. Default: it is answered.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The file says how many people are in it at most: so many types have several files. Default 100.</summary>
    public int PeopleInFile { get; init; } = 100;

    /// <summary>Further observations beside those of the charts, made as they are sent. Default none; a million is about 500 MB.</summary>
    public int FurtherObservations { get; init; }

    /// <summary>How many of those are in one file at most. Default 250,000.</summary>
    public int FurtherInFile { get; init; } = 250_000;

    /// <summary>Where files are.</summary>
    public VendorFileHost Files { get; init; }

    /// <summary>The manifest has a file of errors: the export is whole in part only.</summary>
    public bool HasErrors { get; init; }

    /// <summary>The third line of the first file of observations is no JSON.</summary>
    public bool HasBrokenLine { get; init; }

    /// <summary>The manifest says of each file that it has one line more than it has.</summary>
    public bool HasWrongCounts { get; init; }

    /// <summary>How long files are kept once they are there; then they are gone. Default an hour.</summary>
    public TimeSpan FileLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Files are compressed for clients that ask for it. Default: they are.</summary>
    public bool IsCompressed { get; init; } = true;
}

/// <summary>Where the files of an export are.</summary>
public enum VendorFileHost
{
    /// <summary>On the same host, for whoever has a token: <c>requiresAccessToken</c> is true.</summary>
    Same,

    /// <summary>On the other host, for whoever knows the address: <c>requiresAccessToken</c> is false, and a token that comes along is refused, as storage services refuse one.</summary>
    Other,

    /// <summary>On the same host with a token, which sends the client on to the other host, where the token is refused.</summary>
    Redirected,
}
