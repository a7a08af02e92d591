namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>L4: every spelling of a table has one meaning, and what is written for one of our codes is read back as that code.</summary>
public static class CodeLaw
{
    /// <summary>Runs the law for a table.</summary>
    /// <param name="table">The table as a practice uses it.</param>
    /// <param name="cases">How many spellings were looked at.</param>
    public static IReadOnlyList<(Code Code, string What)> Run(CodeTable table, out int cases)
    {
        var faults = new List<(Code, string)>();
        cases = 0;
        foreach (var code in table.Codes)
        {
            if (table.Find(code.Value) is { } first && !ReferenceEquals(first, code))
            {
                faults.Add((code, $"{code.Value} is listed twice."));
            }

            foreach (var (format, spellings) in code.Spellings)
            {
                cases += spellings.Count;
                faults.AddRange(spellings.Select((spelling, index) => FaultOf(table, code, format, spelling, isWritten: index == 0)).OfType<string>().Select(what => (code, what)));
            }
        }

        return faults;
    }

    private static string? FaultOf(CodeTable table, Code code, MapFormat format, string spelling, bool isWritten)
    {
        if (CodeTable.IsPattern(spelling))
        {
            return isWritten ? $"{code.Value} would be written to {format.Title()} as '{spelling}', which stands for many codes." : null;
        }

        var read = table.Read(format, spelling);
        return read == code.Value ? null
            : isWritten ? $"{code.Value} is written to {format.Title()} as '{spelling}', which is read back as {read ?? "nothing"}."
            : $"'{spelling}' of {format.Title()} is listed for {code.Value} and read as {read ?? "nothing"}.";
    }
}
