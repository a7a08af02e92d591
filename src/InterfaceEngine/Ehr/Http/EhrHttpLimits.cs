namespace InterfaceEngine.Ehr.Http;

/// <summary>What is put up with from a vendor's server.</summary>
internal sealed record EhrHttpLimits
{
    /// <summary>How long a connection with its TLS may take. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a server may take, from the call to the head of its answer. Default: 60 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long somebody who asks waits for a call that only reads, over all its attempts, its token and its turn: a caller is at the telephone. Default: 15 s.
    /// </summary>
    public TimeSpan QuestionTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an answer that is read whole may take from its head to its end. Default: 2 min.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a file may bring less than <see cref="FileBytesMin"/>: a server that drips is as bad as one that is silent. Only waiting for the
    /// server counts, not what the reader does in between. Default: 30 s.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What a file must bring within <see cref="SilenceTimeout"/>. Default: 1 KiB.</summary>
    public int FileBytesMin { get; init; } = 1024;

    /// <summary>The longest answer that is read whole, unpacked. Default: 32 MiB, which holds an attachment of 20 MB in base64.</summary>
    public int AnswerBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>The longest file of an export, unpacked. Default: 64 GiB.</summary>
    public long FileBytesMax { get; init; } = 64L * 1024 * 1024 * 1024;

    /// <summary>The headers of one answer. Default: 64 KiB.</summary>
    public int HeaderBytesMax { get; init; } = 64 * 1024;

    /// <summary>Redirects that are followed, one after another. Default: 5.</summary>
    public int RedirectsMax { get; init; } = 5;

    /// <summary>Connections to one host that are open at once. Default: 16.</summary>
    public int ConnectionsMax { get; init; } = 16;

    /// <summary>How often a call that may be repeated is sent at most. Default: 4.</summary>
    public int AttemptsMax { get; init; } = 4;

    /// <summary>The pause after the first failure; it doubles from failure to failure, each shortened at random by up to half. Default: 1 s.</summary>
    public TimeSpan PauseMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause, and the longest that a server may ask for before the call is given back instead. Default: 60 s.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(60);
}
