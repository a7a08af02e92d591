using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>
/// Reads a practice's messages by two mapping sets and says what would be different. Made once for two sets, immutable, used by all
/// threads. What is stored already has no part in it: the same message gives the same answer on any day.
/// </summary>
public sealed class PracticeComparer(PracticeReader before, PracticeReader after)
{
    private const string Whole = "(whole message)";

    private readonly CauseFinder _causes = new(before.Maps, after.Maps);
    private readonly SentRows _sent = new(before.Maps, after.Maps);
    private readonly RequiredFields _required = new(before.Maps, after.Maps);

    public string Practice => after.Practice.Id;

    /// <summary>The practice's tables by the old set.</summary>
    public PracticeReader Before => before;

    /// <summary>The practice's tables by the new set.</summary>
    public PracticeReader After => after;

    /// <summary>Everything that the two sets say differently for this practice, whether a message meets it or not.</summary>
    public IReadOnlyList<Cause> Everything() => [.. _causes.Everything()];

    public MessageDifference Compare(Hl7Message message, ReadContext context) =>
        Compare(Fate.Of(before, message, context), Fate.Of(after, message, context), MapFormat.Hl7);

    /// <param name="file">The kind of file as the maps name it.</param>
    public MessageDifference Compare(CsvRow row, string file, ReadContext context) =>
        Compare(Fate.Of(before.Read(row, file, context)), Fate.Of(after.Read(row, file, context)), MapFormat.Csv);

    /// <param name="call">Of athenaNet, the call as the maps name it.</param>
    public MessageDifference Compare(JsonBody body, string call, ReadContext context) =>
        Compare(Fate.Of(before.Read(body, call, context)), Fate.Of(after.Read(body, call, context)), JsonMessage.IsFhir(body) ? MapFormat.Fhir : MapFormat.AthenaNet);

    public MessageDifference Compare(FileRow row, ReadContext context) =>
        row.Row is not null ? Compare(row.Row, row.Kind, context) : Compare(row.Json!, row.Kind, context);

    private MessageDifference Compare(Fate old, Fate young, MapFormat format)
    {
        var differences = new List<Difference>();
        var sent = new List<SentDifference>();
        if (old.IsApplied && young.IsApplied)
        {
            new RecordComparison(old.Mapped!, young.Mapped!, format, _causes, _sent, _required).AddTo(differences, sent);
        }
        else
        {
            AddWhole(old, young, format, differences);
        }

        if (differences.Count == 0 && sent.Count == 0)
        {
            return MessageDifference.None;
        }

        var change = differences.Exists(one => one.FailsBy is not null) ? MessageChange.NewlyFailing
            : differences.Exists(one => one.Passes) ? MessageChange.NewlyPassing
            : differences.Count > 0 ? MessageChange.Changed
            : MessageChange.Same;
        return new MessageDifference(change, differences, sent);
    }

    /// <summary>At least one of the two applies nothing: what the message says is not compared then, but why.</summary>
    private void AddWhole(Fate old, Fate young, MapFormat format, List<Difference> differences)
    {
        var (reasons, former) = (Reasons(young), Reasons(old));
        if (old.Word == young.Word && reasons.Select(Key).SequenceEqual(former.Select(Key)))
        {
            return;
        }

        var isWorse = young.Rank > old.Rank || (young.Rank == old.Rank && !young.IsApplied && reasons.Exists(note => !former.Exists(other => Key(other) == Key(note))));
        foreach (var note in young.IsApplied ? former : reasons)
        {
            var type = _causes.TypeOf(note);
            differences.Add(new Difference("message", note.Field is null ? Whole : $"{type} {note.Field}", young.IsApplied ? $"{old.Word} {note.Code}" : old.Word, young.IsApplied ? young.Word : $"{young.Word} {note.Code}")
            {
                ValueAfter = young.IsApplied ? null : note.Found,
                ValueBefore = young.IsApplied ? note.Found : null,
                Place = note.Path,
                FailsBy = isWorse ? note.Code : null,
                Passes = young.IsApplied,
                Cell = note.Cell,
                Causes = note.Code == MappingCodes.Check ? _causes.OfChecks() : type is null ? _causes.OfEvents(format) : _causes.Of(type, note.Field!, format),
            });
        }

        if (young.Reason is not null || (old.Reason is not null && young.IsApplied))
        {
            var filter = young.Filter ?? old.Filter;
            differences.Add(new Difference("message", Whole, old.Word, young.Word)
            {
                FailsBy = young.Rank > old.Rank || (young.Reason is not null && old.Reason is null) ? young.Reason : null,
                Passes = young.IsApplied,
                Cell = filter?.Cell,
                Causes = filter is null ? _causes.OfEvents(format) : new Causes([new Cause(filter.Cell, "filters", old.Filter?.When ?? Cause.None, young.Filter?.When ?? Cause.None)]),
            });
        }
    }

    /// <summary>What keeps a message from being applied, each code and field once.</summary>
    private static List<MappingNote> Reasons(Fate fate) =>
        fate.IsApplied || fate.Reason is not null ? [] : [.. fate.Mapped!.Notes.Where(note => note.Severity >= NoteSeverity.Hold).DistinctBy(Key).OrderBy(Key)];

    private static (string, string?) Key(MappingNote note) => (note.Code, note.Field);
}
