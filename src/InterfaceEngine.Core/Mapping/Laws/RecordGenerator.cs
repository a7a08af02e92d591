using System.Globalization;
using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>Makes records of one type that could be stored: what is required is there, equations and checks hold.</summary>
internal sealed class RecordGenerator(RecordMap map, MapFormat format, IReadOnlyList<DateTimeZone> zones, Random random)
{
    private const int AttemptsMax = 50;

    /// <summary>Later than every generated date.</summary>
    private static readonly LocalDate _today = new(2030, 1, 1);

    private readonly R4Type? _resource = format != MapFormat.Fhir ? null
        : R4Type.Find(map.Messages.FirstOrDefault(rule => rule.Format == format)?.Message[JsonMessage.FhirPrefix.Length..] ?? "");

    private readonly ValueGenerator _values = new(random, format);

    /// <summary>A record, or null when the type's rules allow none that could be made.</summary>
    public StoredRecord? Make(EngineId id)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var values = Values();
            if (map.Rows.Any(row => row.Definition.IsRequired && !values.ContainsKey(row.Name)))
            {
                continue;
            }

            Balance(values);
            if (!values.Any(TellsNoInstant) && map.Checks.All(check => check.MustHold.Check(new ValueScope(values, _today)) != CheckResult.Fails))
            {
                return Record(map, id, values);
            }
        }

        return null;
    }

    /// <summary>The same record with other values.</summary>
    public static StoredRecord Record(RecordMap map, EngineId id, IReadOnlyDictionary<string, string> values)
    {
        var key = map.Rows.FirstOrDefault(row => row.IsKey)?.Name;
        return new StoredRecord
        {
            Id = id,
            Practice = "",
            Type = map.Type,
            Version = 1,
            Aliases = key is not null && values.TryGetValue(key, out var external) ? [new RecordAlias(map.Type, map.Definition.IdSystem, external)] : [],
            Fields = [.. map.Definition.Fields.Where(field => values.ContainsKey(field.Name)).Select(field => new StoredField(field.Name, values[field.Name], null, null, ByteRange.None))],
        };
    }

    /// <summary>
    /// An instant whose local time happens twice: no local time can tell which, so the writer refuses one of the two. That is a limit
    /// of the format and no fault of a table.
    /// </summary>
    private bool TellsNoInstant(KeyValuePair<string, string> field) =>
        map.Rows.First(row => row.Name == field.Key).As.Type == "instant" && InstantType.TryParse(field.Value, out var instant)
        && zones.Any(zone => zone.MapLocal(instant.InZone(zone).LocalDateTime).Count > 1);

    private Dictionary<string, string> Values()
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in map.Rows.Where(row => !row.IsTransient).DistinctBy(row => row.Name))
        {
            // A default is taken when a record is made, so what is stored has it.
            var isNeeded = row.Definition.IsRequired || IsRequiredByR4(row) || IsAskedFor(row) || row.Definition.Default is not null || row.IsKey || map.Key.Contains(row.Name);
            if ((isNeeded || random.Next(3) > 0) && _values.Make(row) is { } value)
            {
                values[row.Name] = value;
            }
        }

        return values;
    }

    /// <summary>A resource without it would be none, so a record without it is never written.</summary>
    private bool IsRequiredByR4(FieldRow row) =>
        _resource is not null && row.Cells.GetValueOrDefault(MapFormat.Fhir)?.Target is JsonPlace place && _resource[place.Paths[0].Steps[0].Name] is { } element
        && (element.IsRequired || (element.Choice is { } choice && _resource.RequiredChoices.Contains(choice)));

    /// <summary>A document without what the header's <c>when:</c> asks for tells of no such record.</summary>
    private bool IsAskedFor(FieldRow row) => format is MapFormat.AthenaNet or MapFormat.Fhir
        && row.Cells.GetValueOrDefault(format)?.Target is { } target && (target is AssignedPlace assigned ? assigned.Place : target) is JsonPlace place
        && map.When?.Paths.Any(asked => asked.Format == format && asked.Place is JsonPlace said && said.Paths[0].Text == place.Paths[0].Text) == true;

    /// <summary>A stored sum is made from its stored term and a length.</summary>
    private void Balance(Dictionary<string, string> values)
    {
        foreach (var equation in map.Equations.Where(equation => !equation.Sum.IsTransient && values.ContainsKey(equation.Left.Name)))
        {
            var right = equation.Right.IsTransient || !values.TryGetValue(equation.Right.Name, out var said)
                ? random.Next(1, 97).ToString(CultureInfo.InvariantCulture) : said;
            if (EquationNumbers.Read(equation, equation.Left, values[equation.Left.Name]) is { } left && EquationNumbers.Read(equation, equation.Right, right) is { } more
                && EquationNumbers.Write(equation, equation.Sum, left + more) is { } sum)
            {
                values[equation.Sum.Name] = sum;
            }
        }
    }
}
