using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Reading records: a page, one, or a query.</summary>
internal sealed class RecordOperations(EngineParts parts)
{
    private const int PageSize = 1000;
    private const int ChangesShown = 20;
    private const int BelongingsShown = 500;
    private const int RowsMax = 1_000_000;

    private static readonly TimeSpan _queryTimeout = TimeSpan.FromMinutes(2);

    public async Task<RecordsAnswer> ListAsync(ListRecordsRequest request, CancellationToken cancellationToken)
    {
        CheckPractice(request.Practice);
        if (request.Patient is { } patient)
        {
            return await ListOfPatientAsync(request, patient, cancellationToken);
        }

        var after = request.After is null ? EngineId.None : Views.ParseId(request.After, "record");
        var limit = Math.Clamp(request.Limit, 1, PageSize);
        var (types, records) = await parts.Store.AskAsync(
            request.Audit("records list", request.Practice, request.Type),
            reader =>
            {
                var page = reader.Records(request.Practice, request.Type, after, limit);
                foreach (var record in page)
                {
                    reader.Shown(record);
                }

                return (reader.RecordCounts(request.Practice), page);
            },
            cancellationToken);
        CheckType(types, request.Practice, request.Type);
        var next = records.Count == limit ? records[^1].Id.ToString() : null;
        return new RecordsAnswer(request.Practice, request.Type, [.. records.Select(Views.Of)], next);
    }

    /// <summary>All of a type that hang on a patient, those of retired records with their id.</summary>
    private async Task<RecordsAnswer> ListOfPatientAsync(ListRecordsRequest request, string patient, CancellationToken cancellationToken)
    {
        var (types, found) = await parts.Store.AskAsync(
            request.Audit("records list", request.Practice, $"{request.Type} of patient {patient}"),
            reader =>
            {
                var records = new PatientRecords(reader, request.Practice, parts.Definitions(request.Practice));
                var own = Find(reader, request.Practice, RecordDefinition.Patient, patient);
                var limit = Math.Clamp(request.Limit, 1, PageSize);
                var hanging = own is null ? null : records.Of(records.Family(own), request.Type, EngineId.None, limit).Take(limit).ToList();
                foreach (var (record, _) in hanging ?? [])
                {
                    reader.Shown(record);
                }

                return (reader.RecordCounts(request.Practice), hanging?.ConvertAll(pair => Views.Of(pair.Record) with { From = FromOf(pair.Patient, own!) }));
            },
            cancellationToken);
        CheckType(types, request.Practice, request.Type);
        return new RecordsAnswer(request.Practice, request.Type, found ?? throw RequestException.NotFound($"Practice {request.Practice} has no patient {patient}."), null);
    }

    public async Task<RecordAnswer> ShowAsync(ShowRecordRequest request, CancellationToken cancellationToken)
    {
        CheckPractice(request.Practice);

        // A look that finds nothing is audited too: whether somebody is a patient here is itself a patient's secret.
        var (types, answer) = await parts.Store.AskAsync(
            request.Audit("records show", request.Practice, $"{request.Type} {request.ExternalId}"),
            reader =>
            {
                var record = Find(reader, request.Practice, request.Type, request.ExternalId);
                if (record is not null)
                {
                    reader.Shown(record);
                }

                var shown = record is null ? null : WithChanges(reader, record);
                return (reader.RecordCounts(request.Practice), record is { Type: RecordDefinition.Patient } ? WithBelongings(reader, record, shown!) : shown);
            },
            cancellationToken);
        CheckType(types, request.Practice, request.Type);
        return answer ?? throw RequestException.NotFound($"Practice {request.Practice} has no {request.Type} {request.ExternalId}.");
    }

