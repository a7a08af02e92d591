using System.Globalization;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>Makes stored values of each <c>As</c> type, plain ones and awkward ones, and smaller ones of a value that fails.</summary>
/// <param name="random">Seeded, so that a failure comes again.</param>
/// <param name="format">The format that must be able to say them.</param>
internal sealed class ValueGenerator(Random random, MapFormat format)
{
    /// <summary>What texts are put together from: delimiters, escapes, quotes, other alphabets, and what looks like HL7's null.</summary>
    private static readonly string[] _words =
        ["Oak", "St", "O'Neil", "a|b", "x^y", "~", "\\F\\", "A & B", "\"\"", "\"quoted\"", "Zoë", "東京", "n/a", "-", "0", "12", "Smith-Jones", "#4", "50%", "é", "\\"];

    private static readonly Instant _from = Instant.FromUtc(2024, 1, 1, 0, 0);

    /// <summary>The range of generated times: a day within these, every one on a whole minute.</summary>
    private const int Days = 1200;

    /// <summary>A value the row can store and the format can say; null when there is none.</summary>
    public string? Make(FieldRow row)
    {
        if (row.Choices is { } choices)
        {
            return choices[random.Next(choices.Count)];
        }

        if (!row.Definition.IsList)
        {
            return One(row);
        }

        var items = Enumerable.Range(0, random.Next(1, 4)).Select(_ => One(row)).OfType<string>().Distinct().ToList();
        return items.Count == 0 ? null : string.Join(FieldValue.ListSeparator, items);
    }

    /// <summary>Smaller values of the same type, the smallest first: a shorter text, one item of a list, or the plainest value there is.</summary>
    public static IEnumerable<string> Smaller(FieldRow row, string value)
    {
        if (row.Definition.IsList && value.Contains(FieldValue.ListSeparator, StringComparison.Ordinal))
        {
            return value.Split(FieldValue.ListSeparator);
        }

        if (row.As.Type is not ("text" or "name" or "lines"))
        {
            return Plainest(row) is { } plainest && plainest != value ? [plainest] : [];
        }

        return Enumerable.Repeat("a", 1)
            .Concat(value.Split(' ', '\n').Where(part => part.Length > 0))
            .Concat(value.Length > 1 ? [value[..(value.Length / 2)].Trim(), value[(value.Length / 2)..].Trim()] : [])
            .Where(smaller => smaller.Length > 0 && (smaller.Length < value.Length || (smaller == "a" && value is { Length: 1 } and not "a")) && row.Pattern?.IsMatch(smaller) != false && row.Choices?.Contains(smaller) != false)
            .Distinct()
            .OrderBy(smaller => smaller.Length);
    }

    /// <summary>The value of a type that says least; null where none is plainer than another.</summary>
    private static string? Plainest(FieldRow row) => row.As.Type switch
    {
        "date" => "2000-01-01",
        "partial date" => "2000",
        "instant" => "2024-01-01T12:00:00Z",
        "minutes" => "15",
        "postcode" => "62701",
        "phone" => "+12025550100",
        "email" => "a@example.org",
        "code" => row.As.Codes!.Codes is [var first, ..] ? first.Value : null,
        "int" or "quantity" => "1",
        "decimal" => "1.00",
        "bool" => "true",
        _ => null,
    };

    private string? One(FieldRow row)
    {
        var value = row.As.Type switch
        {
            "text" or "name" => IsFhirId(row) ? $"a-{random.Next(1_000_000)}.E-{random.Next(1000)}" : Text(row),
            "lines" => string.Join('\n', Enumerable.Range(0, random.Next(1, 5)).Select(line => line > 0 && random.Next(4) == 0 ? "" : Words()).Append(Words())),
            "date" => Date(),
            "partial date" => Date()[..(random.Next(3) switch { 0 => 4, 1 => 7, _ => 10 })],
            "instant" => InstantType.Write(_from + Duration.FromMinutes(random.NextInt64(Days * 24 * 60))),
            "minutes" => Number(random.Next(1, MinutesType.MinutesMax + 1)),
            "postcode" => $"{random.Next(100_000):00000}{(random.Next(3) == 0 ? $"-{random.Next(10_000):0000}" : "")}",
            "phone" => Phone(),
            "email" => $"user{random.Next(1000)}@example.org",
            "code" => Code(row),
            "ref" => Reference(row.As),
            "int" => Number(random.Next(format == MapFormat.Fhir ? 1 : -5, 100_000)),
            "decimal" => Decimal(),
            "bool" => random.Next(2) == 0 ? "true" : "false",
            "quantity" => Quantity(),
            _ => null,
        };
        return value is not null && (row.LengthMax is { } max && value.Length > max || row.Pattern?.IsMatch(value) == false) ? null : value;
    }

    private string? Text(FieldRow row)
    {
        var text = TextType.Squeeze(Words());
        if (text is not null && row.LengthMax is { } max && text.Length > max)
        {
            text = TextType.Squeeze(text.AsSpan(0, max));
        }

        return row.Pattern?.IsMatch(text ?? "") == false ? null : text;
    }

    private string Words() => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => _words[random.Next(_words.Length)]));

    private string Date() => new LocalDate(1930, 1, 1).PlusDays(random.Next(90 * 365)).ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    private string Phone() => random.Next(5) == 0
        ? $"+4420{random.Next(10_000_000, 99_999_999)}"
        : $"+1{random.Next(201, 989)}{random.Next(200, 999)}{random.Next(10_000):0000}";

    /// <summary>Ids of resources have an alphabet of their own.</summary>
    private bool IsFhirId(FieldRow row) => format == MapFormat.Fhir && row.Cells.GetValueOrDefault(format)?.Target is JsonPlace place
        && (place.Paths[0].Route.Resource is not null || place.Paths[0].Text == "id");

    private string? Code(FieldRow row)
    {
        var table = row.As.Codes!;
        var codes = table.Codes.Where(code => !row.Cells.ContainsKey(format) || table.Write(format, code.Value) is not null).ToList();
        return codes.Count == 0 ? null : codes[random.Next(codes.Count)].Value;
    }

    private string? Reference(AsClause clause)
    {
        var known = clause.References?.Rows.Where(row => row.VendorId is { Length: > 0 }).ToList() ?? [];
        return clause.Kind == RecordDefinition.Patient ? new EngineId(random.Next(1, int.MaxValue)).ToString()
            : known.Count == 0 ? null : known[random.Next(known.Count)].Id;
    }

    private string Decimal() => (random.Next(-1_000_000, 1_000_000) / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    private string Quantity()
    {
        var comparator = random.Next(4) switch { 0 => "<", 1 => ">=", _ => "" };
        var unit = random.Next(3) switch { 0 => "", 1 => " mg/dL", _ => " mm[Hg]|http://unitsofmeasure.org" };
        return comparator + Decimal().TrimStart('-') + unit;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
