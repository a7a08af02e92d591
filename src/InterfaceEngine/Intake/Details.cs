using System.Text.RegularExpressions;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>Turns what mapping and reconciliation noticed into what is kept for people.</summary>
internal static partial class Details
{
    public const string Refused = "refused";
    public const string Held = "held";
    public const string Parked = "parked";
    public const string Review = "review";

    /// <summary>The code of a warning that segments are out of order: condition 100 of table 0357.</summary>
    public const string SegmentOrder = "100";

    /// <summary>The code of a message that waits for its patient.</summary>
    public const string PatientAwaited = "MAP548";

    /// <summary>The code of one that has waited too long.</summary>
    public const string PatientOverdue = "MAP549";

    /// <summary>The kind of review item for a change that a person decides.</summary>
    public const string ChangeReview = "change";

    /// <summary>The kind of review item for two patients who may be one.</summary>
    public const string DuplicateReviewKind = "possible duplicate";

    /// <summary>The kind of review item for what was applied and should be looked at.</summary>
    public const string CheckReview = "check";

    private static readonly string _csv = MapFormat.Csv.Title();

    /// <summary>Everything that was noticed while the message was read, what decided first.</summary>
    public static IReadOnlyList<DetailNote> Of(IReadOnlyList<MappingNote> mapped) => Of(mapped, [], null);

    /// <summary>Everything that was noticed, what decided first.</summary>
    /// <param name="mapped">What was noticed while the message was read.</param>
    /// <param name="reconciled">What was noticed when its records met the stored ones.</param>
    /// <param name="maps">Say where a field that was not given would have stood.</param>
    public static IReadOnlyList<DetailNote> Of(IReadOnlyList<MappingNote> mapped, IReadOnlyList<RecordNote> reconciled, PracticeMaps? maps)
    {
        if (mapped.Count == 0 && reconciled.Count == 0)
        {
            return [];
        }

        var notes = new List<DetailNote>(mapped.Count + reconciled.Count);
        foreach (var note in mapped)
        {
            notes.Add(new DetailNote(Severity(note.Severity), note.Code, PathOf(note), note.Field, note.Reason, note.Found, note.Cell?.ToString()));
        }

        foreach (var (record, note) in reconciled)
        {
            var isMissing = note.Code == ReconciliationCodes.RequiredMissing;
            var severity = isMissing ? Refused : IsForReview(note) ? Review : note.NeedsPerson ? Held : "note";

            // A required value that could not be read is missing at the place where it stood.
            var place = isMissing ? notes.Find(other => other.Field == note.Field)?.Place ?? PlaceOf(maps, record, note.Field) : PartOf(record);
            notes.Add(new DetailNote(severity, note.Code, place, note.Field, note.Reason, null, note.Cell?.ToString()));
        }

        return [.. notes.OrderBy(note => note.Severity switch { Refused => 0, Held => 1, _ => 2 })];
    }

    /// <summary>What the message did to each record.</summary>
    /// <param name="records">The records it spoke of.</param>
    /// <param name="isRow">A row of a file: what it replaced is told with what was kept.</param>
    public static IReadOnlyList<RecordOutcome> Of(IReadOnlyList<RecordWork> records, bool isRow)
    {
        var outcomes = new List<RecordOutcome>(records.Count);
        foreach (var record in records)
        {
            if (record.Current is not { } current)
            {
                continue;
            }

            var did = record.IsCreated ? "created"
                : !record.IsChanged ? "unchanged"
                : record.Changes is [{ Name: PatientList.EndedAt, After: not null }] ? "ended"
                : "updated";
            outcomes.Add(new RecordOutcome(
                current.Type,
                current.ExternalId.Replace(FieldValue.ListSeparator, ' '),
                current.Id.ToString(),
                did,
                record.IsCreated ? [] : [.. record.Changes.Select(change => change.Name).Distinct()])
            {
                Differences = record.Differences.Any(difference => isRow || !difference.IsTaken)
                    ? [.. record.Differences.Where(difference => isRow || !difference.IsTaken).Select(OutcomeDifference.Of)]
                    : null,
            });
        }

        return outcomes;
    }

    /// <summary>What a message waits for. The id is a patient's: it is shown where a value found would be.</summary>
    /// <param name="patient">Whom it names.</param>
    /// <param name="isOverdue">It has waited for so long that somebody should ask where the patient is.</param>
    public static DetailNote Awaited(RecordAlias patient, bool isOverdue) => isOverdue
        ? new DetailNote(Held, PatientOverdue, null, null, "has waited too long for a patient whom nobody has sent; it is taken up if the patient comes after all.", patient.Value, null)
        : new DetailNote(Parked, PatientAwaited, null, null, "waits for a patient whom nobody has sent yet.", patient.Value, null);

    /// <summary>
    /// The item for a held message: one each, so that a decision about one stranger is never a decision about the next.
    /// </summary>
    public static ReviewWrite HeldReview(EngineId message, IReadOnlyList<DetailNote> notes) =>
        new(Held, message.ToString(), new MessageDetail { Notes = [.. notes.Where(note => note.Severity == Held)] }.ToJson()!);

    /// <summary>Ends the item of a message that is held no more.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isApplied">It was taken up; otherwise it is never applied, or not as it is.</param>
    public static ReviewClosing HeldClosing(EngineId message, bool isApplied) => new(Held, message.ToString(), isApplied ? "accepted" : "dismissed");

