using System.Reflection;
using InterfaceEngine.Control.Explaining;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>
/// Everything a person can ask of the engine, once: the running engine calls this for its socket, a command that
/// opened the store itself calls it directly; one for each connection, since a file comes in many requests. Every reading of patient data is audited before its answer is
/// given; every change carries its audit entry.
/// </summary>
internal sealed class EngineOperations : IControl
{
    /// <summary>The program's, as people see it.</summary>
    public static string ProgramVersion { get; } =
        typeof(EngineOperations).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly EngineParts _parts;
    private readonly RecordOperations _records;
    private readonly DocumentOperations _documents;
    private readonly MergeOperations _merges;
    private readonly UndoOperations _undoing;
    private readonly ReviewOperations _reviews;
    private readonly AppointmentOperations _appointments;
    private readonly LedgerOperations _ledger;
    private readonly DeliveryOperations _deliveries;
    private readonly ErrorOperations _errors;
    private readonly BatchOperations _batches;
    private readonly ImportOperations _imports;
    private readonly RunOperations _runs;
    private readonly FileOperations _files;
    private readonly MappingOperations _mappings;
    private readonly ExplainOperations _explanations;

    public EngineOperations(EngineParts parts)
    {
        _parts = parts;
        _records = new RecordOperations(parts);
        _documents = new DocumentOperations(parts);
        _merges = new MergeOperations(parts, _records);
        _undoing = new UndoOperations(parts);
        _reviews = new ReviewOperations(parts);
        _appointments = new AppointmentOperations(parts);
        _ledger = new LedgerOperations(parts);
        _deliveries = new DeliveryOperations(parts);
        _errors = new ErrorOperations(parts);
        _batches = new BatchOperations(parts);
        _imports = new ImportOperations(parts);
        _runs = new RunOperations(parts);
        _files = new FileOperations(parts);
        _mappings = new MappingOperations(parts);
        _explanations = new ExplainOperations(parts, _records);
    }

