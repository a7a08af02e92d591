using InterfaceEngine.Ehr.Http;
using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Ehr;

/// <summary>One connection to a vendor, as the settings have it over its profile: every value that the settings leave out is the profile's.</summary>
internal sealed record ConnectionOptions
{
    /// <summary>Its name in the settings and in what callers send, e.g. <c>conn_123</c>. It is a source's and a destination's name as well.</summary>
    public required string Id { get; init; }

    /// <summary>The practice whose data it carries.</summary>
    public required string Practice { get; init; }

    /// <summary><c>athena-real</c>, <c>athena-guide</c>, <c>ecw-real</c>, <c>ecw-guide</c> or <c>custom</c>.</summary>
    public required string Profile { get; init; }

    /// <summary>How callers name the vendor: <c>athenahealth</c> or <c>eclinicalworks</c>.</summary>
    public required string System { get; init; }

    /// <summary>The practice's number at the vendor; the practice's id where the settings say nothing else.</summary>
    public required string VendorPractice { get; init; }

    /// <summary>Its numbers are those of the practice's other connections, though it has another host than they.</summary>
    public bool SharesIds { get; init; }

    /// <summary>Base of athenaNet's calls, with version and practice, e.g. <c>https://api.platform.athenahealth.com/v1/195900</c>; null where there is none.</summary>
    public Uri? Rest { get; init; }

    /// <summary>Base of FHIR, used as it stands; null where there is none.</summary>
    public Uri? Fhir { get; init; }

    /// <summary>Where tokens are had; null takes what the server's <c>smart-configuration</c> says.</summary>
    public Uri? Token { get; init; }

    /// <summary>Further hosts of the vendor, to which the token may go: <c>host</c> or <c>host:port</c>.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Who the engine is to the vendor.</summary>
    public EhrClient Client { get; init; } = new();

    /// <summary>What it asks to be allowed. A bulk export's calls name <see cref="EhrScopes.Export"/> as their <see cref="EhrCall.Scope"/>.</summary>
    public EhrScopes Scopes { get; init; } = new();

    /// <summary>How often it may call.</summary>
    public RateOptions Rate { get; init; } = new();

    /// <summary>What the vendor grants it is granted to it alone, though others have the same client there (<c>OwnLimits</c>).</summary>
    public bool HasOwnLimits { get; init; }

    /// <summary>
    /// Under which connection's name its calls are counted and its tokens are kept; null for its own. Vendors grant calls and tokens to a client, so those of one client at one
    /// host share them, whosever data they carry.
    /// </summary>
    public (string Practice, string Id)? SharedWith { get; init; }

    /// <inheritdoc cref="SharedWith"/>
    public (string Practice, string Id) Granted => SharedWith ?? (Practice, Id);

    /// <summary>What is put up with from the server.</summary>
    public EhrHttpLimits Http { get; init; } = new();

    /// <summary>Who vouches for the server, and our own certificate; null takes the operating system's authorities.</summary>
    public SenderTlsOptions? Tls { get; init; }

    /// <summary>What differs between the vendor's real interfaces and the guides'.</summary>
    public EhrDialect Dialect { get; init; } = new();

    public BulkOptions Bulk { get; init; } = new();

    public SyncOptions Sync { get; init; } = new();

    /// <summary>Patients and their charts come by athenaNet's calls, and nothing of them by FHIR.</summary>
    public bool IsChartByRest => Rest is not null && (Sync.Chart ?? (Fhir is null ? ChartInterface.Rest : ChartInterface.Fhir)) is ChartInterface.Rest;

    /// <summary>Something is asked for by FHIR without a person's asking: charts, what happens, or visits that are booked so.</summary>
    public bool UsesFhir => Fhir is not null && (!IsChartByRest || Events.Topics.Count > 0 || Dialect.Booking is BookingForm.Fhir);

    /// <summary>It has what a user consented to: FHIR of one patient. athenaNet opens nothing to such a token.</summary>
    public bool IsOfUser => Client.Grant is TokenGrant.AuthorizationCode;

