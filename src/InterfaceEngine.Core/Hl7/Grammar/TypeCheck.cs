namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>
/// Checks a value against its data type and table. Numbers, sequence numbers, dates and times have a form; coded values have
/// a table; text has neither.
/// </summary>
internal static class TypeCheck
{
    /// <summary>Composite types whose first component is the coded value that the field's table lists.</summary>
    private static readonly string[] CodedTypes = ["PT", "VID", "MSG", "CM_MSG"];

    public static void Run(Hl7Element value, string type, GrammarField field, SegmentPlace place, Hl7Grammar grammar)
    {
        // What a type says of itself (varies), or that the version lacks, can't be checked; OBX-2 has its table.
        if (grammar.Type(type) is not { } definition)
        {
            return;
        }

        if (definition.IsPrimitive)
        {
            CheckPrimitive(value, type, field, null, place);
        }
        else
        {
            CheckComponents(value, definition, field, place, grammar);
        }

        if (field.Table is { } number && grammar.Table(number) is { } table)
        {
            if (type is "ID" or "IS")
            {
                CheckTable(value, table, field, null, place);
            }
            else if (CodedTypes.Contains(type))
            {
                CheckTable(value.Component(1), table, field, 1, place);
            }
        }
    }

    private static void CheckComponents(Hl7Element value, GrammarType definition, GrammarField field, SegmentPlace place, Hl7Grammar grammar)
    {
        var number = 0;
        foreach (var component in value.EnumerateComponents())
        {
            number++;
            if (number > definition.Components.Count)
            {
                if (component.HasValue)
                {
                    place.Warning(field.Number, $"{definition.Name} has {definition.Components.Count} components in {grammar}; this one was not checked", number);
                    return;
                }

                continue;
            }

            if (!component.HasValue || definition.Components[number - 1] is not { } type)
            {
                continue;
            }

            if (type.IsPrimitive)
            {
                CheckPrimitive(component, type.Name, field, number, place);
            }
            else
            {
                CheckSubComponents(component, type, field, number, place);
            }
        }
    }

    /// <summary>Composite types inside of components lie too deep for the delimiters there are: they are not divided further.</summary>
    private static void CheckSubComponents(Hl7Element component, GrammarType definition, GrammarField field, int number, SegmentPlace place)
    {
        var at = 0;
        foreach (var part in component.EnumerateSubComponents())
        {
            if (at < definition.Components.Count && part.HasValue && definition.Components[at] is { IsPrimitive: true } type)
            {
                CheckPrimitive(part, type.Name, field, number, place);
            }

            at++;
        }
    }

    private static void CheckPrimitive(Hl7Element value, string type, GrammarField field, int? component, SegmentPlace place)
    {
        if (value.IsDivided)
        {
            // A sub-component character in free text is a sender's slip that everybody reads as the character itself.
            if (type is "TX" or "FT")
            {
                return;
            }

            place.Fault(field.Number, component, Hl7ErrorCode.DataType, $"{field.Name} is divided into parts, expected one value of type {type}");
        }
        else if (PrimitiveForms.Wrong(type, value) is { } expected)
        {
            place.Fault(field.Number, component, Hl7ErrorCode.DataType, $"{field.Name} is not of type {type}: expected {expected}");
        }
    }

    private static void CheckTable(Hl7Element value, GrammarTable table, GrammarField field, int? component, SegmentPlace place)
    {
        if (!value.HasValue || table.Codes.Contains(value.Decode()))
        {
            return;
        }

        if (table.IsClosed)
        {
            place.Fault(field.Number, component, Hl7ErrorCode.TableValueNotFound, $"{field.Name} is not in table {table.Number} ({table.Name})");
        }
        else
        {
            place.Warning(field.Number, $"{field.Name} is not among the suggestions of table {table.Number} ({table.Name})", component, Hl7ErrorCode.TableValueNotFound);
        }
    }
}
