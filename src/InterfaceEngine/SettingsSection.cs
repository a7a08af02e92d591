using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace InterfaceEngine;

/// <summary>
/// One section of the settings while it is read. Reading goes on after a problem, with the default in place of
/// what is wrong, so that one attempt shows everything there is to mend. Whoever has read a section calls
/// <see cref="Close"/>: what nobody asked for is a problem too.
/// </summary>
internal sealed partial class SettingsSection
{
    private readonly IConfiguration _values;
    private readonly List<string> _problems;
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="values">The section.</param>
    /// <param name="path">Its path, e.g. <c>Sources:front-desk</c>; empty for the root.</param>
    /// <param name="problems">Where problems are gathered, each with its path.</param>
    public SettingsSection(IConfiguration values, string path, List<string> problems)
    {
        _values = values;
        _problems = problems;
        Path = path;
    }

    public string Path { get; }

    /// <summary>True when the settings say anything about <paramref name="name"/>.</summary>
    public bool Has(string name) => _values.GetSection(name).Exists();

    /// <summary>One value as text, or null when it is not set.</summary>
    public string? Text(string name)
    {
        _asked.Add(name);
        var section = _values.GetSection(name);
        if (section.GetChildren().Any())
        {
            Problem(name, "is a section or a list, and one value is expected");
            return null;
        }

        return string.IsNullOrWhiteSpace(section.Value) ? null : section.Value.Trim();
    }

    public string Text(string name, string otherwise) => Text(name) ?? otherwise;

    /// <summary>A value that must be there; empty text when it isn't.</summary>
    public string Required(string name, string meaning)
    {
        var before = _problems.Count;
        var text = Text(name);
        if (text is null && _problems.Count == before)
        {
            Problem(name, $"is missing: {meaning}");
        }

        return text ?? "";
    }