    public ChangedOptions Changed { get; init; } = new();

    public EventOptions Events { get; init; } = new();

    public AttachmentOptions Attachments { get; init; } = new();

    public ReferenceOptions References { get; init; } = new();

    /// <summary>Something comes over it without being asked for by a person.</summary>
    public bool BringsByItself => Bulk.Schedule is not null || Sync.Schedule is not null || Changed.Feeds.Count > 0 || Events.Topics.Count > 0;

    /// <summary>Where departments, providers, appointment types and slots are looked for when a caller names none.</summary>
    public string? DefaultDepartment { get; init; }

    public string? DefaultProvider { get; init; }

    /// <summary>It may be used. A connection to a production host needs this and <see cref="AgreementOn"/>; the sandbox of a vendor does not.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>The date of the business associate agreement; null while there is none.</summary>
    public DateOnly? AgreementOn { get; init; }

    /// <summary>Every call is logged, by its template alone (<c>DEBUG=athenahealth:*</c>).</summary>
    public bool IsDebugged { get; init; }

    /// <summary>What its lines in the log are from.</summary>
    public string LogCategory => $"InterfaceEngine.Ehr.{Id}";
}

/// <summary>What differs from one vendor's form to another's. The defaults are athenahealth's real ones.</summary>
internal sealed record EhrDialect
{
    /// <summary>Fields of a body go as JSON (the guides) and not as a form.</summary>
    public bool IsJsonBody { get; init; }

    /// <summary>Where patients are searched: <c>/patients</c>, in the guides <c>/patients/search</c>.</summary>
    public string PatientSearch { get; init; } = "/patients";

    /// <summary>The vendor says how well somebody fits (<c>/patients/enhancedbestmatch</c>); the guides, which search elsewhere, do not know it.</summary>
    public bool HasBestMatch => PatientSearch == "/patients";

    /// <summary>How a visit is booked.</summary>
    public BookingForm Booking { get; init; } = BookingForm.Slot;

    /// <summary>The parameter that every FHIR search must have, with the practice's number for <c>{}</c>, e.g. <c>ah-practice=Organization/a-1.Practice-{}</c>; null for none.</summary>
    public string? FhirTenant { get; init; }

    /// <summary>How FHIR numbers a patient, with <c>{practice}</c> and <c>{}</c>: <c>a-{practice}.E-{}</c>, or <c>{}</c>.</summary>
    public string FhirPatientId { get; init; } = "{}";

    /// <summary>Clinical resources are searched by patient alone.</summary>
    public bool IsSearchedByPatient { get; init; } = true;

    /// <summary>Appointments can't be searched by FHIR (athenahealth has them by id alone; eClinicalWorks not at all).</summary>
    public bool HasNoAppointmentSearch { get; init; }

    /// <summary>The path of the group whose data an export takes, with the practice's number for <c>{}</c>: <c>Group/a-1.c-{}</c>; null exports by <c>Patient/$export</c>.</summary>
    public string? ExportGroup { get; init; }

    /// <summary>Events come in athenahealth's own form: signed, numbered within one bundle alone.</summary>
    public bool HasAthenaEvents { get; init; }

    /// <summary>It tells of nothing as it happens: what changes is asked for (eClinicalWorks).</summary>
    public bool HasNoEvents { get; init; }
}

/// <summary>How a visit is booked.</summary>
internal enum BookingForm
{
    /// <summary>An empty slot is found, or made, and booked by <c>PUT /appointments/{appointmentid}</c>: athenahealth's real form.</summary>
    Slot,

    /// <summary><c>POST /appointments/open</c> with patient and time: the integration guide's form.</summary>
    PostOpen,

    /// <summary><c>POST /appointments</c>: the receptionist guide's form.</summary>
    Post,

    /// <summary>A FHIR Appointment is created.</summary>
    Fhir,

    /// <summary>It can't be booked over this connection.</summary>
    None,
}
