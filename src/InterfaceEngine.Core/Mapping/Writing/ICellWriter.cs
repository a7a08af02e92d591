using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>One row of the table, made ready to write its field into one format.</summary>
internal interface ICellWriter
{
    FieldRow Row { get; }

    CellReference Cell { get; }

    /// <summary>The place a new message gets, as people write it.</summary>
    string Place { get; }

    /// <summary>It says what is written itself, so it is a constant or worked out, and not a field's own value.</summary>
    bool IsAssigned { get; }

    /// <summary>Over what is there already it is not written: a constant is ours to say only where nothing stands.</summary>
    bool IsOnlyForNew { get; }

    /// <summary>Whether it applies depends on what the message says, so the other rows are written first.</summary>
    bool DependsOnMessage { get; }

    /// <summary>True when what it writes is read by the same cell.</summary>
    bool IsReadBack { get; }

    bool Applies(RecordWriting record);

    /// <summary>Writes the field; a removed one as the format says that, one that holds nothing not at all.</summary>
    void Write(RecordWriting record);
}
