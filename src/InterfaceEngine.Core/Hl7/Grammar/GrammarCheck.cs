namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>
/// Checks messages against the grammar of their version. Both checks take one pass: their time grows with the message and
/// with nothing else.
/// </summary>
public static class GrammarCheck
{
    /// <summary>
    /// The order of the segments alone, which costs next to nothing when it is right. Null when it is, or when the version
    /// knows no structure for the event.
    /// </summary>
    public static GrammarReport? Order(Hl7Message message, GrammarOptions? options = null)
    {
        var grammar = GrammarVersion.For(message.Version);
        if (grammar.Structures.Of(message) is not { } structure || SegmentOrder.IsFollowed(message, structure))
        {
            return null;
        }

        var faults = new FaultList((options ?? GrammarOptions.Default).FaultsMax);
        SegmentOrder.Check(message, structure, grammar, faults);
        return Report(grammar, structure, faults);
    }

    /// <summary>Everything: structure, required fields, lengths, types and tables.</summary>
    public static GrammarReport Full(Hl7Message message, GrammarOptions? options = null)
    {
        var grammar = GrammarVersion.For(message.Version);
        var structure = grammar.Structures.Of(message);
        var faults = new FaultList((options ?? GrammarOptions.Default).FaultsMax);
        if (structure is null)
        {
            faults.Add(NotKnown(message, grammar));
        }
        else
        {
            CheckName(message, structure, faults);
            SegmentOrder.Check(message, structure, grammar, faults);
        }

        FieldCheck.Run(message, grammar, faults);
        return Report(grammar, structure, faults);
    }

    private static GrammarFault NotKnown(Hl7Message message, Hl7Grammar grammar) => grammar.Structures.HasCode(message.MessageCode)
        ? new GrammarFault("MSH", 1, 9, 2, Hl7ErrorCode.UnsupportedEvent, $"{grammar} has no such event")
        : new GrammarFault("MSH", 1, 9, 1, Hl7ErrorCode.UnsupportedMessageType, $"{grammar} has no such message");

    /// <summary>A structure that does not belong to the event is told: the event decides.</summary>
    private static void CheckName(Hl7Message message, MessageStructure structure, FaultList faults)
    {
        if (message.Structure is { Length: > 0 } said && said != structure.Name)
        {
            faults.Add(new GrammarFault("MSH", 1, 9, 3, Hl7ErrorCode.TableValueNotFound, $"is not the structure of this event, which is {structure.Name}", IsWarning: true));
        }
    }

    private static GrammarReport Report(Hl7Grammar grammar, MessageStructure? structure, FaultList faults) => new()
    {
        Version = grammar.Version,
        Structure = structure?.Name,
        Faults = faults.Faults,
        Warnings = faults.Warnings,
        IsCut = faults.IsCut,
    };
}
