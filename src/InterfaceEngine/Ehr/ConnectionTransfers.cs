using InterfaceEngine.Schedules;

namespace InterfaceEngine.Ehr;

/// <summary>Bulk exports of a connection.</summary>
internal sealed record BulkOptions
{
    /// <summary>When one is begun by itself; null for never. Default: never.</summary>
    public ISchedule? Schedule { get; init; }

    /// <summary>Types of resources that it takes; none for all that a table of the practice reads. Default: none.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>How long the vendor may make its files, from the kick-off on, before the export is given up, here and there. Default: 24 hours.</summary>
    public TimeSpan CompleteWithin { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// After how long everything is exported again, and not what changed alone: that leaves out the older charts of patients who came into the vendor's group since.
    /// Default: 30 days.
    /// </summary>
    public TimeSpan FullEvery { get; init; } = TimeSpan.FromDays(30);

    /// <summary>It is asked for by POST with a body, as newer servers want it, and not by GET. Default: no.</summary>
    public bool IsPosted { get; init; }
}

/// <summary>Synchronisation of a connection, resource by resource.</summary>
internal sealed record SyncOptions
{
    /// <summary>When it runs by itself; null for never. Default: never.</summary>
    public ISchedule? Schedule { get; init; }

    /// <summary>How far back visits are asked for that athenaNet lists by day, in whole days. Default: 30 days.</summary>
    public TimeSpan AppointmentsBack { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How far ahead. Default: 180 days.</summary>
    public TimeSpan AppointmentsAhead { get; init; } = TimeSpan.FromDays(180);

    /// <summary>By which interface patients and their charts come, and by that alone: the same allergy has another id in each. Null, the default, takes FHIR where there is one.</summary>
    public ChartInterface? Chart { get; init; }
}

/// <summary>An interface of the vendor's by which a patient's chart comes.</summary>
internal enum ChartInterface
{
    /// <summary>Resources, searched by patient.</summary>
    Fhir,

    /// <summary>athenaNet's calls (<c>GET /chart/{patientid}/…</c>).</summary>
    Rest,
}

/// <summary>The vendor's departments and providers beside the practice's tables of them.</summary>
internal sealed record ReferenceOptions
{
    /// <summary>When they are compared by themselves; null for never. Default: once a day where the connection brings anything by itself, else never.</summary>
    public ISchedule? Schedule { get; init; }

    /// <summary>What is new is written into the practice's tables in the mapping folder, to be deployed by a person. Default: no.</summary>
    public bool IsWritten { get; init; }
}

/// <summary>Which contents of documents (FHIR's attachments) are fetched, and how much of them.</summary>
internal sealed record AttachmentOptions
{
    /// <summary>They are fetched at all; else a document keeps where its content lies. Default: true.</summary>
    public bool IsFetched { get; init; } = true;

    /// <summary>The most bytes of one; what is larger is left where it lies, and the document says so. Default: 10 MiB.</summary>
    public int BytesMax { get; init; } = 10 * 1024 * 1024;

    /// <summary>The most bytes that are fetched in an hour, by all nodes; what is left waits. Default: 1 GiB.</summary>
    public long BytesPerHour { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Their media types; <c>image/*</c> allows all of a kind. Default: PDF, RTF, XML and CDA, texts and pictures.</summary>
    public IReadOnlyList<string> Types { get; init; } = ["application/pdf", "application/rtf", "application/xml", "application/hl7-cda+xml", "application/hl7-sda+xml", "text/*", "image/*"];

    public bool Allows(string type) => Types.Any(allowed => allowed.EndsWith("/*", StringComparison.Ordinal)
        ? type.StartsWith(allowed[..^1], StringComparison.OrdinalIgnoreCase)
        : type.Equals(allowed, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Which of athenaNet's feeds of what changed a connection follows.</summary>
internal sealed record ChangedOptions
{
    /// <summary>Their names, e.g. <c>appointments</c>, <c>patients</c>; none follows none. One key has one reader, so whoever else has the key must not follow them. Default: none.</summary>
    public IReadOnlyList<string> Feeds { get; init; } = [];

    /// <summary>The pause between two looks at a feed. Default: one minute.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>What a connection wants to be told as it happens.</summary>
internal sealed record EventOptions
{
    /// <summary>The vendor's names of what it tells of, e.g. <c>Patient.update</c>, or addresses of topics. None: nothing is subscribed to, which is the default.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Where the vendor reaches our interface for this connection's events; null where nothing is subscribed to.</summary>
    public Uri? Callback { get; init; }

    /// <summary>For how long a subscription is asked for; another is made when a quarter of that is left. Default: 30 days.</summary>
    public TimeSpan Lasts { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often a server that follows the standard says that it is well. Default: 5 minutes.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often what events may have left out is asked for. Default: once a day.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromDays(1);
}
