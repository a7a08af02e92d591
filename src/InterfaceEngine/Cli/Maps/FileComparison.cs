using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Cli.Maps;

/// <summary>Reads files by two mapping sets.</summary>
internal sealed class FileComparison(SetComparison sets, DifferenceTally tally) : ICorpusTaker
{
    /// <summary>The old set first: a source's settings name the kinds that it reads.</summary>
    public IReadOnlyList<PracticeReader> ReadersOf(string practice)
    {
        var comparer = sets.For(practice);
        if (comparer is null)
        {
            tally.AddNotCompared($"of practice {practice}, for which one of the sets has no tables");
        }

        return comparer is null ? [] : [comparer.Before, comparer.After];
    }

    public void Take(string practice, Hl7Message message, string name, ReadContext context) => tally.Add(name, sets.For(practice)!.Compare(message, context));

    public void Take(string practice, CsvRow row, string kind, string name, ReadContext context) => tally.Add(name, sets.For(practice)!.Compare(row, kind, context));

    public void Take(string practice, JsonBody body, string call, string name, ReadContext context) => tally.Add(name, sets.For(practice)!.Compare(body, call, context));

    public void NotTaken(string reason) => tally.AddNotCompared(reason);
}
