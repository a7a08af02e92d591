using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine;

/// <content>Who wins where two sources of a practice differ.</content>
internal sealed partial class SettingsReader
{
    private const string SourcesWord = "sources:";

    /// <summary>Reads <c>Conflicts</c>: <c>"patient.address.*": "sources: front-desk, nightly"</c>.</summary>
    private static ConflictRules ReadConflicts(SettingsSection section)
    {
        var rules = new Dictionary<(string, string?), ConflictRule>();
        foreach (var place in section.Names)
        {
            var rule = ReadConflict(section, place);
            if (PlaceOf(section, place) is { } read && !rules.TryAdd(read, rule))
            {
                section.Problem(place, "has a rule already, under another spelling");
            }
        }

        section.Close();
        return rules.Count == 0 ? ConflictRules.None : new ConflictRules(rules);
    }

    /// <returns>Null, after it was said, when it names no field.</returns>
    private static (string Type, string? Unit)? PlaceOf(SettingsSection section, string place)
    {
        switch (place.Split('.'))
        {
            case [{ Length: > 0 } type, "*"]:
                return (type, null);
            case [{ Length: > 0 } type, { Length: > 0 } unit]:
                return (type, unit);
            case [{ Length: > 0 } type, { Length: > 0 } unit, "*"]:
                return (type, unit);
            case [{ Length: > 0 } type, { Length: > 0 } unit, ..]:
                section.Problem(place, $"is part of what is decided as a whole: {type}.{unit}.*");
                return null;
            default:
                section.Problem(place, "is no field: patient.phone_home, patient.address.* for what belongs together, or appointment.* for all of a record");
                return null;
        }
    }

    private static ConflictRule ReadConflict(SettingsSection section, string place)
    {
        var text = section.Text(place) ?? "";
        if (text.StartsWith(SourcesWord, StringComparison.OrdinalIgnoreCase))
        {
            var sources = text[SourcesWord.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (sources.Length == 0 || sources.Distinct(StringComparer.Ordinal).Count() < sources.Length)
            {
                section.Problem(place, "names no source, or one twice: sources: front-desk, nightly");
            }

            return ConflictRule.Of(sources);
        }

        switch (text.ToUpperInvariant())
        {
            case "NEWEST":
                return ConflictRule.Newest;
            case "HOLD":
                return ConflictRule.Hold;
            default:
                section.Problem(place, $"{text} is none of newest, hold, or sources: with their names, the one that wins first");
                return ConflictRule.Newest;
        }
    }

    /// <summary>A source that is misspelled would win and lose nothing.</summary>
    private void CheckConflicts(List<Practice> practices, IReadOnlyCollection<string> sources)
    {
        foreach (var practice in practices)
        {
            foreach (var name in practice.Conflicts.Sources.Where(name => !sources.Contains(name)))
            {
                _root.Problem($"Practices:{practice.Id}:Conflicts", $"{name} is not a source of these settings.{Spelling.DidYouMean(name, sources)}");
            }
        }
    }
}
