using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>What was read of one field of the record that is being made.</summary>
internal struct Slot
{
    public FieldValue Value;
    public CellReference? Cell;
    public ByteRange Place;

    /// <summary>The value is fixed by the cell, so it says nothing about what the sender sent.</summary>
    public bool IsConstant;

    /// <summary>Something was sent that could not be taken.</summary>
    public bool IsUnread;

    /// <summary>Taken only where the record has none.</summary>
    public bool IsDefault;

    /// <summary>The event itself says it (<c>Sets</c>), whatever its fields say.</summary>
    public bool IsOfEvent;
}
