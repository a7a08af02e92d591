using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>
/// Runs the laws of writing over a mapping set (<c>map check --laws</c>): L1 and L3 on generated records, L2 on the messages of
/// the tests and whatever samples are given. The same seed gives the same records.
/// </summary>
public sealed class MappingLaws
{
    /// <summary>Generated records for each type of a practice.</summary>
    public const int RecordsDefault = 200;

    private const int FailuresMax = 20;

    /// <summary>L3 follows from L1 where that holds, so one of as many records is enough for each event.</summary>
    private const int AgreementShare = 40;

    private readonly MappingSet _set;
    private readonly LawOptions _options;
    private readonly List<LawFailure> _failures = [];
    private readonly SortedDictionary<string, int> _normalisations = new(StringComparer.Ordinal);
    private int _records;
    private int _messages;

    private MappingLaws(MappingSet set, LawOptions options)
    {
        _set = set;
        _options = options;
    }

    public static LawReport Run(MappingSet set, LawOptions? options = null)
    {
        var run = new MappingLaws(set, options ?? new LawOptions());
        var practices = set.Practices.Where(maps => run._options.Practice is null || maps.Practice.Id == run._options.Practice).ToList();
        foreach (var maps in practices)
        {
            run.WriteRead(maps);
            run.ReadWrite(maps);
            run.ReadWriteDocuments(maps);
        }

        foreach (var maps in practices.Skip(1))
        {
            run.Agree(practices[0], maps);
        }

        return new LawReport(run._records, run._messages, run._normalisations, run._failures);
    }

    private void WriteRead(PracticeMaps maps)
    {
        var law = new WriteReadLaw(maps);
        foreach (var (map, format) in maps.Maps.SelectMany(map => MapFormats.All.Select(format => (map, format))))
        {
            var events = WriteReadLaw.Events(map, format).ToList();
            var generator = Generator(maps, map, format);
            for (var number = 0; events.Count > 0 && number < _options.Records && _failures.Count < FailuresMax; number++)
            {
                var rule = events[number % events.Count];
                if (generator.Make(new EngineId(number + 1)) is not { } record)
                {
                    break;
                }

                _records++;
                if (law.FaultOf(map, rule, record) is not null)
                {
                    var small = law.Shrink(map, rule, record);
                    _failures.Add(new LawFailure(Law.WriteRead, maps.Practice.Id, map.Type, rule.Message, law.FaultOf(map, rule, small)!, Text(small)));
                    break;
                }
            }
        }
    }

    private void ReadWrite(PracticeMaps maps)
    {
        var law = new ReadWriteLaw(maps);
        foreach (var (name, message) in Messages(maps.Practice.Id))
        {
            var normalised = new List<string>();
            if (law.FaultOf(message, normalised) is not { } fault)
            {
                continue;
            }

            _messages++;
            foreach (var place in normalised)
            {
                _normalisations[place] = _normalisations.GetValueOrDefault(place) + 1;
            }

            if (fault.Length > 0)
            {
                _failures.Add(new LawFailure(Law.ReadWrite, maps.Practice.Id, "", message.EventType, fault, name));
            }
        }
    }

    private void ReadWriteDocuments(PracticeMaps maps)
    {
        var law = new DocumentLaw(maps);
        foreach (var test in _set.Tests.Where(test => !test.IsOfUnknownPractice && (test.Practice ?? maps.Practice.Id) == maps.Practice.Id))
        {
            foreach (var one in test.Cases.Where(one => one.Format is MapFormat.AthenaNet or MapFormat.Fhir))
            {
                if (!JsonBody.TryParse(Encoding.UTF8.GetBytes(one.Input), out var body, out _) || law.FaultOf(body, test.Type, _normalisations) is not { } fault)
                {
                    continue;
                }

                _messages++;
                if (fault.Length > 0)
                {
                    _failures.Add(new LawFailure(Law.ReadWrite, maps.Practice.Id, test.Type, one.Format.Title(), fault, $"{test.File}:{one.Line}"));
                }
            }
        }
    }

