using System.Text.Json.Serialization;
using InterfaceEngine.Control.Explaining;

namespace InterfaceEngine.Control;

/// <summary>
/// What a person asks of the engine. One shape for a running engine (a line of JSON on its socket) and for a command
/// that opens the store itself.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "ask")]
[JsonDerivedType(typeof(StatusRequest), "status")]
[JsonDerivedType(typeof(ListRecordsRequest), "records list")]
[JsonDerivedType(typeof(ShowRecordRequest), "records show")]
[JsonDerivedType(typeof(QueryRecordsRequest), "records sql")]
[JsonDerivedType(typeof(ExplainRequest), "map explain")]
[JsonDerivedType(typeof(CoverageRequest), "map coverage")]
[JsonDerivedType(typeof(UnmergeRequest), "records unmerge")]
[JsonDerivedType(typeof(UndoFileRequest), "files undo")]
[JsonDerivedType(typeof(SaveDocumentRequest), "documents save")]
[JsonDerivedType(typeof(ListMessagesRequest), "messages list")]
[JsonDerivedType(typeof(ShowMessageRequest), "messages show")]
[JsonDerivedType(typeof(ListBatchesRequest), "batches list")]
[JsonDerivedType(typeof(ShowBatchRequest), "batches show")]
[JsonDerivedType(typeof(BeginImportRequest), "import")]
[JsonDerivedType(typeof(ImportPieceRequest), "import piece")]
[JsonDerivedType(typeof(EndImportRequest), "import end")]
[JsonDerivedType(typeof(ListRunsRequest), "runs list")]
[JsonDerivedType(typeof(ShowRunRequest), "runs show")]
[JsonDerivedType(typeof(RunReportRequest), "runs report")]
[JsonDerivedType(typeof(BeginRowsRequest), "files import")]
[JsonDerivedType(typeof(RowsPieceRequest), "files piece")]
[JsonDerivedType(typeof(EndRowsRequest), "files end")]
[JsonDerivedType(typeof(PollFilesRequest), "files poll")]
[JsonDerivedType(typeof(FilesStatusRequest), "files status")]
[JsonDerivedType(typeof(HeldFilesRequest), "files held")]
[JsonDerivedType(typeof(DecideFileRequest), "files decide")]
[JsonDerivedType(typeof(ListSchedulesRequest), "schedule list")]
[JsonDerivedType(typeof(ListReviewsRequest), "review list")]
[JsonDerivedType(typeof(AcceptReviewRequest), "review accept")]
[JsonDerivedType(typeof(DismissReviewRequest), "review dismiss")]
[JsonDerivedType(typeof(CreatePatientRequest), "patients create")]
[JsonDerivedType(typeof(ChangePatientRequest), "patients change")]
[JsonDerivedType(typeof(BookAppointmentRequest), "appointments book")]
[JsonDerivedType(typeof(ModifyAppointmentRequest), "appointments modify")]
[JsonDerivedType(typeof(CancelAppointmentRequest), "appointments cancel")]
[JsonDerivedType(typeof(AppointmentDeliveriesRequest), "appointments deliveries")]
[JsonDerivedType(typeof(WriteMessageRequest), "map write")]
[JsonDerivedType(typeof(ListDeliveriesRequest), "deliveries list")]
[JsonDerivedType(typeof(ShowDeliveryRequest), "deliveries show")]
[JsonDerivedType(typeof(RetryDeliveriesRequest), "deliveries retry")]
[JsonDerivedType(typeof(FindHeldRequest), "deliveries held")]
[JsonDerivedType(typeof(DismissDeliveriesRequest), "deliveries dismiss")]
[JsonDerivedType(typeof(ListAuditRequest), "audit list")]
[JsonDerivedType(typeof(BackupRequest), "backup")]
[JsonDerivedType(typeof(ConnectivityRequest), "connectivity")]
[JsonDerivedType(typeof(ExportRequest), "files export")]
[JsonDerivedType(typeof(AcceptHostKeyRequest), "connectivity accept")]
[JsonDerivedType(typeof(DeployMappingsRequest), "map deploy")]
[JsonDerivedType(typeof(MappingHistoryRequest), "map history")]
[JsonDerivedType(typeof(CompareMappingsRequest), "map diff")]
[JsonDerivedType(typeof(CheckMessagesRequest), "map check")]
[JsonDerivedType(typeof(ShowMappingSetRequest), "map set")]
[JsonDerivedType(typeof(LedgerRequest), "ledger")]
[JsonDerivedType(typeof(AcceptDifferenceRequest), "ledger accept")]
[JsonDerivedType(typeof(CorrectMessageRequest), "messages correct")]
[JsonDerivedType(typeof(ListErrorsRequest), "errors list")]
[JsonDerivedType(typeof(ShowErrorRequest), "errors show")]
[JsonDerivedType(typeof(RetryErrorsRequest), "errors retry")]
[JsonDerivedType(typeof(DismissErrorsRequest), "errors dismiss")]
[JsonDerivedType(typeof(ListParkedRequest), "errors parked")]
[JsonDerivedType(typeof(EhrCapabilitiesRequest), "ehr capabilities")]
[JsonDerivedType(typeof(BeginConsentRequest), "ehr consent")]
[JsonDerivedType(typeof(StartEhrBulkRequest), "ehr bulk start")]
[JsonDerivedType(typeof(EhrBulkRequest), "ehr bulk show")]
[JsonDerivedType(typeof(ListEhrBulkRequest), "ehr bulk list")]
[JsonDerivedType(typeof(CancelEhrBulkRequest), "ehr bulk cancel")]
[JsonDerivedType(typeof(EhrSyncRequest), "ehr sync")]
[JsonDerivedType(typeof(EhrSyncStateRequest), "ehr sync state")]
[JsonDerivedType(typeof(EhrChangedRequest), "ehr changed")]
[JsonDerivedType(typeof(EhrSubscriptionsRequest), "ehr subscriptions list")]
[JsonDerivedType(typeof(DecideEhrEventsRequest), "ehr subscriptions decide")]
[JsonDerivedType(typeof(EhrPatientsRequest), "ehr patients")]
[JsonDerivedType(typeof(EhrSlotsRequest), "ehr slots")]
[JsonDerivedType(typeof(EhrReferencesRequest), "ehr references")]
[JsonDerivedType(typeof(EhrListRequest), "ehr lists")]
[JsonDerivedType(typeof(FreezeSlotRequest), "ehr freeze")]
[JsonDerivedType(typeof(ListConnectionsRequest), "ehr connections")]
[JsonDerivedType(typeof(ListChangesRequest), "changes list")]
[JsonDerivedType(typeof(CreateKeyRequest), "keys create")]
[JsonDerivedType(typeof(ListKeysRequest), "keys list")]
[JsonDerivedType(typeof(RevokeKeyRequest), "keys revoke")]
internal abstract record ControlRequest
{
    protected ControlRequest(TimeSpan answersWithin) => AnswersWithin = answersWithin;

