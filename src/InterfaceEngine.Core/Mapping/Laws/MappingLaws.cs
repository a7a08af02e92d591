using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Testing;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>
/// Runs the laws of reading and writing over a mapping set (<c>map check</c>): L1 and L3 on generated records, L2 and L8 on the messages
/// of the tests and whatever samples are given, L4 on the code tables. The same seed gives the same records and the same report.
/// What messages do to records (L5 to L7) is run where records are kept.
/// </summary>
public sealed class MappingLaws
{
    private readonly MappingSet _set;
    private readonly LawOptions _options;

    private MappingLaws(MappingSet set, LawOptions options)
    {
        _set = set;
        _options = options;
    }

    /// <summary>Runs them, on as many cores as there are.</summary>
    public static LawReport Run(MappingSet set, LawOptions? options = null) =>
        LawReport.Of(new MappingLaws(set, options ?? new LawOptions()).Jobs().AsParallel().AsOrdered().Select(job => job()).AsEnumerable());

    /// <summary>The messages of the tests that run for a practice, and the samples.</summary>
    public static IEnumerable<(string Name, Hl7Message Message)> Messages(MappingSet set, LawOptions options, string practice)
    {
        foreach (var test in Tests(set, practice))
        {
            foreach (var one in test.Cases.Where(one => one.Format == MapFormat.Hl7))
            {
                if (Hl7Message.TryParse(Encoding.UTF8.GetBytes(one.Input), out var message, out _))
                {
                    yield return ($"{test.File}:{one.Line}", message);
                }
            }
        }

        foreach (var sample in options.Samples.Where(sample => (sample.Practice ?? practice) == practice))
        {
            yield return (sample.Name, sample.Message);
        }
    }

    /// <summary>Everything there is to run, in the order in which it is reported; each by itself.</summary>
    private IEnumerable<Func<LawReport>> Jobs()
    {
        var practices = _set.Practices.Where(maps => _options.Practice is null || maps.Practice.Id == _options.Practice).ToList();
        var laws = practices.Select(maps => new WriteReadLaw(maps)).ToList();
        for (var index = 0; index < practices.Count; index++)
        {
            var (maps, law) = (practices[index], laws[index]);
            foreach (var map in maps.Maps)
            {
                foreach (var format in MapFormats.All.Where(format => WriteReadLaw.Events(map, format).Any()))
                {
                    yield return () => WriteRead(maps, law, map, format);
                }

                var told = MapFormats.All.Reverse().FirstOrDefault(format => WriteReadLaw.Events(map, format).Any());
                yield return () => AgreementLaw.Formats(law, map, LawMessages.Records(maps, map, told, AgreementLaw.RecordsOf(_options), _options.Seed));
            }

            yield return () => ReadMessages(maps);
            yield return () => ReadWriteDocuments(maps);
            yield return () => Codes(maps);
            yield return () => Coverage(maps);
        }

        for (var other = 1; other < practices.Count; other++)
        {
            var (maps, first, second) = (practices[other], laws[0], laws[other]);
            foreach (var map in practices[0].Maps)
            {
                if (maps.Find(map.Type) is { } same)
                {
                    yield return () => AgreementLaw.Profiles(first, second, map, same, LawMessages.Records(practices[0], map, MapFormat.Hl7, AgreementLaw.RecordsOf(_options), _options.Seed));
                }
            }
        }
    }

    private LawReport WriteRead(PracticeMaps maps, WriteReadLaw law, RecordMap map, MapFormat format)
    {
        var events = WriteReadLaw.Events(map, format).ToList();
        var cases = 0;
        foreach (var record in LawMessages.Records(maps, map, format, _options.Records, _options.Seed))
        {
            var rule = events[cases++ % events.Count];
            if (law.FaultOf(map, rule, record) is { } fault)
            {
                var small = Shrinker.Shrink(map, record, candidate => fault.IsLike(law.FaultOf(map, rule, candidate)));
                var what = law.FaultOf(map, rule, small)!.What;
                return LawReport.Of(Law.WriteRead, cases, [new LawFailure(Law.WriteRead, maps.Practice.Id, map.Type, rule.Message, what, LawText.Of(small)) { Cell = LawText.Cell(map, fault.Field, format) }]);
            }
        }

        return LawReport.Of(Law.WriteRead, cases);
    }

