using System.Text.Json.Serialization;
using InterfaceEngine.Control.Explaining;
using InterfaceEngine.Intake;

namespace InterfaceEngine.Control;

/// <summary>What the engine says. Also the shape of every <c>--json</c>. Times are ISO 8601 in UTC, ids are written out.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "answer")]
[JsonDerivedType(typeof(FailureAnswer), "failure")]
[JsonDerivedType(typeof(StatusAnswer), "status")]
[JsonDerivedType(typeof(RecordsAnswer), "records")]
[JsonDerivedType(typeof(RecordAnswer), "record")]
[JsonDerivedType(typeof(RowsAnswer), "rows")]
[JsonDerivedType(typeof(ExplanationAnswer), "explanation")]
[JsonDerivedType(typeof(CoverageAnswer), "coverage")]
[JsonDerivedType(typeof(UnmergedAnswer), "unmerged")]
[JsonDerivedType(typeof(FileUndoneAnswer), "file undone")]
[JsonDerivedType(typeof(SavedDocumentAnswer), "saved document")]
[JsonDerivedType(typeof(MessagesAnswer), "messages")]
[JsonDerivedType(typeof(MessageAnswer), "message")]
[JsonDerivedType(typeof(BatchesAnswer), "batches")]
[JsonDerivedType(typeof(BatchAnswer), "batch")]
[JsonDerivedType(typeof(ImportBegunAnswer), "import begun")]
[JsonDerivedType(typeof(ImportProgressAnswer), "import progress")]
[JsonDerivedType(typeof(ImportedAnswer), "imported")]
[JsonDerivedType(typeof(RunsAnswer), "runs")]
[JsonDerivedType(typeof(RunAnswer), "run")]
[JsonDerivedType(typeof(RunReportAnswer), "run report")]
[JsonDerivedType(typeof(RowsBegunAnswer), "rows begun")]
[JsonDerivedType(typeof(RowsProgressAnswer), "rows progress")]
[JsonDerivedType(typeof(RowsTakenAnswer), "rows taken")]
[JsonDerivedType(typeof(PolledFilesAnswer), "polled files")]
[JsonDerivedType(typeof(FilesStatusAnswer), "files status")]
[JsonDerivedType(typeof(HeldFilesAnswer), "held files")]
[JsonDerivedType(typeof(FileDecidedAnswer), "file decided")]
[JsonDerivedType(typeof(SchedulesAnswer), "schedules")]
[JsonDerivedType(typeof(ReviewsAnswer), "reviews")]
[JsonDerivedType(typeof(DecisionAnswer), "decision")]
[JsonDerivedType(typeof(PatientAnswer), "patient")]
[JsonDerivedType(typeof(AppointmentAnswer), "appointment")]
[JsonDerivedType(typeof(AppointmentDeliveriesAnswer), "appointment deliveries")]
[JsonDerivedType(typeof(WrittenAnswer), "written message")]
[JsonDerivedType(typeof(DeliveriesAnswer), "deliveries")]
[JsonDerivedType(typeof(DeliveryAnswer), "delivery")]
[JsonDerivedType(typeof(DeliveryDecisionsAnswer), "delivery decisions")]
[JsonDerivedType(typeof(HeldDeliveriesAnswer), "held deliveries")]
[JsonDerivedType(typeof(AuditAnswer), "audit")]
[JsonDerivedType(typeof(ConnectivityAnswer), "connectivity")]
[JsonDerivedType(typeof(ExportAnswer), "export")]
[JsonDerivedType(typeof(HostKeyAnswer), "host key")]
[JsonDerivedType(typeof(BackupAnswer), "backup")]
[JsonDerivedType(typeof(DeployedMappingsAnswer), "deployed mappings")]
[JsonDerivedType(typeof(MappingHistoryAnswer), "mapping history")]
[JsonDerivedType(typeof(ComparedMappingsAnswer), "compared mappings")]
[JsonDerivedType(typeof(CheckedMessagesAnswer), "checked messages")]
[JsonDerivedType(typeof(MappingSetAnswer), "mapping set")]
[JsonDerivedType(typeof(LedgerAnswer), "ledger")]
[JsonDerivedType(typeof(DifferenceAcceptedAnswer), "difference accepted")]
[JsonDerivedType(typeof(CorrectionAnswer), "correction")]
[JsonDerivedType(typeof(ErrorsAnswer), "errors")]
[JsonDerivedType(typeof(ErrorAnswer), "error")]
[JsonDerivedType(typeof(RetryAnswer), "retry")]
[JsonDerivedType(typeof(ParkedAnswer), "parked")]
[JsonDerivedType(typeof(EhrCapabilitiesAnswer), "ehr capabilities")]
[JsonDerivedType(typeof(ConsentAnswer), "ehr consent")]
[JsonDerivedType(typeof(EhrBulkAnswer), "ehr bulk")]
[JsonDerivedType(typeof(EhrBulksAnswer), "ehr bulks")]
[JsonDerivedType(typeof(EhrSyncAnswer), "ehr sync")]
[JsonDerivedType(typeof(EhrSyncStateAnswer), "ehr sync state")]
[JsonDerivedType(typeof(EhrChangedAnswer), "ehr changed")]
[JsonDerivedType(typeof(EhrSubscriptionsAnswer), "ehr subscriptions")]
[JsonDerivedType(typeof(EhrEventsDecidedAnswer), "ehr events decided")]
[JsonDerivedType(typeof(EhrPatientsAnswer), "ehr patients")]
[JsonDerivedType(typeof(EhrSlotsAnswer), "ehr slots")]
[JsonDerivedType(typeof(EhrReferencesAnswer), "ehr references")]
[JsonDerivedType(typeof(EhrListAnswer), "ehr list")]
[JsonDerivedType(typeof(FreezeSlotAnswer), "slot frozen")]
[JsonDerivedType(typeof(ConnectionsAnswer), "connections")]
[JsonDerivedType(typeof(ChangesAnswer), "changes")]
[JsonDerivedType(typeof(KeyCreatedAnswer), "key created")]
[JsonDerivedType(typeof(KeysAnswer), "keys")]
[JsonDerivedType(typeof(KeyRevokedAnswer), "key revoked")]
internal abstract record ControlAnswer;

