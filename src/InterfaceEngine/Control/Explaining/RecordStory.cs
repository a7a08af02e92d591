using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Explaining;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Control.Explaining;

/// <summary>Tells of each field of one record where its value came from. For one question.</summary>
/// <param name="reader">The store.</param>
/// <param name="record">The record.</param>
/// <param name="changes">Its changes that are kept, newest first.</param>
/// <param name="sets">The mapping sets.</param>
/// <param name="messages">The messages.</param>
/// <param name="practice">Whose it is.</param>
/// <param name="live">The set in force; null when there is none.</param>
internal sealed class RecordStory(
    IStoreReader reader, StoredRecord record, IReadOnlyList<StoredChange> changes, KeptSets sets, MessageShelf messages, Practice practice, string? live)
{
    public const string NeverSaid = "never said";

    private readonly Origins _origins = new(reader, record, messages, practice);

    public FieldStory Tell(string name)
    {
        if (record.Find(name) is not { } stored)
        {
            return TellOfNothing(name);
        }

        var steps = changes.SelectMany((change, index) => change.Fields.Where(field => field.Name == name).Select(field => (Change: change, Field: field, Index: index))).ToList();
        var last = steps.Count > 0 && steps[0].Field.After == stored.Value ? steps[0] : default;
        var story = new FieldStory
        {
            Name = name,
            State = stored.Value is null ? "cleared" : "valued",
            Value = Views.ReadableList(stored.Value),
            Before = Former(stored, last.Change, last.Field, steps.Skip(1).Select(step => (step.Change, step.Field)).FirstOrDefault(step => step.Field.After == last.Field?.Before)),
        };
        return stored.Cause is null ? OfDefault(story, stored, last.Change)
            : IsByCommand(stored, last.Change) ? OfCommand(story, stored, last.Change)
            : OfMessage(story, stored, last.Change, last.Field);
    }

    private static bool IsByCommand(StoredField stored, StoredChange? change) =>
        stored.Cause!.IsOfCommand && (change is null || change.Message == EngineId.None);

    /// <summary>What no event brought: it stands in for what was not said, or could not be read.</summary>
    private FieldStory OfDefault(FieldStory story, StoredField stored, StoredChange? change)
    {
        var made = change is null || change.Message == EngineId.None ? null : messages.Tell(change.Message, null, out _);
        var map = MapOf(made?.Stored.MappingSet ?? live);
        var cell = stored.Cell is { } said ? map is null ? null : DecidingCell.Find(map, story.Name, said) : map is null ? null : DecidingCell.RuleOf(map, story.Name);
        var why = stored.Cell is null ? "the row's default, taken when the record was made" : "what the code table says for a code that it does not know";
        return story with
        {
            Since = change is null ? null : Local(change.CommittedAt),
            CameFrom = new OriginView("default", made is null ? why : $"{why} by {made.Stored.Event} {made.Stored.ControlId}") { Message = made?.Stored.Id.ToString() },
            Cell = CellOf(cell, stored.Cell),
            Steps = made is not null && made.Find(record, story.Name, ByteRange.None) is { } told ? [.. StepsOf(told.StepsOf(story.Name))] : [],
            Remarks = ["It ranks below any event: the first that says something replaces it."],
            MapSet = SetOf(made?.Stored.MappingSet ?? (made is null ? null : live), made?.Stored.ReceivedAt ?? change?.CommittedAt ?? 0, map),
        };
    }

    private FieldStory OfCommand(FieldStory story, StoredField stored, StoredChange? change)
    {
        var map = MapOf(stored.Cause!.MappingSet);
        var cell = stored.Cell is { } said && map is not null ? DecidingCell.Find(map, story.Name, said) : null;
        return story with
        {
            Since = Local(stored.Cause.EventTime),
            CameFrom = _origins.OfCommand(stored.Cause, change?.CommittedAt ?? stored.Cause.EventTime),
            Cell = CellOf(cell, stored.Cell),
            MapSet = SetOf(stored.Cause.MappingSet, stored.Cause.EventTime, map),
        };
    }

    /// <summary>By the message that made the value what it is; where that is not to be had, how the latest that said it again was read.</summary>
    private FieldStory OfMessage(FieldStory story, StoredField stored, StoredChange? change, FieldChange? changed)
    {
        var cause = stored.Cause!;
        var latest = new Telling(cause.Message, cause.MappingSet, stored.Cell, stored.Place);
        var first = changed is null || change!.Message == EngineId.None || change.Message == cause.Message ? latest : new Telling(change.Message, null, changed.Cell, changed.Place);
        var made = messages.Tell(first.Message, first.Set, out var why);
        var again = first == latest ? null : messages.Tell(latest.Message, latest.Set, out _);
        var (told, shown) = made is null && again is not null ? (again, latest) : (made, first);
        var said = told?.Find(record, story.Name, shown.Place);
        var read = said is null ? null : told!.Content.Explain(said, story.Name);
        var isTold = read is not null && shown.Cell is not null && read.Cell?.Reference == shown.Cell;
        var set = shown.Set ?? told?.Stored.MappingSet;
        var map = MapOf(set);
        var at = first == latest ? cause.EventTime : made?.Content.Mapped.EventTime;
        return story with
        {
            Since = at is { } time ? Local(time) : change is null ? null : Local(change.CommittedAt),
            CameFrom = _origins.OfMessage(
                first.Message,
                at,
                made is null ? null : isTold ? read!.Place : made.Content.PlaceOf(first.Place),
                why,
                first.Cell is null ? EngineFields.Why(story.Name) : null),
            SaidAgain = first == latest ? null : _origins.Again(cause, again?.Content.PlaceOf(latest.Place)),
            Cell = CellOf(isTold ? read!.Cell : map is not null && shown.Cell is not null ? DecidingCell.Find(map, story.Name, shown.Cell) : null, shown.Cell),
            Steps = isTold ? [.. StepsOf(read!.Steps), .. Resolved(read, stored)] : [],
            NotUsed = isTold ? [.. read!.NotUsed.Select(other => new OtherPlaceView(other.Place.Text, other.Place.Raw, other.Field, other.Cell?.ToString(), other.Why))] : [],
            Remarks = [.. told != made ? [$"How it was read is told of the message that said it again: {why}."] : Array.Empty<string>(), .. isTold ? Remarks(read!, stored) : []],
            MapSet = SetOf(set, told?.Stored.ReceivedAt ?? cause.EventTime, map),
        };
    }

    /// <summary>What came after the reading: a patient's external id became our own.</summary>
    private IEnumerable<StepView> Resolved(FieldExplanation read, StoredField stored)
    {
        if (read.Value.Text != stored.Value && EngineId.TryParse(stored.Value, out var id) && reader.Record(record.Practice, id) is { } other)
        {
            yield return new StepView($"our {other.Type} of that id", stored.Value, false, null);
        }
    }

    private static IEnumerable<string> Remarks(FieldExplanation read, StoredField stored)
    {
        foreach (var note in read.Notes)
        {
            yield return $"{note.Code} {note.Reason}{(note.Consequence.Length > 0 ? $" {note.Consequence}" : "")}";
        }

        if (read.Value.Text is { } text && stored.Value is { } value && text != value && text.Equals(value, StringComparison.OrdinalIgnoreCase))
        {
            yield return "It was kept as it was spelled before: letter case alone is no change.";
        }
    }

    private FieldStory TellOfNothing(string name)
    {
        var map = MapOf(live);
        return new FieldStory
        {
            Name = name,
            State = NeverSaid,
            Before = null,
            Remarks = [.. LookedFor(name)],
            MapSet = SetOf(live, long.MaxValue, map),
            WouldCome = map is null ? [] : [.. DecidingCell.Of(map, name).Select(cell => CellOf(cell, cell.Reference)!)],
        };
    }

    /// <summary>What the latest message that spoke of the record has where the field would stand.</summary>
    private IEnumerable<string> LookedFor(string name)
    {
        var last = record.Fields.Where(field => field.Cause is not null).MaxBy(field => field.Cause!.Message.Value)?.Cause;
        if (last is not null && messages.Tell(last.Message, last.MappingSet, out _) is { } told && told.Find(record, name, ByteRange.None) is { } said && said.StepsOf(name) is { Count: > 0 } steps)
        {
            yield return $"The latest message, {told.Stored.Event} {told.Stored.ControlId}, has {string.Join(" and ", steps.Select(step => step.Words))}.";
        }
    }

    /// <summary>What the value took the place of.</summary>
    private FormerView? Former(StoredField stored, StoredChange? change, FieldChange? changed, (StoredChange Change, FieldChange Field) before)
    {
        if (changed is not null)
        {
            if (before.Change is not { } made)
            {
                return new FormerView(Views.ReadableList(changed.Before), null, Local(change!.CommittedAt), null);
            }

            var isByMessage = made.Message != EngineId.None;
            var since = isByMessage ? messages.Tell(made.Message, null, out _)?.Content.Mapped.EventTime : null;
            return new FormerView(Views.ReadableList(changed.Before), Local(since ?? made.CommittedAt), Local(change!.CommittedAt), isByMessage ? _origins.Text(made.Message) : null);
        }

        if (DroppedWords.Earlier(reader, record, changes, int.MaxValue) is not { } dropped || stored.Cause is not { } cause)
        {
            return null;
        }

        foreach (var id in messages.Before(cause.Message, record))
        {
            if (messages.Tell(id, null, out _) is { } told && told.Find(record, stored.Name, ByteRange.None) is { } said
                && said.Record[stored.Name] is { IsAbsent: false } value && value.Text != stored.Value)
            {
                return new FormerView(Views.ReadableList(value.Text), Local(told.Content.Mapped.EventTime), null, $"{_origins.Text(id)}, found by reading earlier messages: {dropped}");
            }
        }

        return new FormerView(null, null, null, $"not known: {dropped}");
    }

    private RecordMap? MapOf(string? set) => sets.Find(set)?.Maps.Find(record.Type);

    private MapSetView? SetOf(string? hash, long at, RecordMap? map)
    {
        if (hash is null)
        {
            return null;
        }

        var deployed = sets.Deployed(hash, at);
        return new MapSetView(hash, map?.Versions ?? [], deployed is null ? null : Local(deployed.DeployedAt), deployed?.Actor);
    }

    private static IEnumerable<StepView> StepsOf(IReadOnlyList<Core.Mapping.Reading.TraceStep> steps) =>
        steps.Select(step => new StepView(step.Words, Views.ReadableList(step.Value), step.IsSource, step.Cell?.ToString()));

    private static CellStory? CellOf(DecidingCell? cell, CellReference? reference) =>
        cell is not null ? new CellStory(
            cell.Reference.ToString(), cell.Title, cell.Text, cell.Layer, cell.Notes, cell.OtherField,
            [.. cell.Overridden.Select(other => new OverriddenView(other.Reference.ToString(), other.Text, other.Layer))])
        : reference is not null ? new CellStory(reference.ToString(), "", "", "", "", null, [])
        : null;

    private DateTimeOffset Local(long milliseconds) => Instant.FromUnixTimeMilliseconds(milliseconds).InZone(practice.Zone).ToDateTimeOffset();

    /// <summary>One message that said a value, and what was noted of it then.</summary>
    /// <param name="Message">The message.</param>
    /// <param name="Set">The set that read it; null for the one that is noted with the message.</param>
    /// <param name="Cell">The cell that decided; null for what the engine itself wrote.</param>
    /// <param name="Place">Where the value stood.</param>
    private sealed record Telling(EngineId Message, string? Set, CellReference? Cell, ByteRange Place);
}