    private LawReport ReadMessages(PracticeMaps maps)
    {
        var laws = new MessageLaws(maps);
        foreach (var (name, message) in Messages(_set, _options, maps.Practice.Id))
        {
            laws.Add(name, message, isInvented: true);
        }

        return laws.Report;
    }

    private LawReport ReadWriteDocuments(PracticeMaps maps)
    {
        var law = new DocumentLaw(maps);
        var (cases, failures, normalisations) = (0, new List<LawFailure>(), new Dictionary<string, int>());
        foreach (var (test, one, body) in Documents(maps))
        {
            if (law.FaultOf(body, test.Type, normalisations) is not { } fault)
            {
                continue;
            }

            cases++;
            if (fault.Length > 0)
            {
                failures.Add(new LawFailure(Law.ReadWrite, maps.Practice.Id, test.Type, one.Format.Title(), fault, $"{test.File}:{one.Line}"));
            }
        }

        return LawReport.Of(Law.ReadWrite, cases, failures) with { Normalisations = normalisations };
    }

    private static LawReport Codes(PracticeMaps maps)
    {
        var (cases, failures) = (0, new List<LawFailure>());
        foreach (var table in maps.Codes.Values.OrderBy(table => table.Name, StringComparer.Ordinal))
        {
            failures.AddRange(CodeLaw.Run(table, out var count).Select(fault => new LawFailure(Law.Codes, maps.Practice.Id, table.Name, "", fault.What, "") { Cell = fault.Code.Reference }));
            cases += count;
        }

        return LawReport.Of(Law.Codes, cases, failures);
    }

    private LawReport Coverage(PracticeMaps maps)
    {
        var law = new CoverageLaw(maps);
        foreach (var (test, one, body) in Documents(maps))
        {
            law.Add(body, maps.Find(test.Type)?.Messages.FirstOrDefault(rule => rule.Format == MapFormat.AthenaNet)?.Message ?? "");
        }

        foreach (var (test, one) in Cases(maps, format => format == MapFormat.Csv))
        {
            AddRows(law, one.Input, (maps.Find(test.Type)?.Messages ?? []).Concat(maps.Maps.SelectMany(map => map.Messages)).FirstOrDefault(rule => rule.Format == MapFormat.Csv)?.Message ?? "");
        }

        return LawReport.Of(Law.Coverage, law.Count) with { Unmapped = law.Unmapped };
    }

    private static void AddRows(CoverageLaw law, string file, string kind)
    {
        try
        {
            using var table = new CsvTable(new StringReader(file));
            foreach (var row in table.Rows())
            {
                law.Add(row, table.Header, kind);
            }
        }
        catch (CsvFormatException)
        {
            // A test may be of a file that can't be read.
        }
    }

    private IEnumerable<(MappingTest Test, MappingTestCase Case, JsonBody Body)> Documents(PracticeMaps maps)
    {
        foreach (var (test, one) in Cases(maps, format => format is MapFormat.AthenaNet or MapFormat.Fhir))
        {
            if (JsonBody.TryParse(Encoding.UTF8.GetBytes(one.Input), out var body, out _))
            {
                yield return (test, one, body);
            }
        }
    }

    private IEnumerable<(MappingTest Test, MappingTestCase Case)> Cases(PracticeMaps maps, Func<MapFormat, bool> isWanted) =>
        Tests(_set, maps.Practice.Id).SelectMany(test => test.Cases.Where(one => isWanted(one.Format)).Select(one => (test, one)));

    private static IEnumerable<MappingTest> Tests(MappingSet set, string practice) =>
        set.Tests.Where(test => !test.IsOfUnknownPractice && (test.Practice ?? practice) == practice);
}