/// <summary>Why there is no answer.</summary>
internal enum FailureKind
{
    /// <summary>The request makes no sense: exit code 2.</summary>
    Usage,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>It was understood and not done.</summary>
    Refused,

    /// <summary>What it was to change is not as whoever asked has seen it.</summary>
    Changed,

    /// <summary>The store, a vendor or the engine failed: later it may be answered.</summary>
    Failed,
}

/// <param name="Message">For the person: what and why, without patient data.</param>
internal sealed record FailureAnswer(FailureKind Kind, string Message) : ControlAnswer
{
    /// <summary>How long to wait before it is asked again; null when nobody said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? RetryAfter { get; init; }
}

internal sealed record StatusAnswer : ControlAnswer
{
    /// <summary>True when a running engine answers; false when the command looked by itself.</summary>
    public required bool IsRunning { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required string Data { get; init; }

    public required string Store { get; init; }

    /// <summary>Where the master key is; never the key.</summary>
    public required string Keys { get; init; }

    /// <summary>Whether this node takes new connections; null when no engine runs.</summary>
    public ReadinessStatus? Readiness { get; init; }

    /// <summary>The processes that share the store.</summary>
    public required NodesStatus Nodes { get; init; }

    public required MappingStatus Mapping { get; init; }

    public required IReadOnlyList<SourceStatus> Sources { get; init; }

    public IReadOnlyList<DestinationStatus> Destinations { get; init; } = [];

    /// <summary>The connections to vendors.</summary>
    public IReadOnlyList<ConnectionView> Connections { get; init; } = [];

    public required IReadOnlyList<MessageCount> Messages { get; init; }

    public required IReadOnlyList<RecordCount> Records { get; init; }

    /// <summary>What waits for a person.</summary>
    public required IReadOnlyList<OpenCount> Open { get; init; }

    /// <summary>The last check of the ledger in the background; null before the first, and when no engine runs.</summary>
    public LedgerStatus? Ledger { get; init; }

    /// <summary>What the store counts since it was opened, by name.</summary>
    public required IReadOnlyDictionary<string, long> StoreCounters { get; init; }
}

/// <param name="Set">The hash that names the mapping set; null when none could be loaded.</param>
/// <param name="Errors">Problems of the files as they are now.</param>
internal sealed record MappingStatus(string Folder, string? Set, int Errors, int Warnings)
{
    /// <summary>Why the set that was deployed last is not the one in use; null when it is.</summary>
    public string? Problem { get; init; }

