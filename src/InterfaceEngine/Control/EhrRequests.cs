namespace InterfaceEngine.Control;

/// <summary>A question to a vendor, or about a connection to one.</summary>
/// <param name="Connection">The connection's id.</param>
internal abstract record EhrRequest<T>(string Connection) : ControlRequest<T>(TimeSpan.FromMinutes(10))
    where T : ControlAnswer
{
    /// <summary>For what asks for everything: it takes as long as the vendor's rate has it take, and an engine that ends meanwhile closes the connection.</summary>
    protected static readonly TimeSpan Days = TimeSpan.FromDays(7);

    /// <summary>The practices that whoever asks may speak of; null for all.</summary>
    public IReadOnlyList<string>? Practices { get; init; }
}

/// <summary>What a connection can do, as the server says, and where its profile disagrees.</summary>
internal sealed record EhrCapabilitiesRequest(string Connection) : EhrRequest<EhrCapabilitiesAnswer>(Connection);

/// <summary>Begins a bulk export. It goes on by itself; <see cref="EhrBulkRequest"/> tells how far it is.</summary>
internal sealed record StartEhrBulkRequest(string Connection) : EhrRequest<EhrBulkAnswer>(Connection)
{
    /// <summary><c>Patient</c>, <c>Group</c> or <c>System</c>; the profile says what the server really takes.</summary>
    public string? ExportType { get; init; }

    /// <summary>Types of resources; null for all that a table reads.</summary>
    public IReadOnlyList<string>? ResourceTypes { get; init; }

    /// <summary>What changed since then; null goes on where the last complete export of the same types ended, by the server's clock.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Everything, whatever was exported before.</summary>
    public bool IsFull { get; init; }
}

/// <summary>How far a bulk export is.</summary>
/// <param name="Connection">The connection's id; empty finds the job on any.</param>
/// <param name="Job">Its id.</param>
internal sealed record EhrBulkRequest(string Connection, string Job) : EhrRequest<EhrBulkAnswer>(Connection);

/// <summary>The bulk exports of a connection, the newest first.</summary>
internal sealed record ListEhrBulkRequest(string Connection) : EhrRequest<EhrBulksAnswer>(Connection);

/// <summary>Gives a bulk export up, here and at the vendor. What was taken stays.</summary>
internal sealed record CancelEhrBulkRequest(string Connection, string Job) : EhrRequest<EhrBulkAnswer>(Connection);

/// <summary>Asks the vendor for resources one by one and takes them in, now.</summary>
internal sealed record EhrSyncRequest : EhrRequest<EhrSyncAnswer>
{
    public EhrSyncRequest(string connection)
        : base(connection) => AnswersWithin = Days;

    public bool IncludeStandard { get; init; } = true;

    public bool IncludeEnhanced { get; init; } = true;

    /// <summary>Of the enhanced types those that are wanted; null for all of the vendor's.</summary>
    public IReadOnlyList<string>? ResourceTypes { get; init; }

    /// <summary>What changed since then; null goes on where the last one ended.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>One patient alone: ours or the vendor's number; null for all that are known.</summary>
    public string? Patient { get; init; }
}

/// <summary>How the last synchronisation of all patients went, or that one runs.</summary>
internal sealed record EhrSyncStateRequest(string Connection) : EhrRequest<EhrSyncStateAnswer>(Connection);

/// <summary>Looks at the feeds of what changed, now.</summary>
internal sealed record EhrChangedRequest : EhrRequest<EhrChangedAnswer>
{
    public EhrChangedRequest(string connection)
        : base(connection) => AnswersWithin = Days;

    /// <summary>One feed alone, e.g. <c>appointments</c>; null for all that the connection follows.</summary>
    public string? Feed { get; init; }

    /// <summary>Asks for what was handed out since then again; null for what is new, and what may be lost.</summary>
    public DateTimeOffset? Again { get; init; }
}

/// <summary>Looks patients up at the vendor. Nothing is stored.</summary>
internal sealed record EhrPatientsRequest(string Connection) : EhrRequest<EhrPatientsAnswer>(Connection)
{
    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    /// <summary>YYYY-MM-DD or MM/DD/YYYY.</summary>
    public string? BirthDate { get; init; }

    public string? Phone { get; init; }

    public string? Email { get; init; }

    public string? PostalCode { get; init; }

    /// <summary>The vendor's number of the patient; where there is FHIR alone, any number by which the server knows one. Nothing else counts beside it at athenahealth.</summary>
    public string? Number { get; init; }

    /// <summary>The most that are given.</summary>
    public int Limit { get; init; } = 20;
}

/// <summary>What is free at the vendor.</summary>
internal sealed record EhrSlotsRequest(string Connection) : EhrRequest<EhrSlotsAnswer>(Connection)
{
    /// <summary>Ours or the vendor's; null takes the connection's.</summary>
    public string? Department { get; init; }

    /// <summary>Ours or the vendor's; null for all.</summary>
    public string? Provider { get; init; }

    /// <summary>A code of the table of appointment types, or the vendor's number; null for all.</summary>
    public string? Type { get; init; }

    /// <summary>YYYY-MM-DD, the clinic's; null for today.</summary>
    public string? From { get; init; }

    /// <summary>YYYY-MM-DD, that day too; null for seven days on.</summary>
    public string? Until { get; init; }

    public int Limit { get; init; } = 200;
}

/// <summary>Brings the vendor's departments and providers and the tables that maps use side by side.</summary>
internal sealed record EhrReferencesRequest(string Connection) : EhrRequest<EhrReferencesAnswer>(Connection)
{
    /// <summary>Writes what is new into the practice's <c>*.ref.md</c>; it is in force once it is deployed.</summary>
    public bool IsWritten { get; init; }
}

/// <summary>Shows a list of the practice's at the vendor, by whose numbers tables and settings refer to things.</summary>
/// <param name="Connection">The connection's id.</param>
/// <param name="List">Its name, e.g. <c>types</c>, <c>reasons</c>, <c>customfields</c>.</param>
internal sealed record EhrListRequest(string Connection, string List) : EhrRequest<EhrListAnswer>(Connection)
{
    /// <summary>Ours or the vendor's; null takes the connection's. Reasons are those of a department and a provider.</summary>
    public string? Department { get; init; }

    /// <inheritdoc cref="Department"/>
    public string? Provider { get; init; }

    /// <summary>The vendor's number of a patient whose values are wanted; null for what there is. Of custom fields alone.</summary>
    public string? Patient { get; init; }
}

/// <summary>Keeps an open slot back at the vendor, so that nobody is booked into it, or gives it free.</summary>
/// <param name="Connection">The connection's id.</param>
/// <param name="Slot">The vendor's number.</param>
internal sealed record FreezeSlotRequest(string Connection, string Slot) : EhrRequest<FreezeSlotAnswer>(Connection)
{
    /// <summary>It is given free.</summary>
    public bool IsThawed { get; init; }
}

/// <summary>Begins a user's consent (SMART <c>launch/patient</c>): gives the address at which they sign in. What comes back goes to <c>/api/ehr/callback</c>.</summary>
internal sealed record BeginConsentRequest(string Connection) : EhrRequest<ConsentAnswer>(Connection);

/// <summary>The connections of the settings and how they are.</summary>
internal sealed record ListConnectionsRequest : ControlRequest<ConnectionsAnswer>;
