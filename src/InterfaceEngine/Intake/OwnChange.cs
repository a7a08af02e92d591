using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>What somebody on our side wants of a record, of whatever type.</summary>
internal abstract record OwnChange
{
    public const int KeyLengthMax = 100;

    public required string Practice { get; init; }

    /// <summary>
    /// The caller's own name for what is to be made, at most <see cref="KeyLengthMax"/> characters. It is kept with the record: the same key of the same
    /// caller again is answered with the record that is there, and refused when something else is said under it. Null for none.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>What was said of the record, to be compared when the key comes again.</summary>
    public abstract string Said { get; init; }

    /// <summary>The record is changed only while it is as one of these name it (<see cref="RecordTag"/>): who changes it has seen it so. Null for whatever it is.</summary>
    public IReadOnlyList<string>? Seen { get; init; }

    /// <summary>Tell only this destination; null tells all of the practice's.</summary>
    public string? Destination { get; init; }

    /// <summary>Who wants it and why; committed with it.</summary>
    public required AuditEntry Audit { get; init; }
}
