using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using NodaTime;

namespace InterfaceEngine.Cli.Maps;

/// <summary>Reads files through the tables of their practice, as the engine would, and stores nothing.</summary>
internal sealed class MapTrial
{
    private readonly EngineSettings _settings;
    private readonly MappingSet _set;
    private readonly PracticeDirectory _practices;
    private readonly Dictionary<string, PracticeReader> _readers = new(StringComparer.Ordinal);
    private readonly string? _practice;
    private readonly string? _otherwise;
    private readonly ReadContext _received;

    /// <param name="practice">Whose every message is; null lets each message say it.</param>
    /// <param name="otherwise">Whose a message is that does not say it; null refuses such.</param>
    /// <param name="received">When everything counts as received.</param>
    public MapTrial(EngineSettings settings, MappingSet set, string? practice, string? otherwise, DateTimeOffset received)
    {
        _settings = settings;
        _set = set;
        _practices = new PracticeDirectory(settings.Practices);
        _practice = practice;
        _otherwise = otherwise;
        _received = new ReadContext(Instant.FromDateTimeOffset(received));
    }

    public Trial Read(FileMessage source)
    {
        var trial = new Trial { File = source.File, Number = source.Number, Verdict = "unreadable" };
        if (!Hl7Message.TryParse(source.Body, out var message, out var unreadable))
        {
            return trial with { Reason = unreadable.Message };
        }

        trial = trial with { Event = message.EventType, ControlId = message.ControlId, WritesBack = MessageText.WritesBack(message) };
        if (MessageRules.IsAcknowledgement(message))
        {
            return trial with { Verdict = "acknowledgement" };
        }

        try
        {
            var practice = Identify(message);
            MessageRules.Check(message, Binding(practice));
            return Describe(trial with { Practice = practice }, Reader(practice).Read(message, _received), GrammarRules.Order(message), place => Hl7PlaceName.Of(message, place));
        }
        catch (RejectedException refused)
        {
            return trial with { Verdict = "refused", Reason = $"{refused.Place}: {refused.Message}" };
        }
    }

    /// <summary>Reads the rows of a CSV file.</summary>
    /// <param name="file">The file's full path.</param>
    /// <param name="name">Its name for people.</param>
    /// <param name="kind">The kind of file as the tables call it; null takes the first they know.</param>
    public IEnumerable<Trial> ReadRows(string file, string name, string? kind)
    {
        var practice = _practice ?? _otherwise ?? throw new UsageException("Rows don't say whose they are: say it with --practice.");
        var reader = Reader(practice);
        kind = CsvFile.KindOf([reader.Maps], kind);
        foreach (var (number, row, unreadable) in CsvFile.Rows(file))
        {
            var trial = new Trial { File = name, Number = number, Event = kind, Practice = practice, Verdict = "unreadable", Reason = unreadable };
            yield return row is null ? trial : Describe(trial, reader.Read(row, kind, _received), [], _ => row.Part);
        }
    }

    /// <summary>Reads a JSON document: FHIR resources, or an answer of athenaNet.</summary>
    /// <param name="file">The file's full path.</param>
    /// <param name="name">Its name for people.</param>
    /// <param name="call">The call it answers, as the tables name it; null takes the one whose table reads most of it.</param>
    public Trial ReadDocument(string file, string name, string? call)
    {
        var practice = _practice ?? _otherwise ?? throw new UsageException("A JSON document doesn't say whose it is: say it with --practice.");
        var reader = Reader(practice);
        var trial = new Trial { File = name, Number = 1, Practice = practice, Verdict = "unreadable" };
        if (new FileInfo(file).Length is var length && length > JsonLimits.Default.BytesMax)
        {
            return trial with { Reason = $"{length} bytes; at most {JsonLimits.Default.BytesMax} are taken." };
        }

        if (!JsonBody.TryParse(File.ReadAllBytes(file), out var body, out var unreadable))
        {
            return trial with { Reason = unreadable.Message };
        }

        call = JsonMessage.IsFhir(body) ? JsonMessage.FhirMessageOf(body.Root) : call ?? reader.CallOf(body) ?? "";
        return Describe(trial with { Event = call }, reader.Read(body, call, _received), [], place => place.IsNone ? "" : body.PathOf(place.Offset));
    }

    private string Identify(Hl7Message message)
    {
        if (_practice is not null)
        {
            return _practice;
        }

        try
        {
            return _practices.Identify(message.SendingFacility, [.. _settings.Practices.Select(practice => practice.Id)]).Id;
        }
        catch (RejectedException) when (_otherwise is not null)
        {
            return _otherwise;
        }
    }

    /// <summary>The rules of the source that takes this practice's messages; without one, the usual.</summary>
    private SourceBinding Binding(string practice) =>
        _settings.Sources.Select(source => source.Binding).FirstOrDefault(binding => binding.Practices.Contains(practice)) ?? new SourceBinding { Name = "", Practices = [practice] };

    private PracticeReader Reader(string practice)
    {
        if (!_readers.TryGetValue(practice, out var reader))
        {
            _readers[practice] = reader = new PracticeReader(_set.For(practice) ?? throw new CommandFailedException($"Practice {practice} has no tables: map check says why."));
        }

        return reader;
    }

    /// <param name="order">Segments that are not where the standard has them.</param>
    private static Trial Describe(Trial trial, MappedMessage mapped, IReadOnlyList<MappingNote> order, Func<ByteRange, string> place) => trial with
    {
        Verdict = mapped.IsRejected ? "refused" : mapped.IsHeld ? "held" : mapped.IsMapped ? "mapped" : "ignored",
        Reason = mapped.IsMapped ? null : "no table reads this event",
        Records = [.. mapped.Records.Select(record => Describe(record, place))],
        Notes =
        [
            .. mapped.Notes.Concat(mapped.IsMapped ? order : []).Select(note => new TrialNote(
                note.Severity.ToString().ToLowerInvariant(), note.Code, note.Field, note.Path,
                $"{note.Sentence ?? note.Reason}{(note.Consequence.Length > 0 ? $" {note.Consequence}" : "")}", note.Cell?.ToString())),
        ],
    };

    private static TrialRecord Describe(IncomingRecord record, Func<ByteRange, string> place) => new(
        record.Type,
        record.Aliases.Count > 0 ? record.Aliases[0].Value.Replace(FieldValue.ListSeparator, '/') : "",
        record.IsDeletion ? "withdraw" : record.Verb == Verb.CreateOrUpdate ? "create or update" : record.Verb.ToString().ToLowerInvariant(),
        record.Part,
        [.. record.Fields.Select(field => new TrialField(
            field.Definition.Name,
            field.Value.IsCleared ? null : field.Value.ToString(),
            field.Place.IsNone && record.Format != "CSV" ? "" : place(field.Place),
            field.Place.Offset,
            field.Place.Length,
            field.Cell.ToString()))],
        record.IsDeletion || record.Verb is Verb.Cancel or Verb.Merge ? [] : [.. record.Definition.Fields.Where(field => field.IsRequired && field.Default is null && !record[field.Name].HasValue).Select(field => field.Name)]);
}