    /// <summary>What is to be known of the folder; null when it holds the set in use.</summary>
    public string? Note { get; init; }
}

/// <param name="State"><c>starting</c>, <c>ready</c>, <c>not ready</c> or <c>draining</c>.</param>
/// <param name="Since">Since when it is so.</param>
internal sealed record ReadinessStatus(string State, DateTimeOffset Since, IReadOnlyList<ReadinessCheckView> Checks);

/// <param name="Problem">Why no new connection should come; null when nothing speaks against it.</param>
/// <param name="Since">Since when it is so.</param>
internal sealed record ReadinessCheckView(string Name, string? Problem, DateTimeOffset Since);

/// <param name="State"><c>listening</c>, <c>stopped</c> or what is wrong.</param>
/// <param name="Counters">What the source counts, by name; empty when it does not run.</param>
internal sealed record SourceStatus(string Name, string Kind, string Address, IReadOnlyList<string> Practices, string State, IReadOnlyDictionary<string, long> Counters)
{
    /// <summary>How many connections are open now, by the sender's address; empty when it does not run.</summary>
    public IReadOnlyDictionary<string, int> Peers { get; init => field = value ?? new Dictionary<string, int>(); } = new Dictionary<string, int>();

    /// <summary>The certificates it uses; empty for plain MLLP.</summary>
    public IReadOnlyList<CertificateView> Certificates { get; init => field = value ?? []; } = [];

    /// <summary>Files of certificates that were changed and can't be used; the former ones stay in use.</summary>
    public IReadOnlyList<string> CertificateProblems { get; init => field = value ?? []; } = [];
}

/// <param name="Use"><c>own</c>, or <c>authority</c> for one that vouches for the other side.</param>
/// <param name="DaysLeft">Whole days until it expires; negative once it has.</param>
internal sealed record CertificateView(string Use, string Name, DateTimeOffset ExpiresAt, int DaysLeft);

internal sealed record MessageCount(string Source, string State, long Count);

internal sealed record RecordCount(string Practice, string Type, long Count);

/// <param name="Kind">A kind of review item, or <c>quarantined</c>, <c>parked</c> or <c>refused</c> messages.</param>
internal sealed record OpenCount(string Kind, long Count);

/// <param name="Next">Goes into <c>--after</c> for the next page; null on the last.</param>
internal sealed record RecordsAnswer(string Practice, string Type, IReadOnlyList<RecordView> Records, string? Next) : ControlAnswer;

internal sealed record RecordAnswer(RecordView Record, IReadOnlyList<ChangeView> Changes) : ControlAnswer
{
    /// <summary>Why the changes don't go back to the record's beginning; null when they do, or when there are more than are shown.</summary>
    public string? EarlierChanges { get; init; }

    /// <summary>Of a patient: the external ids that were merged into this one.</summary>
    public IReadOnlyList<string> Merged { get; init; } = [];

    /// <summary>Of a patient: what hangs on the person.</summary>
    public IReadOnlyList<BelongingView> Belongings { get; init; } = [];

