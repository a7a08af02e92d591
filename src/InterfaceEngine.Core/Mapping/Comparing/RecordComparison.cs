using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>The records that one message makes by two sets, beside one another, and what could not be taken of it.</summary>
internal sealed class RecordComparison(MappedMessage before, MappedMessage after, MapFormat format, CauseFinder causes, SentRows sentRows, RequiredFields required)
{
    /// <summary>Codes of notes that name no field and say that something of the message was left out.</summary>
    private static readonly string[] _losing =
        [MappingCodes.Undecodable, MappingCodes.ItemKeyMissing, MappingCodes.SegmentSkipped, MappingCodes.Content, MappingCodes.JsonShape, MappingCodes.NoObject, MappingCodes.NothingTold];

    private const string Names = "(names)";

    private readonly List<MappingNote> _notedBefore = Noted(before);
    private readonly List<MappingNote> _notedAfter = Noted(after);

    public void AddTo(List<Difference> differences, List<SentDifference> sent)
    {
        if (AreSame())
        {
            AddSentOfSame(sent);
            return;
        }

        foreach (var (old, young) in Pairs())
        {
            if (old is null || young is null)
            {
                AddRecord(old, young, differences);
            }
            else
            {
                AddFields(old, young, differences, sent);
            }
        }

        AddNotes(differences);
        if (!before.IncompleteLists.SequenceEqual(after.IncompleteLists))
        {
            differences.Add(new Difference("message", "(lists that are not whole)", Words(before.IncompleteLists), Words(after.IncompleteLists)));
        }

        if (before.EventTime != after.EventTime)
        {
            differences.Add(new Difference("message", "(event time)", "value", "value") { ValueBefore = $"{before.EventTime}", ValueAfter = $"{after.EventTime}" });
        }
    }