    public async Task<RowsAnswer> QueryAsync(QueryRecordsRequest request, CancellationToken cancellationToken)
    {
        CheckPractice(request.Practice);

        // Only what the query names is decrypted. Records come page by page, so that a long query never holds one long
        // read transaction; what was read is in the audit, on disk, before the query runs.
        var counts = await parts.Store.LookAsync(reader => reader.RecordCounts(request.Practice), cancellationToken);
        using var query = new RecordQuery();
        var read = new List<string>();
        foreach (var type in counts.Select(count => count.Type).Union(parts.Definitions(request.Practice).Select(definition => definition.Type)).Order(StringComparer.Ordinal))
        {
            var fields = parts.Definitions(request.Practice).FirstOrDefault(definition => definition.Type == type)?.Fields.Select(field => field.Name) ?? [];
            var isRead = request.Sql.Contains(type, StringComparison.OrdinalIgnoreCase);
            var records = isRead ? await ReadAllAsync(request.Practice, type, cancellationToken) : [];
            query.Add(type, fields, records);
            if (isRead)
            {
                read.Add($"{records.Count} {type}");
            }
        }

        var subject = $"{request.Sql} (read: {(read.Count == 0 ? "nothing" : string.Join(", ", read))})";
        await parts.Store.AskAsync(request.Audit("records sql", request.Practice, subject), _ => 0, cancellationToken);

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_queryTimeout);
        try
        {
            var result = query.Run(request.Sql, Math.Clamp(request.Limit, 1, RowsMax), timeout.Token);
            return new RowsAnswer(result.Columns, result.Rows, result.IsCut);
        }
        catch (RecordQueryException refused)
        {
            throw RequestException.Refused(timeout.IsCancellationRequested ? $"The query took longer than {_queryTimeout.TotalSeconds:0} seconds." : refused.Message);
        }
    }

    private async Task<List<StoredRecord>> ReadAllAsync(string practice, string type, CancellationToken cancellationToken)
    {
        var all = new List<StoredRecord>();
        IReadOnlyList<StoredRecord> page;
        do
        {
            var after = all.Count == 0 ? EngineId.None : all[^1].Id;
            page = await parts.Store.LookAsync(reader => reader.Records(practice, type, after, PageSize), cancellationToken);
            all.AddRange(page);
        }
        while (page.Count == PageSize);

        return all;
    }

    private static RecordAnswer WithChanges(IStoreReader reader, StoredRecord record)
    {
        var changes = reader.Changes(record.Practice, record, ChangesShown);
        return new RecordAnswer(Views.Of(record), [.. changes.Select(change => Views.Of(change))]) { EarlierChanges = DroppedWords.Earlier(reader, record, changes, ChangesShown) };
    }

    private RecordAnswer WithBelongings(IStoreReader reader, StoredRecord patient, RecordAnswer shown)
    {
        var records = new PatientRecords(reader, patient.Practice, parts.Definitions(patient.Practice));
        var family = records.Family(patient);
        var hanging = records.Of(family, type: null, EngineId.None, BelongingsShown + 1).Take(BelongingsShown + 1).ToList();
        foreach (var (record, _) in hanging)
        {
            reader.Shown(record);
        }

        return shown with
        {
            Merged = [.. family.Skip(1).Select(retired => Views.Readable(retired.ExternalId))],
            Belongings = [.. hanging.Take(BelongingsShown).Select(pair =>
                new BelongingView(pair.Record.Type, Views.Readable(pair.Record.ExternalId), pair.Record.Id.ToString(), FromOf(pair.Patient, patient)))],
            IsCut = hanging.Count > BelongingsShown,
        };
    }

    private static string? FromOf(StoredRecord patient, StoredRecord own) => patient.Id == own.Id ? null : Views.Readable(patient.ExternalId);

    /// <summary>By our own id, else by the external id in every id system that the practice's maps know.</summary>
    public StoredRecord? Find(IStoreReader reader, string practice, string type, string externalId)
    {
        if (EngineId.TryParse(externalId, out var id) && reader.Record(practice, id) is { } own && own.Type == type)
        {
            return own;
        }

        var systems = parts.Definitions(practice).Where(definition => definition.Type == type).Select(definition => definition.IdSystem)
            .Append(parts.Practices.First(known => known.Id == practice).Vendor).Distinct(StringComparer.Ordinal);
        var listItem = externalId.Replace('/', FieldValue.ListSeparator);
        return systems
            .SelectMany(system => new[] { externalId, listItem }.Distinct().Select(value => new RecordAlias(type, system, value)))
            .Select(alias => reader.Record(practice, alias))
            .FirstOrDefault(record => record is not null);
    }

    public void CheckPractice(string practice)
    {
        if (parts.Practices.All(known => known.Id != practice))
        {
            throw RequestException.Usage($"{practice} is not a practice of the settings ({string.Join(", ", parts.Practices.Select(known => known.Id))}).");
        }
    }

    public void CheckType(IReadOnlyList<(string Type, long Count)> counts, string practice, string type)
    {
        var types = counts.Select(count => count.Type)
            .Union(parts.Definitions(practice).Select(definition => definition.Type)).Order(StringComparer.Ordinal).ToList();
        if (!types.Contains(type))
        {
            throw RequestException.NotFound(types.Count == 0 ? $"Practice {practice} has no records yet." : $"There are no records of type {type}; there are {string.Join(", ", types)}.");
        }
    }
}
