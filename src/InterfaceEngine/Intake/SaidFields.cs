using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>What people say of a record, made into fields by the practice's table: codes by their code tables, providers and locations by theirs.</summary>
/// <param name="maps">The practice's maps.</param>
/// <param name="map">The table of the record's type.</param>
/// <param name="now">When it is said.</param>
internal sealed class SaidFields(PracticeMaps maps, RecordMap map, Instant now)
{
    private readonly Dictionary<string, FieldValue> _values = new(StringComparer.Ordinal);

    /// <summary>The fields that are said, in the order of the table.</summary>
    public IReadOnlyList<IncomingField> Incoming =>
        [.. map.Definition.Fields.Where(known => _values.ContainsKey(known.Name)).Select(known => new IncomingField(known, _values[known.Name], Row(known.Name).Origin, ByteRange.None))];

    public void Set(string field, string value) => _values[field] = FieldValue.Of(value);

    public void Clear(string field) => _values[field] = FieldValue.Cleared;

    public bool IsSaid(string field) => _values.ContainsKey(field);

    /// <summary>The whole record as it would be: what is stored, and over it what is said.</summary>
    public Dictionary<string, string> Over(StoredRecord? stored)
    {
        var whole = (stored?.Fields ?? []).Where(field => field.Value is not null).ToDictionary(field => field.Name, field => field.Value!, StringComparer.Ordinal);
        foreach (var (name, value) in _values)
        {
            if (value.Text is { } text)
            {
                whole[name] = text;
            }
            else
            {
                whole.Remove(name);
            }
        }

        return whole;
    }

    /// <summary>Says a field that names a provider or a location, by any of its names. Null says nothing.</summary>
    public void Reference(string field, string? said)
    {
        if (said is null)
        {
            return;
        }

        var (kind, table) = (Row(field).As.Kind!, Row(field).As.References);
        Set(field, table?.Find(said)?.Id
            ?? throw Refuse($"There is no such {kind} in the practice's {kind}s.ref.md{(table is null ? "" : $": {string.Join(", ", table.Rows.Select(row => row.Id))}")}."));
    }

    /// <summary>Says a field that holds a code: ours, or a format's. Null says nothing.</summary>
    public void Code(string field, string? said, params MapFormat[] formats)
    {
        if (said is not null)
        {
            Set(field, CodeOf(field, said, formats));
        }
    }

    /// <summary>Our code for a word, whichever of the formats spells it so.</summary>
    /// <exception cref="ChangeRefusedException">The table has none.</exception>
    public string CodeOf(string field, string said, params MapFormat[] formats)
    {
        var table = Row(field).As.Codes!;
        return table.Find(said)?.Value ?? formats.Select(format => table.Read(format, said)).FirstOrDefault(code => code is not null)
            ?? throw Refuse($"There is no such {field} in the code table {table.Name}: {string.Join(", ", table.Codes.Select(code => code.Value))}.");
    }

    /// <summary>Says a field of any other type, as a file would; what is empty clears it. Null says nothing.</summary>
    public void Text(string field, string? said)
    {
        if (said is null)
        {
            return;
        }

        if (said.Any(TurnsWriting))
        {
            throw Refuse($"{field} is a text with characters that turn the direction of writing: what is shown would not be what is stored.");
        }

        var scope = new ReadingScope(MapFormat.Csv, now, maps.Practice.Zone);
        var value = ValueTypes.Of(Row(field).As, map.Region).Read(said, scope);
        if (scope.Notes.Count > 0)
        {
            throw Refuse($"{field} is {scope.Notes[0].Reason}");
        }

        _values[field] = value is null ? FieldValue.Cleared : FieldValue.Of(value);
    }

    public FieldRow Row(string field) =>
        map.Rows.FirstOrDefault(row => row.Name == field) ?? throw Refuse($"The practice's table of {map.Type}s has no field {field}.");

    /// <summary>Unicode's embeddings, overrides and isolates, whose effect reaches beyond themselves.</summary>
    private static bool TurnsWriting(char letter) => letter is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    public static ChangeRefusedException Refuse(string why) => new(why, ChangeRefusal.Wrong);
}
