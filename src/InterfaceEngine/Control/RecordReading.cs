using InterfaceEngine.Core.Matching;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>
/// Records for programs, as they are stored: one, a page, what became of one. As for people every reading is on disk in the audit before its answer
/// is given, one that finds nothing too.
/// </summary>
internal sealed class RecordReading(EngineParts parts)
{
    public const int PageRowsMax = 1000;

    private readonly RecordOperations _records = new(parts);

    /// <summary>One record by our id, or by its external id.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public Task<StoredRecord> FindAsync(RecordQuestion question, string id, CancellationToken cancellationToken) =>
        parts.Store.AskOrRefuseAsync(question.Audit("records show", $"{question.Type} {id}"), reader => Shown(reader, Find(reader, question, id)), cancellationToken);

    /// <summary>One record and what changed of it, newest first; <c>Earlier</c> says why the changes don't go back to its beginning.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public Task<(StoredRecord Record, IReadOnlyList<StoredChange> Changes, string? Earlier)> ChangesAsync(RecordQuestion question, string id, int limit, CancellationToken cancellationToken) =>
        parts.Store.AskOrRefuseAsync(
            question.Audit("records changes", $"{question.Type} {id}"),
            reader =>
            {
                var record = Shown(reader, Find(reader, question, id));
                var changes = reader.Changes(question.Practice, record, limit);
                return (record, changes, DroppedWords.Earlier(reader, record, changes, limit));
            },
            cancellationToken);

    /// <summary>A binary that a record names.</summary>
    /// <param name="question">Who asks for what.</param>
    /// <param name="id">The record's.</param>
    /// <param name="file">Which of its binaries; null where it has only one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RequestException">There is none.</exception>
    public Task<RecordContent> ContentAsync(RecordQuestion question, string id, string? file, CancellationToken cancellationToken) =>
        parts.Store.AskOrRefuseAsync(
            question.Audit("records content", $"{question.Type} {id}"),
            reader =>
            {
                var record = Shown(reader, Find(reader, question, id));
                var value = RecordContents.Wanted(record, file);
                var content = new MemoryStream();
                return reader.CopyAttachment(question.Practice, value.Id, content) is null
                    ? throw RequestException.NotFound($"The content of this {question.Type} is not kept any more.")
                    : new RecordContent(record, value, content.ToArray());
            },
            cancellationToken);

    /// <summary>Records of a type in the order they were made, of all or of one patient.</summary>
    /// <param name="question">Who asks for what.</param>
    /// <param name="patient">Only what hangs on this patient, and on whoever was merged into this one; null for all.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="limit">The most of the page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RequestException">There is no such type, or patient, or the type has nothing by which it is filtered.</exception>
    public Task<RecordPage> PageAsync(RecordQuestion question, string? patient, RecordFilter filter, EngineId after, int limit, CancellationToken cancellationToken) =>
        parts.Store.AskOrRefuseAsync(
            question.Audit("records list", patient is null ? question.Type : $"{question.Type} of patient {patient}"),
            reader =>
            {
                var pages = new RecordPages(reader, question.Practice, parts.Practices.First(practice => practice.Id == question.Practice).Zone, question.Type);
                var page = pages.Page(patient is null ? null : (from, count) => OfPatient(reader, question, patient, from, count), filter, DayOf(question, filter), after, limit);
                if (page is { Records.Count: 0, Next: null })
                {
                    CheckType(question);
                }

                foreach (var record in page.Records)
                {
                    reader.Shown(record);
                }

                return page;
            },
            cancellationToken);

    /// <summary>The records that an external id names: one, or none.</summary>
    public Task<IReadOnlyList<StoredRecord>> NamedAsync(RecordQuestion question, string externalId, CancellationToken cancellationToken) =>
        parts.Store.AskOrRefuseAsync<IReadOnlyList<StoredRecord>>(
            question.Audit("records list", $"{question.Type} {externalId}"),
            reader => _records.Find(reader, question.Practice, question.Type, externalId) is { } record ? [Shown(reader, record)] : [],
            cancellationToken);

    /// <summary>Patients by name and birth date, whatever the case and accents of the name.</summary>
    public Task<(IReadOnlyList<StoredRecord> Persons, bool HasMore)> PersonsAsync(
        RecordQuestion question, string lastName, string firstName, string birthDate, int limit, CancellationToken cancellationToken) =>
        parts.Store.AskAsync<(IReadOnlyList<StoredRecord>, bool)>(
            question.Audit("patients search", "by name and birth date"),
            reader =>
            {
                var found = PersonKey.Of(lastName, firstName, birthDate) is { } key ? reader.Records(question.Practice, key) : [];
                return ([.. found.Take(limit).Select(record => Shown(reader, record))], found.Count > limit);
            },
            cancellationToken);

    private StoredRecord Find(IStoreReader reader, RecordQuestion question, string id)
    {
        if (_records.Find(reader, question.Practice, question.Type, id) is { } record)
        {
            return record;
        }

        CheckType(question);
        throw RequestException.NotFound($"There is no {question.Type} of this id.");
    }

    private List<StoredRecord> OfPatient(IStoreReader reader, RecordQuestion question, string patient, EngineId after, int limit)
    {
        var records = new PatientRecords(reader, question.Practice, parts.Definitions(question.Practice));
        var own = _records.Find(reader, question.Practice, RecordDefinition.Patient, patient) ?? throw RequestException.NotFound("There is no patient of this id.");
        return [.. records.Of(records.Family(own), question.Type, after, limit).Select(pair => pair.Record).DistinctBy(record => record.Id).OrderBy(record => record.Id).Take(limit)];
    }

    /// <summary>The field to which the days of a filter belong; null where it has none.</summary>
    /// <exception cref="RequestException">The type has nothing by which it is filtered.</exception>
    private FieldDefinition? DayOf(RecordQuestion question, RecordFilter filter)
    {
        if (filter is { Statuses: null, HasDays: false })
        {
            return null;
        }

        CheckType(question);
        var definition = parts.Definitions(question.Practice).First(definition => definition.Type == question.Type);
        if (filter.Statuses is not null && definition.Find("status") is null)
        {
            throw RequestException.Usage($"A {definition.Type} has no status to be found by.");
        }

        return !filter.HasDays ? null : RecordFilter.DayOf(definition)
            ?? throw RequestException.Usage($"A {definition.Type} has no day to be found by: its table has not one field with the rule look up by day.");
    }

    private void CheckType(RecordQuestion question)
    {
        var types = parts.Definitions(question.Practice).Select(definition => definition.Type).Order(StringComparer.Ordinal).ToList();
        if (!types.Contains(question.Type))
        {
            throw RequestException.NotFound($"There are no records of this type; there are {string.Join(", ", types)}.");
        }
    }

    private static StoredRecord Shown(IStoreReader reader, StoredRecord record)
    {
        reader.Shown(record);
        return record;
    }
}

/// <summary>Who asks for records of a type.</summary>
internal readonly record struct RecordQuestion(string Practice, string Type, string Actor)
{
    public AuditEntry Audit(string action, string subject) => new(Actor, action, Practice, subject, null);
}