    /// <summary>Who asks: goes into the audit.</summary>
    public required string Actor { get; init; }

    /// <summary>Why, in the person's own words: goes into the audit.</summary>
    public string? Reason { get; init; }

    /// <summary>How long an answer may take before the engine counts as silent.</summary>
    [JsonIgnore]
    public TimeSpan AnswersWithin { get; init; }
}

/// <summary>A request and the answer it gets.</summary>
internal abstract record ControlRequest<TAnswer> : ControlRequest
    where TAnswer : ControlAnswer
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(30);

    protected ControlRequest(TimeSpan? answersWithin = null)
        : base(answersWithin ?? _soon)
    {
    }
}

/// <summary>
/// A question that may read very much and changes nothing: it is ended when nobody waits for its answer any more. Everything else is done
/// to its end, whoever is still there.
/// </summary>
internal interface ILongQuestion;

/// <summary>How the engine does. Shows no patient data and is not audited.</summary>
internal sealed record StatusRequest : ControlRequest<StatusAnswer>;

/// <summary>Records of one type, in the order they were made.</summary>
/// <param name="Patient">Only what hangs on this patient, and on whoever was merged into this one; null for all.</param>
internal sealed record ListRecordsRequest(string Practice, string Type, string? After = null, int Limit = 100, string? Patient = null) : ControlRequest<RecordsAnswer>;

/// <summary>One record by its external id (or our own), with its latest changes.</summary>
internal sealed record ShowRecordRequest(string Practice, string Type, string ExternalId) : ControlRequest<RecordAnswer>;

/// <summary>Undoes a merge: the patient is a record of its own again.</summary>
/// <param name="ExternalId">Of the retired patient.</param>
internal sealed record UnmergeRequest(string Practice, string ExternalId) : ControlRequest<UnmergedAnswer>;

/// <summary>A query over one practice's records.</summary>
internal sealed record QueryRecordsRequest(string Practice, string Sql, int Limit = 10_000) : ControlRequest<RowsAnswer>(TimeSpan.FromMinutes(10));

/// <summary>Writes a binary that a record names to a new file.</summary>
/// <param name="Id">The binary's own id, or the external id of the document that names it.</param>
/// <param name="File">The whole path; nothing may be there yet.</param>
internal sealed record SaveDocumentRequest(string Practice, string Id, string File) : ControlRequest<SavedDocumentAnswer>(TimeSpan.FromMinutes(10));

/// <param name="State">A <see cref="Store.MessageState"/> in small letters; null for all.</param>
/// <param name="Before">The id after which the next page begins.</param>
internal sealed record ListMessagesRequest(string? Practice, string? State, string? Event, string? Before = null, int Limit = 50) : ControlRequest<MessagesAnswer>;

internal sealed record ShowMessageRequest(string Id) : ControlRequest<MessageAnswer>;

/// <param name="State"><c>open</c>, <c>accepted</c> or <c>dismissed</c>.</param>
internal sealed record ListReviewsRequest(string? Practice, string State = "open", int Limit = 100) : ControlRequest<ReviewsAnswer>;

/// <summary>Takes up again every message in which the item was seen: a held one is applied as it is.</summary>
internal sealed record AcceptReviewRequest(string Id) : ControlRequest<DecisionAnswer>(TimeSpan.FromMinutes(10));

/// <summary>Closes an item; a message held for it is never applied.</summary>
internal sealed record DismissReviewRequest(string Id) : ControlRequest<DecisionAnswer>;

/// <summary>Who read and changed what, newest first. Is itself audited.</summary>
internal sealed record ListAuditRequest(string? Practice, int Limit = 100) : ControlRequest<AuditAnswer>;

/// <summary>Copies the store into an empty or new folder.</summary>
internal sealed record BackupRequest(string Folder) : ControlRequest<BackupAnswer>(TimeSpan.FromHours(6));