    /// <summary>Two practices' tables, which are of two profiles as a rule, tell the same record in their own forms.</summary>
    private void Agree(PracticeMaps first, PracticeMaps second)
    {
        var (one, other) = (new WriteReadLaw(first), new WriteReadLaw(second));
        foreach (var map in first.Maps)
        {
            if (second.Find(map.Type) is not { } same)
            {
                continue;
            }

            var generator = Generator(first, map, MapFormat.Hl7);
            foreach (var rule in WriteReadLaw.Events(map, MapFormat.Hl7).SelectMany(rule => Enumerable.Repeat(rule, Math.Max(1, _options.Records / AgreementShare))))
            {
                if (same.Messages.FirstOrDefault(known => known.Message == rule.Message && known.Format == MapFormat.Hl7) is not { } theirs
                    || generator.Make(new EngineId(1)) is not { } made || Common(made, same) is not { } record)
                {
                    continue;
                }

                _records++;
                var (here, there) = (one.Try(map, rule, record), other.Try(same, theirs, record));
                var differs = here.Carried.FirstOrDefault(pair => there.Carried.TryGetValue(pair.Key, out var value) && value != pair.Value).Key;
                if (here.Fault is null && there.Fault is null && differs is not null)
                {
                    _failures.Add(new LawFailure(Law.Agreement, $"{first.Practice.Id} and {second.Practice.Id}", map.Type, rule.Message, $"{differs} is read back as two values.", Text(record)));
                    break;
                }
            }
        }
    }

    /// <summary>The record without what the other tables have no word for.</summary>
    private static StoredRecord? Common(StoredRecord record, RecordMap map)
    {
        var values = record.Fields
            .Where(field => map.Rows.FirstOrDefault(row => row.Name == field.Name) is { } row
                && (row.As.Codes is not { } codes || field.Value!.Split(FieldValue.ListSeparator).All(code => codes.Write(MapFormat.Hl7, code) is not null))
                && (row.As is not { Type: "ref", Kind: not RecordDefinition.Patient } || row.As.References?.Rows.Any(known => known.Id == field.Value && known.VendorId is not null) == true))
            .ToDictionary(field => field.Name, field => field.Value!, StringComparer.Ordinal);
        return map.Rows.Any(row => row.Definition.IsRequired && !values.ContainsKey(row.Name)) ? null : RecordGenerator.Record(map, record.Id, values);
    }

    private RecordGenerator Generator(PracticeMaps maps, RecordMap map, MapFormat format)
    {
        var zones = (maps.References.GetValueOrDefault("location")?.Rows ?? []).Select(row => row.Zone).OfType<DateTimeZone>().Append(maps.Practice.Zone).Distinct();
        return new RecordGenerator(map, format, [.. zones], new Random(_options.Seed));
    }

    /// <summary>The messages of the tests that run for a practice, and the samples.</summary>
    private IEnumerable<(string Name, Hl7Message Message)> Messages(string practice)
    {
        foreach (var test in _set.Tests.Where(test => !test.IsOfUnknownPractice && (test.Practice ?? practice) == practice))
        {
            foreach (var one in test.Cases.Where(one => one.Format == MapFormat.Hl7))
            {
                if (Hl7Message.TryParse(Encoding.UTF8.GetBytes(one.Input), out var message, out _))
                {
                    yield return ($"{test.File}:{one.Line}", message);
                }
            }
        }

        foreach (var (name, message) in _options.Samples)
        {
            yield return (name, message);
        }
    }

    private static string Text(StoredRecord record) => string.Join("; ", record.Fields.Select(field => $"{field.Name} = {field.Value!.Replace(FieldValue.ListSeparator, ',').ReplaceLineEndings("\\n")}"));
}

/// <summary>What the laws are run on.</summary>
public sealed record LawOptions
{
    /// <summary>Only this practice; null runs all.</summary>
    public string? Practice { get; init; }

    /// <summary>Generated records for each type of a practice. Default 200.</summary>
    public int Records { get; init; } = MappingLaws.RecordsDefault;

    /// <summary>What the generated records follow from. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Messages for L2 beside those of the tests, with their names.</summary>
    public IReadOnlyList<(string Name, Hl7Message Message)> Samples { get; init; } = [];
}
