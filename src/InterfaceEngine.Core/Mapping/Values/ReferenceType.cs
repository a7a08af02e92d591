using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>ref KIND</c>: our id of a provider or location for the sender's id, user name or NPI. One that is in no
/// table is stored as sent and put before a person. A patient's id is the sender's: reconciliation finds the record.
/// </summary>
public sealed class ReferenceType : IValueType
{
    private readonly string _kind;
    private readonly ReferenceTable? _references;
    private readonly IdFrame? _frame;

    public ReferenceType(AsClause clause)
    {
        _kind = clause.Kind ?? throw new ArgumentException("a reference names a kind of record", nameof(clause));
        _references = clause.References;
        _frame = clause.Frame is { } frame ? new IdFrame(frame, "") : null;
    }

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        if (_frame?.TryTake(ref text) == false || TextType.HasControlCharacter(text, ""))
        {
            scope.Refuse(MappingCodes.Frame, $"not an id of a {_kind}.", text.ToString(), $"'{text}' is not an id of a {_kind}.");
            return null;
        }

        if (_kind == "patient")
        {
            return text.ToString();
        }

        if (_references?.Find(text) is { } known)
        {
            scope.Trace?.Step($"{_kind} table", cell: known.Cell);
            return known.Id;
        }

        scope.Trace?.Step($"in no {_kind} table: stored as sent");
        return Unknown(text.ToString(), scope);
    }

    /// <summary>The vendor's id of a provider or location; of a patient, the id by which the receiver knows him.</summary>
    public string? Write(string value, WritingScope scope)
    {
        var id = _kind == "patient" ? scope.ExternalIdOf(value) : _references?.Rows.FirstOrDefault(row => row.Id == value)?.VendorId;
        if (id is { Length: > 0 })
        {
            return _frame?.Around(id) ?? id;
        }

        if (_kind == "patient")
        {
            scope.Reject(WritingCodes.PatientId, "the receiver has no id of this patient.");
        }
        else
        {
            scope.Refuse(WritingCodes.Reference, $"a {_kind} without an id of the receiver's in the practice's {_kind}s.ref.md.", value, $"{_kind} '{value}' has no id of the receiver's in {_kind}s.ref.md.");
        }

        return null;
    }

    private string Unknown(string found, ReadingScope scope)
    {
        scope.Review(
            MappingCodes.UnknownReference,
            $"a {_kind} that is in no table.",
            found,
            $"{_kind} '{found}' is in no table.",
            "Stored as sent; added to the inbox.",
            "unknown " + _kind,
            $"{_kind}|{found}");
        return found;
    }
}