    /// <summary>A whole number within bounds.</summary>
    /// <param name="meaning">What it is, for the problem, e.g. <c>a port</c>.</param>
    public int Number(string name, int otherwise, int min, int max, string meaning)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Problem(name, $"{text} is not {meaning} ({min}..{max})");
        return otherwise;
    }

    /// <summary>A time such as <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c> or <c>30d</c>.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise, TimeSpan min, TimeSpan max)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        var match = DurationForm().Match(text);
        if (!match.Success || !int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var count))
        {
            Problem(name, $"{text} is not a time, such as 500ms, 30s, 5m, 2h or 30d");
            return otherwise;
        }

        var duration = match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(count),
            "s" => TimeSpan.FromSeconds(count),
            "m" => TimeSpan.FromMinutes(count),
            "h" => TimeSpan.FromHours(count),
            _ => TimeSpan.FromDays(Math.Min(count, 100_000)),
        };
        if (duration >= min && duration <= max)
        {
            return duration;
        }

        Problem(name, $"{text} is out of bounds ({Write(min)}..{Write(max)})");
        return otherwise;
    }

    /// <inheritdoc cref="Bytes(string, long, long, long)"/>
    public int Bytes(string name, int otherwise, int min, int max) => (int)Bytes(name, (long)otherwise, min, max);

    /// <summary>A number of bytes such as <c>65536</c>, <c>64KiB</c>, <c>16MiB</c> or <c>2GiB</c>.</summary>
    public long Bytes(string name, long otherwise, long min, long max)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        var match = BytesForm().Match(text);
        if (!match.Success)
        {
            Problem(name, $"{text} is not a number of bytes, such as 65536, 64KiB, 16MiB or 2GiB");
            return otherwise;
        }

        var count = long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var bytes = match.Groups[2].Value switch { "KiB" => count * 1024, "MiB" => count * 1024 * 1024, "GiB" => count * 1024 * 1024 * 1024, _ => count };
        if (bytes >= min && bytes <= max)
        {
            return bytes;
        }

        Problem(name, $"{text} is out of bounds ({min}..{max} bytes)");
        return otherwise;
    }

    /// <summary>A part of the whole, from 0 to less than 1.</summary>
    public double Share(string name, double otherwise)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and < 1)
        {
            return share;
        }

        Problem(name, $"{text} is not a part of the whole, such as 0.6 (0 up to less than 1)");
        return otherwise;
    }

    public bool Flag(string name, bool otherwise)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (bool.TryParse(text, out var flag))
        {
            return flag;
        }

        Problem(name, $"{text} is neither true nor false");
        return otherwise;
    }

    /// <summary>One of a few words; letter case does not matter. Null when it is not set or not one of them.</summary>
    public string? Choice(string name, IReadOnlyCollection<string> choices)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (choices.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return known;
        }

        Problem(name, $"{text} is not one of {string.Join(", ", choices)}.{Spelling.DidYouMean(text, choices)}");
        return null;
    }

    /// <summary>A list of texts; null when it is not set.</summary>
    public IReadOnlyList<string>? List(string name)
    {
        _asked.Add(name);
        var section = _values.GetSection(name);
        if (!string.IsNullOrEmpty(section.Value))
        {
            Problem(name, $"is one value, and a list is expected: [\"{section.Value}\"]");
            return null;
        }

        var items = section.GetChildren().ToList();
        foreach (var item in items.Where(item => !int.TryParse(item.Key, out _) || string.IsNullOrWhiteSpace(item.Value)))
        {
            Problem($"{name}:{item.Key}", "is not a text, and a list of texts is expected");
        }

        return items.Count > 0 || section.Value is not null ? [.. items.Select(item => item.Value?.Trim() ?? "").Where(text => text.Length > 0)] : null;
    }

    /// <summary>A section of its own; empty when it is not set.</summary>
    public SettingsSection Section(string name)
    {
        _asked.Add(name);
        var section = _values.GetSection(name);
        if (!string.IsNullOrEmpty(section.Value))
        {
            Problem(name, "is one value, and a section is expected");
        }

        return new SettingsSection(section, Join(name), _problems);
    }

    /// <summary>A section of its own, be it empty; null when the settings don't name it.</summary>
    public SettingsSection? OptionalSection(string name) =>
        _values.GetChildren().Any(child => child.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) ? Section(name) : null;

    /// <summary>The named sections below <paramref name="name"/>, in the order of their names.</summary>
    public IReadOnlyList<(string Name, SettingsSection Section)> Map(string name)
    {
        var map = Section(name);
        return [.. map._values.GetChildren().Select(child => (child.Key, map.Section(child.Key)))];
    }

    /// <summary>The names that are set here, in order.</summary>
    public IReadOnlyList<string> Names => [.. _values.GetChildren().Select(child => child.Key)];

    /// <summary>The sections of a list, in its order.</summary>
    public IReadOnlyList<SettingsSection> Rows(string name)
    {
        var rows = Map(name);
        foreach (var (key, _) in rows.Where(row => !int.TryParse(row.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            Problem(name, $"is a section with {key}, and a list is expected: [ {{ ... }}, {{ ... }} ]");
            return [];
        }

        return [.. rows.Select(row => row.Section)];
    }

    /// <summary>Notes a problem with one setting of this section.</summary>
    public void Problem(string name, string text) => _problems.Add($"{Join(name)}: {text}");

    /// <summary>Reports what is set here and was never asked for.</summary>
    public void Close()
    {
        foreach (var child in _values.GetChildren().Where(child => !_asked.Contains(child.Key)))
        {
            Problem(child.Key, $"is not a setting.{Spelling.DidYouMean(child.Key, _asked)}");
        }
    }

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}:{name}";

    private static string Write(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => $"{time.TotalMilliseconds}ms",
        { TotalMinutes: < 1 } => $"{time.TotalSeconds}s",
        { TotalHours: < 1 } => $"{time.TotalMinutes}m",
        { TotalDays: < 1 } => $"{time.TotalHours}h",
        _ => $"{time.TotalDays}d",
    };

    [GeneratedRegex("^([0-9]{1,9}) ?(ms|s|m|h|d)$")]
    private static partial Regex DurationForm();

    [GeneratedRegex("^([0-9]{1,10}) ?(KiB|MiB|GiB)?$")]
    private static partial Regex BytesForm();
}
