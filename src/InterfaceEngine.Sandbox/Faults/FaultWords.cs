using System.Globalization;

namespace InterfaceEngine.Sandbox.Faults;

/// <summary>What faults of a kind are called on the command line.</summary>
/// <param name="names">Each by its name.</param>
internal sealed class FaultWords<TFault>(IReadOnlyDictionary<string, TFault> names)
    where TFault : struct, Enum
{
    /// <summary>The name of a fault.</summary>
    public string NameOf(TFault fault) => names.First(pair => EqualityComparer<TFault>.Default.Equals(pair.Value, fault)).Key;

    /// <summary>Reads <c>split,drop:0.1</c>: names, each with a chance or <see cref="FaultOptions.ChanceByDefault"/>; <c>all:0.05</c> names every possible one.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="possible">What this side can do.</param>
    /// <exception cref="FormatException">A word is no fault, no chance, or none of this side's; the message says which and what is expected.</exception>
    public IReadOnlyDictionary<TFault, double> ParseChances(string text, IReadOnlyList<TFault> possible)
    {
        var chances = new Dictionary<TFault, double>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = word.Split(':', 2);
            var chance = parts.Length == 1 ? FaultOptions.ChanceByDefault : Chance(word, parts[1], possible);
            foreach (var fault in parts[0] == "all" ? possible : [Fault(parts[0], possible)])
            {
                chances[fault] = chance;
            }
        }

        return chances;
    }

    private TFault Fault(string name, IReadOnlyList<TFault> possible)
    {
        var expected = string.Join(", ", possible.Select(NameOf));
        if (!names.TryGetValue(name, out var fault))
        {
            throw new FormatException($"'{name}' is no fault: expected all, {expected}");
        }

        return possible.Contains(fault) ? fault : throw new FormatException($"'{name}' is none of this side's faults: expected all, {expected}");
    }

    private double Chance(string word, string text, IReadOnlyList<TFault> possible) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var chance) && chance is >= 0 and <= 1
            ? chance
            : throw new FormatException($"'{word}': expected a chance from 0 to 1 behind the colon, e.g. {NameOf(possible[^1])}:0.1");
}
