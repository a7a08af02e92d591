namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>Every <c>As</c> type by its name. A new type is one class and one line here.</summary>
public static class ValueTypes
{
    /// <summary>The type that an <c>As</c> cell names.</summary>
    /// <param name="clause">The cell; checked when the map was loaded.</param>
    /// <param name="region">Header <c>region:</c>.</param>
    public static IValueType Of(AsClause clause, string region) => clause.Type switch
    {
        "text" when clause.Frame is { } frame => new FramedType(TextType.Instance, new IdFrame(frame, ""), isAlone: true),
        "text" or "name" => TextType.Instance,
        "lines" => LinesType.Instance,
        "date" => DateType.Whole,
        "partial date" => DateType.Partial,
        "time" => TimeType.Instance,
        "instant" => InstantType.Instance,
        "minutes" => MinutesType.Instance,
        "postcode" => new PostcodeType(region),
        "phone" => new PhoneType(region),
        "email" => EmailType.Instance,
        "code" => new CodeType(clause.Codes ?? throw new ArgumentException("a code names its table", nameof(clause))),
        "ref" => new ReferenceType(clause),
        "int" => NumberType.Whole,
        "decimal" => NumberType.Exact,
        "bool" => BoolType.Instance,
        "quantity" => QuantityType.Instance,
        "attachment" => AttachmentType.Instance,
        _ => throw new ArgumentException($"there is no type '{clause.Type}'", nameof(clause)),
    };
}
