using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>What people say of a patient, made into fields by the practice's table: whatever field it has can be said, a code in any spelling that it knows.</summary>
/// <param name="tables">What it goes by.</param>
/// <param name="now">When it is said.</param>
internal sealed class PatientFields(DeskTables tables, Instant now)
{
    private static readonly MapFormat[] _formats = [MapFormat.Csv, MapFormat.AthenaNet, MapFormat.Hl7, MapFormat.Fhir];

    private readonly SaidFields _fields = new(tables.Maps, tables.Map, now);

    /// <summary>What a change says; of a patient who is known, beside what is stored.</summary>
    /// <exception cref="ChangeRefusedException">A field is none that can be said, or its value none that the tables take.</exception>
    public SaidFields Of(PatientChange change, StoredRecord? stored)
    {
        foreach (var said in change.Fields)
        {
            var row = tables.Map.Rows.FirstOrDefault(row => row.Name == said.Name && CanBeSaid(row)) ?? throw SaidFields.Refuse(
                $"{Named(said.Name)} is no field that can be said of a patient: {string.Join(", ", tables.Map.Rows.Where(CanBeSaid).Select(one => one.Name).Distinct())}.");
            if (_fields.IsSaid(row.Name))
            {
                throw SaidFields.Refuse($"{row.Name} is said twice.");
            }

            Say(row, [.. said.Values.Where(value => value.Trim().Length > 0)]);
        }

        KeepUnits(stored);
        return _fields;
    }

    /// <summary>Names are other people's to give, and what the engine itself keeps of a merge is not for people to say.</summary>
    private static bool CanBeSaid(FieldRow row) => row is { IsTransient: false, IsKey: false, AliasSystem: null } && row.Name is not (Merging.MergedInto or Merging.AbsorbedAt);

    private void Say(FieldRow row, IReadOnlyList<string> values)
    {
        if (values.Count > 1 && !row.Definition.IsList)
        {
            throw SaidFields.Refuse($"{row.Name} holds one value, and {values.Count} were said.");
        }

        if (values.Count == 0)
        {
            _fields.Clear(row.Name);
        }
        else if (row.As.Codes is not null)
        {
            _fields.Set(row.Name, string.Join(FieldValue.ListSeparator, values.Select(value => _fields.CodeOf(row.Name, value, _formats))));
        }
        else if (row.As.Kind is not null)
        {
            _fields.Reference(row.Name, values[0]);
        }
        else
        {
            _fields.Text(row.Name, values[0]);
        }
    }

    /// <summary>Fields of a unit (an address) are replaced together: who changes one of them means the others as they are.</summary>
    private void KeepUnits(StoredRecord? stored)
    {
        foreach (var row in tables.Map.Rows.Where(row => !row.IsTransient && row.Definition.Unit != row.Name && !_fields.IsSaid(row.Name)).ToList())
        {
            if (stored?[row.Name] is { } kept && tables.Map.Rows.Any(other => other.Definition.Unit == row.Definition.Unit && _fields.IsSaid(other.Name)))
            {
                _fields.Set(row.Name, kept);
            }
        }
    }

    /// <summary>What stands in the place of a name may be anything, a value among it.</summary>
    private static string Named(string name) => name.All(letter => char.IsAsciiLetterLower(letter) || letter is '_' or '.') ? name : "What was said";
}