    /// <summary>The usual case, decided without making anything.</summary>
    private bool AreSame()
    {
        if (before.Records.Count != after.Records.Count || before.EventTime != after.EventTime || !before.IncompleteLists.SequenceEqual(after.IncompleteLists) || !_notedBefore.Select(Same).SequenceEqual(_notedAfter.Select(Same)))
        {
            return false;
        }

        for (var index = 0; index < before.Records.Count; index++)
        {
            var (old, young) = (before.Records[index], after.Records[index]);
            if (old.Type != young.Type || old.Part != young.Part || old.Fields.Count != young.Fields.Count || RecordWords(old, young).Any()
                || (required.AreStricter(young.Type) && RequiredFields.NewlyMissing(old, young).Any()))
            {
                return false;
            }

            for (var field = 0; field < old.Fields.Count; field++)
            {
                if (old.Fields[field].Definition.Name != young.Fields[field].Definition.Name || !AreSame(old.Fields[field], young.Fields[field]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool AreSame(in IncomingField old, in IncomingField young) => old.Value == young.Value && old.IsDefault == young.IsDefault && old.IsOfEvent == young.IsOfEvent;

    /// <summary>Records of one type and part belong together; where there are several, in their order.</summary>
    private IEnumerable<(IncomingRecord? Old, IncomingRecord? Young)> Pairs()
    {
        var (old, young) = (before.Records.ToLookup(record => (record.Type, record.Part)), after.Records.ToLookup(record => (record.Type, record.Part)));
        foreach (var key in old.Select(group => group.Key).Union(young.Select(group => group.Key)))
        {
            var (said, says) = (old[key].ToList(), young[key].ToList());
            for (var index = 0; index < Math.Max(said.Count, says.Count); index++)
            {
                yield return (said.ElementAtOrDefault(index), says.ElementAtOrDefault(index));
            }
        }
    }

    private void AddRecord(IncomingRecord? old, IncomingRecord? young, List<Difference> differences)
    {
        var record = (young ?? old)!;
        differences.Add(new Difference(record.Type, "(record)", old is null ? "(none)" : "made", young is null ? "(none)" : "made")
        {
            Place = record.Part ?? "",
            FailsBy = young is null ? FailureReason.NoRecord : old is null && RequiredFields.NewlyMissing(null, young).Any() ? FailureReason.Required : null,
            Causes = causes.OfTable(record.Type, format),
        });
    }

    private void AddFields(IncomingRecord old, IncomingRecord young, List<Difference> differences, List<SentDifference> sent)
    {
        foreach (var (word, said, says) in RecordWords(old, young))
        {
            differences.Add(word == Names
                ? new Difference(young.Type, word, "value", "value") { ValueBefore = said, ValueAfter = says, Causes = causes.OfTable(young.Type, format) }
                : new Difference(young.Type, word, said, says) { Causes = causes.OfTable(young.Type, format) });
        }

        var missing = RequiredFields.NewlyMissing(old, young).ToHashSet();
        var names = young.Fields.Select(field => field.Definition.Name).Union(old.Fields.Select(field => field.Definition.Name)).Union(missing);
        foreach (var name in names)
        {
            var (said, says) = (Find(old, name), Find(young, name));
            var isSame = said is { } one && says is { } other ? AreSame(one, other) : said is null && says is null;
            if (isSame && !missing.Contains(name))
            {
                continue;
            }

            var (lostBefore, lostAfter) = (Take(_notedBefore, old, name, said), Take(_notedAfter, young, name, says));
            differences.Add(new Difference(young.Type, name, Word(said, lostBefore), isSame ? $"{Word(says, lostAfter)}, required" : Word(says, lostAfter))
            {
                ValueBefore = said?.Value.Text ?? lostBefore?.Found,
                ValueAfter = says?.Value.Text ?? lostAfter?.Found,
                Place = (lostAfter ?? lostBefore)?.Path ?? "",
                FailsBy = lostAfter is not null && lostAfter.Code != lostBefore?.Code ? lostAfter.Code : missing.Contains(name) ? FailureReason.Required : null,
                Passes = lostBefore is not null && lostAfter is null && says is not null,
                Cell = (says ?? said)?.Cell,
                Causes = causes.Of(young.Type, name, format),
            });
            sentRows.AddTo(sent, young.Type, name, said?.Value.Text, says?.Value.Text);
        }

        AddSentOfSame(old, young, sent);
    }

    /// <summary>What was noticed by one set alone and concerns no field that differs.</summary>
    private void AddNotes(List<Difference> differences)
    {
        foreach (var group in _notedBefore.Concat(_notedAfter).Select(Key).Distinct().ToList())
        {
            var (said, says) = (_notedBefore.FindAll(note => Key(note) == group), _notedAfter.FindAll(note => Key(note) == group));
            if (said.Count == says.Count)
            {
                continue;
            }

            var isMore = says.Count > said.Count;
            var note = isMore ? says[^1] : said[^1];
            var type = group.Type ?? "message";
            var isLost = IsLost(note, isMore ? after : before);
            differences.Add(new Difference(type, note.Field ?? "(message)", isMore ? isLost ? "(empty)" : "(not noted)" : note.Code, isMore ? note.Code : isLost ? "(empty)" : "(not noted)")
            {
                ValueBefore = isMore ? null : note.Found,
                ValueAfter = isMore ? note.Found : null,
                Place = note.Path,
                FailsBy = isMore && isLost ? note.Code : null,
                Cell = note.Cell,
                Causes = note.Code == MappingCodes.Check ? causes.OfChecks() : note.Field is null ? causes.OfEvents(format) : causes.Of(type, note.Field, format),
            });
        }
    }

    /// <summary>The note by which a field of a record was not taken; it is spoken of with the field, and not again.</summary>
    private static MappingNote? Take(List<MappingNote> noted, IncomingRecord record, string field, IncomingField? value)
    {
        if (value is { Value.HasValue: true, IsDefault: false })
        {
            return null;
        }

        var index = noted.FindIndex(note => note.Field == field && Concerns(note, record));
        if (index < 0)
        {
            return null;
        }

        var note = noted[index];
        noted.RemoveAt(index);
        return note;
    }

    private static bool IsLost(MappingNote note, MappedMessage mapped) =>
        note.Field is null ? _losing.Contains(note.Code)
        : !mapped.Records.Any(record => Concerns(note, record) && Find(record, note.Field) is { Value.HasValue: true, IsDefault: false });

    /// <summary>A note of <c>IN1[2]-36</c> does not concern the record of <c>IN1[1]</c>.</summary>
    private static bool Concerns(MappingNote note, IncomingRecord record) =>
        record.Definition.Find(note.Field!) is not null
        && (record.Part is not { } part || note.Path.StartsWith(part, StringComparison.Ordinal) || !note.Path.StartsWith(part.Split('[')[0] + "[", StringComparison.Ordinal));

    private void AddSentOfSame(List<SentDifference> sent)
    {
        for (var index = 0; index < after.Records.Count; index++)
        {
            AddSentOfSame(before.Records[index], after.Records[index], sent);
        }
    }

    /// <summary>Fields that are stored as before and written otherwise.</summary>
    private void AddSentOfSame(IncomingRecord old, IncomingRecord young, List<SentDifference> sent)
    {
        if (!sentRows.WritesOtherwise(young.Type))
        {
            return;
        }

        foreach (var field in young.Fields)
        {
            if (Find(old, field.Definition.Name) is { } said && AreSame(said, field))
            {
                sentRows.AddTo(sent, young.Type, field.Definition.Name, said.Value.Text, field.Value.Text);
            }
        }
    }

    /// <summary>What a record is beside its fields, where that differs.</summary>
    private static IEnumerable<(string Word, string Said, string Says)> RecordWords(IncomingRecord old, IncomingRecord young)
    {
        if (old.Verb != young.Verb)
        {
            yield return ("(does)", Does(old), Does(young));
        }

        if (!old.Aliases.SequenceEqual(young.Aliases) || !old.Finders.SequenceEqual(young.Finders) || !old.Retires.SequenceEqual(young.Retires) || old.Owner != young.Owner)
        {
            yield return (Names, NamesOf(old), NamesOf(young));
        }

        if (old.List != young.List)
        {
            yield return ("(list)", $"{old.List}", $"{young.List}");
        }

        if (old.Repeats != young.Repeats)
        {
            yield return ("(repeats)", $"{old.Repeats}", $"{young.Repeats}");
        }

        if (old.HasUnreadStatus != young.HasUnreadStatus)
        {
            yield return ("(status that ranks)", old.HasUnreadStatus ? "not taken" : "taken", young.HasUnreadStatus ? "not taken" : "taken");
        }
    }

    private static string Words(IReadOnlyList<string> types) => types.Count == 0 ? "(none)" : string.Join(", ", types);

    private static string Does(IncomingRecord record) => record.Verb == Verb.CreateOrUpdate ? "create or update" : record.Verb.ToString().ToLowerInvariant();

    private static string NamesOf(IncomingRecord record) => string.Join(", ", record.Aliases.Concat(record.Finders).Select(alias => alias.Value).Concat(record.Retires));

    private static string Word(IncomingField? field, MappingNote? lost) => field switch
    {
        null => lost?.Code ?? "(empty)",
        { IsDefault: true } => lost is null ? "default" : $"{lost.Code}, default",
        { Value.IsCleared: true } => lost is null ? "(cleared)" : $"{lost.Code}, (cleared)",
        _ => "value",
    };

    private static IncomingField? Find(IncomingRecord record, string name)
    {
        foreach (var field in record.Fields)
        {
            if (field.Definition.Name == name)
            {
                return field;
            }
        }

        return null;
    }

    private static List<MappingNote> Noted(MappedMessage mapped) => mapped.Notes.Count == 0 ? [] : [.. mapped.Notes.Where(note => note.Severity >= NoteSeverity.Warning)];

    /// <summary>What makes two notes one at first sight: of one value, wherever its cell stands now.</summary>
    private static (string Code, string? Field, ByteRange Place) Same(MappingNote note) => (note.Code, note.Field, note.Place);

    /// <summary>What makes two notes one: of one field, wherever it is read now.</summary>
    private (string Code, string? Type, string? Field) Key(MappingNote note) => (note.Code, causes.TypeOf(note), note.Field);
}