    /// <summary>What a person should look at beside a held message itself.</summary>
    public static IReadOnlyList<ReviewWrite> Reviews(IReadOnlyList<MappingNote> mapped, IReadOnlyList<RecordNote> reconciled)
    {
        List<ReviewWrite>? reviews = null;
        foreach (var note in mapped)
        {
            if (note.ReviewKind is { } kind)
            {
                var detail = new MessageDetail { Notes = [new DetailNote(Review, note.Code, PathOf(note), note.Field, note.Reason, note.Found, note.Cell?.ToString())] };
                (reviews ??= []).Add(new ReviewWrite(kind, note.ReviewKey!, detail.ToJson()!));
            }
        }

        foreach (var noted in reconciled)
        {
            var (record, note) = noted;
            if (noted.Pair is { } pair)
            {
                (reviews ??= []).Add(DuplicateReview(pair.Own, pair.Other, new DetailNote(Review, note.Code, record.Part, null, note.Reason, null, null)));
            }
            else if (IsForReview(note))
            {
                var (kind, did) = note.Code == ReconciliationCodes.FewerRepeats ? (CheckReview, "updated") : (ChangeReview, "kept");
                var detail = new MessageDetail
                {
                    Records = [new RecordOutcome(record.Type, record.Aliases[0].Value, "", did, note.Field is null ? [] : [note.Field])],
                    Notes = [new DetailNote(Review, note.Code, record.Part, note.Field, note.Reason, null, note.Cell?.ToString())],
                };
                (reviews ??= []).Add(new ReviewWrite(kind, $"{record.Type}\n{record.Aliases[0].Value}\n{note.Field ?? note.Code}", detail.ToJson()!));
            }
        }

        return reviews ?? (IReadOnlyList<ReviewWrite>)[];
    }

    private static bool IsForReview(ReconciliationNote note) =>
        note.Code is ReconciliationCodes.ReviewedChange or ReconciliationCodes.HeldChange or ReconciliationCodes.FewerRepeats or ReconciliationCodes.PossibleDuplicate;

    /// <summary>Two patients who may be one, named by our ids: one item for each pair, whichever of them comes last.</summary>
    private static ReviewWrite DuplicateReview(StoredRecord own, StoredRecord other, DetailNote note)
    {
        var detail = new MessageDetail
        {
            Records = [new RecordOutcome(own.Type, own.ExternalId, own.Id.ToString(), "told", []), new RecordOutcome(other.Type, other.ExternalId, other.Id.ToString(), "kept", [])],
            Notes = [note],
        };
        var (first, second) = own.Id < other.Id ? (own.Id, other.Id) : (other.Id, own.Id);
        return new ReviewWrite(DuplicateReviewKind, $"{first}\n{second}", detail.ToJson()!);
    }

    /// <summary>The error condition (HL7 table 0357) that a code of ours is told as.</summary>
    public static int Condition(string code) => code switch
    {
        SegmentOrder => Hl7ErrorCode.SegmentSequence,
        MappingCodes.UnknownCode or MappingCodes.RejectedCode => 103,
        MappingCodes.KeyMissing or ReconciliationCodes.RequiredMissing => 101,
        _ => 102,
    };

    /// <summary>What ERR says of a place such as <c>PID-7</c>, <c>IN1[2]-36.1</c>.</summary>
    public static Hl7Fault Fault(string? place, int condition, string reason)
    {
        if (place is null || PlaceForm().Match(place) is not { Success: true } form)
        {
            return Hl7Fault.OfMessage(condition, reason);
        }

        return new Hl7Fault(form.Groups[1].Value, Number(form.Groups[2]) ?? 1, Number(form.Groups[3]), Number(form.Groups[4]), condition, reason);

        static int? Number(Group group) => group.Success ? int.Parse(group.ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    [GeneratedRegex(@"^([A-Z][A-Z0-9]{2})(?:\[#?(\d{1,4})\])?(?:-(\d{1,3}))?(?:\[[^]]*\])?(?:\.(\d{1,3}))?")]
    private static partial Regex PlaceForm();

    private static string? PlaceOf(PracticeMaps? maps, IncomingRecord record, string? field)
    {
        var format = record.Format == _csv ? MapFormat.Csv : MapFormat.Hl7;
        var row = maps?.Find(record.Type)?.Rows.FirstOrDefault(row => row.Name == field);
        return row?.Cells.GetValueOrDefault(format)?.Alternatives switch
        {
            [Hl7Place hl7, ..] => hl7.Path.ToString(),
            [CsvPlace csv, ..] => $"column {string.Join(" + ", csv.Columns)}",
            _ => PartOf(record),
        };
    }

    /// <summary>The part of the message that tells of a record; a row of a file is all of its message, and its number no place in it.</summary>
    private static string? PartOf(IncomingRecord record) => record.Format == _csv ? null : record.Part;

    private static string? PathOf(MappingNote note) => note.Path.Length == 0 ? null : note.Path;

    private static string Severity(NoteSeverity severity) => severity switch
    {
        NoteSeverity.Reject => Refused,
        NoteSeverity.Hold => Held,
        NoteSeverity.Review => Review,
        NoteSeverity.Warning => "warning",
        _ => "note",
    };
}