    public async Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return request switch
            {
                StatusRequest => await StatusAsync(cancellationToken),
                ListConnectionsRequest => await new ConnectionOperations(_parts).ListAsync(cancellationToken),
                EhrCapabilitiesRequest capabilities => await new ConnectionOperations(_parts).CapabilitiesAsync(capabilities, cancellationToken),
                BeginConsentRequest begin => await new ConnectionOperations(_parts).BeginConsentAsync(begin, cancellationToken),
                ListRecordsRequest list => await _records.ListAsync(list, cancellationToken),
                ShowRecordRequest show => await _records.ShowAsync(show, cancellationToken),
                QueryRecordsRequest query => await _records.QueryAsync(query, cancellationToken),
                ExplainRequest explain => await _explanations.ExplainAsync(explain, cancellationToken),
                CoverageRequest coverage => await _mappings.CoverAsync(coverage, cancellationToken),
                UndoFileRequest undo => await _undoing.UndoAsync(undo, cancellationToken),
                UnmergeRequest unmerge => await _merges.UndoAsync(unmerge, cancellationToken),
                SaveDocumentRequest save => await _documents.SaveAsync(save, cancellationToken),
                ListMessagesRequest list => await ListMessagesAsync(list, cancellationToken),
                ShowMessageRequest show => await ShowMessageAsync(show, cancellationToken),
                ListBatchesRequest list => await _batches.ListAsync(list, cancellationToken),
                ShowBatchRequest show => await _batches.ShowAsync(show, cancellationToken),
                BeginImportRequest begin => await _imports.BeginAsync(begin, cancellationToken),
                ImportPieceRequest piece => await _imports.TakeAsync(piece, cancellationToken),
                EndImportRequest => await _imports.EndAsync(cancellationToken),
                ListRunsRequest list => await _runs.ListAsync(list, cancellationToken),
                ShowRunRequest show => await _runs.ShowAsync(show, cancellationToken),
                RunReportRequest report => await _runs.ReportAsync(report, cancellationToken),
                BeginRowsRequest begin => await _runs.BeginAsync(begin, cancellationToken),
                RowsPieceRequest piece => await _runs.TakeAsync(piece, cancellationToken),
                EndRowsRequest => await _runs.EndAsync(),
                PollFilesRequest poll => await _files.PollAsync(poll, cancellationToken),
                FilesStatusRequest => await _files.StatusAsync(cancellationToken),
                HeldFilesRequest held => await _files.HeldAsync(held, cancellationToken),
                DecideFileRequest decide => await _files.DecideAsync(decide, cancellationToken),
                ListSchedulesRequest => await _files.ListSchedulesAsync(cancellationToken),
                ListReviewsRequest list => await _reviews.ListAsync(list, cancellationToken),
                AcceptReviewRequest accept => await _reviews.AcceptAsync(accept, cancellationToken),
                DismissReviewRequest dismiss => await _reviews.DismissAsync(dismiss, cancellationToken),
                CreatePatientRequest create => await new PatientOperations(_parts).CreateAsync(create, cancellationToken),
                ChangePatientRequest change => await new PatientOperations(_parts).ChangeAsync(change, cancellationToken),
                BookAppointmentRequest book => await _appointments.BookAsync(book, cancellationToken),
                ModifyAppointmentRequest modify => await _appointments.ModifyAsync(modify, cancellationToken),
                CancelAppointmentRequest cancel => await _appointments.CancelAsync(cancel, cancellationToken),
                AppointmentDeliveriesRequest deliveries => await _appointments.DeliveriesAsync(deliveries, cancellationToken),
                EhrPatientsRequest patients => await new EhrPatientOperations(_parts).FindAsync(patients, cancellationToken),
                EhrSlotsRequest slots => await new EhrSlotOperations(_parts).FindAsync(slots, cancellationToken),
                EhrReferencesRequest references => await new EhrReferenceOperations(_parts).CompareAsync(references, cancellationToken),
                EhrListRequest list => await new EhrListOperations(_parts).ShowAsync(list, cancellationToken),
                FreezeSlotRequest freeze => await new EhrSlotOperations(_parts).FreezeAsync(freeze, cancellationToken),
                WriteMessageRequest write => await _appointments.WriteAsync(write, cancellationToken),
                ListDeliveriesRequest list => await _deliveries.ListAsync(list, cancellationToken),
                ShowDeliveryRequest show => await _deliveries.ShowAsync(show, cancellationToken),
                FindHeldRequest find => await _deliveries.FindHeldAsync(find, cancellationToken),
                RetryDeliveriesRequest retry => await _deliveries.RetryAsync(retry, cancellationToken),
                DismissDeliveriesRequest dismiss => await _deliveries.DismissAsync(dismiss, cancellationToken),
                ListAuditRequest list => await ListAuditAsync(list, cancellationToken),
                ListErrorsRequest list => await _errors.ListAsync(list, cancellationToken),
                ShowErrorRequest show => await _errors.ShowAsync(show, cancellationToken),
                RetryErrorsRequest retry => await _errors.RetryAsync(retry, cancellationToken),
                DismissErrorsRequest dismiss => await _errors.DismissAsync(dismiss, cancellationToken),
                ListParkedRequest list => await _errors.ListParkedAsync(list, cancellationToken),
                CorrectMessageRequest correct => await new CorrectionOperations(_parts).CorrectAsync(correct, cancellationToken),
                LedgerRequest ledger => await _ledger.CheckAsync(ledger, cancellationToken),
                AcceptDifferenceRequest accept => await _ledger.AcceptAsync(accept, cancellationToken),
                DeployMappingsRequest deploy => await _mappings.DeployAsync(deploy, cancellationToken),
                MappingHistoryRequest history => await _mappings.ListAsync(history, cancellationToken),
                CompareMappingsRequest compare => await _mappings.CompareAsync(compare, cancellationToken),
                CheckMessagesRequest check => await _mappings.CheckAsync(check, cancellationToken),
                ShowMappingSetRequest show => await _mappings.ShowAsync(show, cancellationToken),
                ExportRequest export => await new ExportOperations(_parts).RunAsync(export, cancellationToken),
                ConnectivityRequest places => await new ConnectivityOperations(_parts).TryAsync(places, cancellationToken),
                AcceptHostKeyRequest accept => await new ConnectivityOperations(_parts).AcceptAsync(accept, cancellationToken),
                ListChangesRequest list => await new ChangeOperations(_parts).ListAsync(list, cancellationToken),
                CreateKeyRequest create => await new KeyOperations(_parts).CreateAsync(create, cancellationToken),
                ListKeysRequest => await new KeyOperations(_parts).ListAsync(cancellationToken),
                RevokeKeyRequest revoke => await new KeyOperations(_parts).RevokeAsync(revoke, cancellationToken),
                StartEhrBulkRequest start => await new EhrBulkOperations(_parts).StartAsync(start, cancellationToken),
                EhrBulkRequest show => await new EhrBulkOperations(_parts).ShowAsync(show, cancellationToken),
                ListEhrBulkRequest list => await new EhrBulkOperations(_parts).ListAsync(list, cancellationToken),
                CancelEhrBulkRequest cancel => await new EhrBulkOperations(_parts).CancelAsync(cancel, cancellationToken),
                EhrChangedRequest changed => await new EhrChangedOperations(_parts).LookAsync(changed, cancellationToken),
                EhrSubscriptionsRequest list => await new EhrEventOperations(_parts).ListAsync(list, cancellationToken),
                DecideEhrEventsRequest decide => await new EhrEventOperations(_parts).DecideAsync(decide, cancellationToken),
                EhrSyncStateRequest state => await new EhrSyncOperations(_parts).ShowAsync(state, cancellationToken),
                EhrSyncRequest sync => await new EhrSyncOperations(_parts).RunAsync(sync, cancellationToken),
                BackupRequest backup => await BackupAsync(backup, cancellationToken),
                _ => throw new InvalidOperationException($"{request.GetType().Name} has no answer."),
            };
        }
        catch (RequestException refused)
        {
            return new FailureAnswer(refused.Kind, refused.Message) { RetryAfter = refused.RetryAfter };
        }
        catch (MessageMovedException moved)
        {
            return new FailureAnswer(FailureKind.Refused, moved.Message);
        }
        catch (StoreUnavailableException failed)
        {
            return new FailureAnswer(FailureKind.Failed, failed.Message);
        }
    }

    /// <summary>Breaks off a file that has not ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _imports.DisposeAsync();
        await _runs.DisposeAsync();
    }

    private async Task<StatusAnswer> StatusAsync(CancellationToken cancellationToken)
    {
        // Counts only: nothing of a patient, so the reading is the engine's own.
        var (messages, records, open, nodes) = await _parts.Store.LookAsync(
            reader => (
                reader.MessageCounts(),
                _parts.Practices.SelectMany(practice => reader.RecordCounts(practice.Id).Select(count => new RecordCount(practice.Id, count.Type, count.Count))).ToList(),
                OpenItems(reader),
                NodesStatus.Read(reader, _parts.Store.Description.IsShared)),
            cancellationToken);
        var store = _parts.Store.Description;
        return new StatusAnswer
        {
            IsRunning = _parts.StartedAt is not null,
            Version = ProgramVersion,
            StartedAt = _parts.StartedAt,
            Data = _parts.Data,
            Store = $"{store.Kind} {store.Version}{(store.Location == _parts.Data ? "" : $" at {store.Location}")}, schema {store.SchemaVersion}",
            Keys = _parts.Keys,
            Nodes = nodes,
            Mapping = _parts.Mapping(),
            Sources = _parts.Sources(),
            Readiness = _parts.Readiness(),
            Destinations = await _deliveries.StatusAsync(cancellationToken),
            Connections = (await new ConnectionOperations(_parts).ListAsync(cancellationToken)).Connections,
            Messages = [.. messages.Select(count => new MessageCount(count.Source, Views.Word(count.State), count.Count))],
            Records = records,
            Open = open,
            Ledger = LedgerOperations.Status(_parts.LastLedger()),
            StoreCounters = Counters(_parts.Store.Counters, _parts.Store.Calls.Lost),
        };
    }

    private static Dictionary<string, long> Counters(StoreCounters counters, long callsLost) => new()
    {
        ["units"] = counters.Units,
        ["transactions"] = counters.Transactions,
        ["conflicts"] = counters.Conflicts,
        ["duplicates"] = counters.Duplicates,
        ["retries"] = counters.Retries,
        ["failures"] = counters.Failures,
        ["checkpoints"] = counters.Checkpoints,
        ["checkpoint failures"] = counters.CheckpointFailures,
        ["log bytes"] = counters.LogBytes,
        ["log cuts"] = counters.LogCuts,
        ["log cuts missed"] = counters.LogCutsMissed,
        ["calls not logged"] = callsLost,
    };

    /// <summary>What waits for a person: open review items by kind (counted up to a thousand), messages and deliveries that stand still.</summary>
    private static List<OpenCount> OpenItems(IStoreReader reader)
    {
        var items = reader.Reviews(null, "open", 1000).GroupBy(review => review.Kind).Select(group => new OpenCount(group.Key, group.Count()));
        var waiting = reader.MessageCounts()
            .Where(count => count.State is MessageState.Quarantined or MessageState.Parked or MessageState.Ready or MessageState.Held or MessageState.Refused)
            .GroupBy(count => count.State)
            .Select(group => new OpenCount($"{Views.Word(group.Key)} messages", group.Sum(count => count.Count)));
        var held = reader.DeliveryCounts().Where(count => count.State is DeliveryState.Held).Sum(count => count.Count);
        return [.. items.Concat(waiting).Concat(held > 0 ? [new OpenCount("held deliveries", held)] : []).OrderBy(count => count.Kind, StringComparer.Ordinal)];
    }

    private async Task<MessagesAnswer> ListMessagesAsync(ListMessagesRequest request, CancellationToken cancellationToken)
    {
        MessageState? state = request.State is null ? null : Views.ParseState(request.State);
        var before = request.Before is null ? EngineId.None : Views.ParseId(request.Before, "message");
        var limit = Math.Clamp(request.Limit, 1, 1000);
        var filter = new MessageFilter(request.Practice, state, request.Event, before, limit);
        var audit = request.Audit("messages list", request.Practice, $"state {request.State ?? "any"}, event {request.Event ?? "any"}");
        var messages = await _parts.Store.AskAsync(audit, reader => reader.Messages(filter), cancellationToken);
        return new MessagesAnswer([.. messages.Select(Views.Of)], messages.Count == limit ? messages[^1].Id.ToString() : null);
    }

    private async Task<MessageAnswer> ShowMessageAsync(ShowMessageRequest request, CancellationToken cancellationToken)
    {
        var id = Views.ParseId(request.Id, "message");
        // Whose message it is must be known before the audit row is written.
        var practice = await _parts.Store.LookAsync(reader => reader.Message(id)?.Practice, cancellationToken);
        var (found, original, copies) = await _parts.Store.AskAsync(
            request.Audit("messages show", practice, $"message {id}"),
            reader => (reader.Message(id), reader.Message(id)?.Parent is { } parent ? reader.Message(parent) : null, reader.Corrections(id)),
            cancellationToken);
        var message = found ?? throw await DroppedWords.NoMessageAsync(_parts.Store, id, cancellationToken);
        var body = Views.Text(message.Body.Span);
        return new MessageAnswer(Views.Of(message), body, Views.Text(message.Reply.Span), Views.Text(message.ApplicationReply.Span))
        {
            Original = original?.Id.ToString(),
            Differences = original is null ? [] : [.. Views.Differences(original, message).Select(one => new DifferenceView(one.Place, one.Before, one.After))],
            CorrectedBy = [.. copies.Select(copy => copy.ToString())],
        };
    }

    private async Task<AuditAnswer> ListAuditAsync(ListAuditRequest request, CancellationToken cancellationToken)
    {
        var entries = await _parts.Store.AskAsync(
            request.Audit("audit list", request.Practice, null),
            reader => reader.Audit(request.Practice, Math.Clamp(request.Limit, 1, 10_000)),
            cancellationToken);
        return new AuditAnswer([.. entries.Select(entry => new AuditView(
            entry.Sequence, Views.Time(entry.At), entry.Actor, entry.Action, entry.Practice, entry.Subject, entry.Reason, [.. entry.Records.Select(id => id.ToString())]))]);
    }

    private async Task<BackupAnswer> BackupAsync(BackupRequest request, CancellationToken cancellationToken)
    {
        if (_parts.Store is not IFolderBackup store)
        {
            var place = _parts.Store.Description;
            throw RequestException.Refused($"The store is the {place.Kind} database {place.Location}. It is backed up with the database's own tools: docs/scaling.md says how. Nothing was copied.");
        }

        if (Directory.Exists(request.Folder) && Directory.EnumerateFileSystemEntries(request.Folder).Any())
        {
            throw RequestException.Refused($"{request.Folder} is not empty. A backup goes into an empty or new folder.");
        }

        // The audit first: a copy of everything leaves the engine's care.
        await _parts.Store.AskAsync(request.Audit("backup", null, request.Folder), _ => 0, cancellationToken);
        try
        {
            await store.BackupAsync(request.Folder, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw RequestException.Refused($"{request.Folder} can't be written: {error.Message}");
        }

        return new BackupAnswer(request.Folder);
    }
}
