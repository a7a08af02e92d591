using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>What somebody on our side wants of a patient.</summary>
internal sealed record PatientChange : OwnChange
{
    /// <summary>The patient who is changed: the vendor's number or our id. Null registers a new one.</summary>
    public string? Patient { get; init; }

    /// <summary>What is said of her, by the names of the practice's table; what is not said stays as it is.</summary>
    public IReadOnlyList<SaidField> Fields { get; init; } = [];

    /// <summary>Where somebody new to the vendor is registered: any name that <c>locations.ref.md</c> knows, or the vendor's number. Null takes the connection's own department.</summary>
    public string? Location { get; init; }

    /// <summary>She is another person than those of her name and birth date who are known here.</summary>
    public bool IsAnother { get; init; }

    /// <summary>The number that she has at the vendor, as a person says who has looked; null when nobody does.</summary>
    public string? Number { get; init; }

    /// <summary>In whatever order the fields were said.</summary>
    public override string Said
    {
        get => field ?? string.Join(
            FieldValue.ListSeparator,
            [.. Fields.OrderBy(one => one.Name, StringComparer.Ordinal).Select(one => $"{one.Name}={string.Join('\n', one.Values)}"), Location, Destination, IsAnother ? "another" : null]);
        init;
    }
}

/// <summary>One field as somebody says it.</summary>
/// <param name="Name">As the practice's table names it, e.g. <c>address.line1</c>.</param>
/// <param name="Values">One text, or several of a list; none clears it.</param>
internal sealed record SaidField(string Name, IReadOnlyList<string> Values);
