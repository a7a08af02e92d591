using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Coverage;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Cli.Maps;

/// <summary>Looks at files for what the tables leave.</summary>
internal sealed class FileCoverage(PracticeCoverages practices) : ICorpusTaker
{
    public IReadOnlyList<PracticeReader> ReadersOf(string practice)
    {
        var tally = practices.For(practice);
        if (tally is null)
        {
            practices.AddNotRead($"of practice {practice}, which has no tables");
        }

        return tally is null ? [] : [tally.Reader];
    }

    public void Take(string practice, Hl7Message message, string name, ReadContext context) => practices.For(practice)!.Add(message, context);

    public void Take(string practice, CsvRow row, string kind, string name, ReadContext context) => practices.For(practice)!.Add(row, kind, context);

    public void Take(string practice, JsonBody body, string call, string name, ReadContext context) => practices.For(practice)!.Add(body, call, context);

    public void NotTaken(string reason) => practices.AddNotRead(reason);
}