    /// <summary>There is more than <see cref="Belongings"/> shows; <c>records list TYPE --patient</c> has all of a type.</summary>
    public bool IsCut { get; init; }
}

/// <param name="From">The retired external id it was told for; null when it was told for the patient itself.</param>
internal sealed record BelongingView(string Type, string ExternalId, string Id, string? From);

/// <param name="ExternalId">Of the patient who is a record of its own again.</param>
/// <param name="Survivor">Our id of the record it was merged into.</param>
internal sealed record UnmergedAnswer(string ExternalId, string Survivor) : ControlAnswer;

internal sealed record RecordView(string Id, string Practice, string Type, string ExternalId, long Version, IReadOnlyList<AliasView> Aliases, IReadOnlyList<FieldView> Fields)
{
    /// <summary>In a list of a patient's records: the retired external id it was told for; null otherwise.</summary>
    public string? From { get; init; }

    /// <summary>The value of a field, or null.</summary>
    public string? this[string name] => Fields.FirstOrDefault(field => field.Name == name)?.Value;
}

internal sealed record AliasView(string System, string Value);

/// <param name="Value">Null when it was cleared.</param>
/// <param name="EventTime">When what it says happened; null for a default.</param>
/// <param name="Cell">The mapping cell that decided it.</param>
/// <param name="Offset">Byte offset in the message, -1 for none.</param>
internal sealed record FieldView(string Name, string? Value, DateTimeOffset? EventTime, string? Source, string? Message, string? Cell, int Offset, int Length);

internal sealed record ChangeView(long Sequence, DateTimeOffset CommittedAt, string Message, IReadOnlyList<FieldChangeView> Fields);

/// <param name="Before">For people: the items of a list stand behind commas.</param>
/// <param name="After">As <paramref name="Before"/>.</param>
internal sealed record FieldChangeView(string Name, string? Before, string? After, string? Cell)
{
    /// <summary>Of a list its items, one by one; null of what is none, or was cleared.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ItemsBefore { get; init; }

    /// <inheritdoc cref="ItemsBefore"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ItemsAfter { get; init; }
}

/// <param name="IsCut">There were more rows than asked for.</param>
internal sealed record RowsAnswer(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, bool IsCut) : ControlAnswer;

/// <param name="Size">In bytes.</param>
internal sealed record SavedDocumentAnswer(string File, long Size) : ControlAnswer;

/// <param name="Next">Goes into <c>--before</c> for the next page; null on the last.</param>
internal sealed record MessagesAnswer(IReadOnlyList<MessageView> Messages, string? Next) : ControlAnswer;

/// <param name="Body">As text; bytes that are not UTF-8 are read as Latin 1.</param>
/// <param name="ApplicationReply">The second reply of enhanced mode; empty when there is none.</param>
internal sealed record MessageAnswer(MessageView Message, string Body, string Reply, string ApplicationReply = "") : ControlAnswer
{
    /// <summary>The original, for a corrected copy.</summary>
    public string? Original { get; init; }

    /// <summary>What the copy has otherwise than its original.</summary>
    public IReadOnlyList<DifferenceView> Differences { get; init; } = [];

    /// <summary>Copies that took its place.</summary>
    public IReadOnlyList<string> CorrectedBy { get; init; } = [];
}

internal sealed record MessageView(
    string Id, string? Practice, string Source, DateTimeOffset ReceivedAt, string Event, string State, string? Code, string ControlId, long Size, string? MappingSet, MessageDetail Detail);

internal sealed record ReviewsAnswer(IReadOnlyList<ReviewView> Reviews) : ControlAnswer;

internal sealed record ReviewView(string Id, string Practice, string Kind, string State, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Count, MessageDetail Detail);

/// <param name="State"><c>accepted</c>, <c>dismissed</c>, or <c>open</c> when the messages still show it.</param>
internal sealed record DecisionAnswer(string Review, string State, IReadOnlyList<ReplayView> Messages) : ControlAnswer;

internal sealed record ReplayView(string Message, string State);

internal sealed record AuditAnswer(IReadOnlyList<AuditView> Entries) : ControlAnswer;

internal sealed record AuditView(long Sequence, DateTimeOffset At, string Actor, string Action, string? Practice, string? Subject, string? Reason, IReadOnlyList<string> Records);

internal sealed record BackupAnswer(string Folder) : ControlAnswer;
