namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>Checks the fields of every segment that the version knows: what must be there, how often, how long, of which type.</summary>
internal static class FieldCheck
{
    /// <summary>MSH-1 and MSH-2 are the delimiters themselves; the parser has read them.</summary>
    private const int DelimiterFields = 2;

    /// <summary>OBX-2</summary>
    public const int ObservationType = 2;

    private const int ObservationValue = 5;

    public static readonly int Obx = SegmentName.KeyOf("OBX");

    public static void Run(Hl7Message message, Hl7Grammar grammar, FaultList faults)
    {
        var counts = new Dictionary<int, int>();
        for (var index = 0; index < message.SegmentCount && !faults.IsFull; index++)
        {
            var key = message.KeyAt(index);
            var occurrence = counts[key] = counts.GetValueOrDefault(key) + 1;
            if (!SegmentOrder.IsLocal(key) && grammar.Segment(key) is { } definition)
            {
                Check(message.GetSegment(index), definition, new SegmentPlace(definition.Name, occurrence, faults), grammar);
            }
        }
    }

    /// <summary>Why the version has no room for what one field says; null when it has, or when it has no such field.</summary>
    /// <param name="segment">The segment's name, as a key.</param>
    /// <param name="number">The field's number.</param>
    /// <param name="found">What stands there.</param>
    /// <param name="observationType">What OBX-2 says, which is how OBX-5 is read.</param>
    /// <param name="grammar">The version.</param>
    public static string? FaultOf(int segment, int number, Hl7Element found, Hl7Element observationType, Hl7Grammar grammar)
    {
        if (grammar.Segment(segment)?.Field(number) is not { } field)
        {
            return null;
        }

        var type = segment == Obx && number == ObservationValue ? observationType.Decode() : field.Type;
        var faults = new FaultList(1);
        CheckField(found, field, type, new SegmentPlace(SegmentName.TextOf(segment), 1, faults), grammar);
        return faults.Faults is [var fault, ..] ? fault.Text : null;
    }

    private static void Check(Hl7Segment segment, GrammarSegment definition, SegmentPlace place, Hl7Grammar grammar)
    {
        foreach (var field in definition.Fields)
        {
            if (segment.Key == SegmentName.Msh && field.Number <= DelimiterFields)
            {
                continue;
            }

            var found = segment.Field(field.Number);
            if (found.SaysNothing())
            {
                if (field.IsRequired || IsTypeOfObservation(segment, field.Number))
                {
                    place.Fault(field.Number, null, Hl7ErrorCode.RequiredFieldMissing, $"{field.Name} is missing");
                }

                continue;
            }

            CheckField(found, field, TypeOf(segment, field), place, grammar);
        }

        CheckExtra(segment, definition, place, grammar);
    }

    /// <summary>OBX-2 says how OBX-5 is to be read: conditional in later versions, and the condition is a value there.</summary>
    private static bool IsTypeOfObservation(Hl7Segment segment, int field) =>
        segment.Key == Obx && field == ObservationType && segment.Field(ObservationValue).HasValue;

    private static string TypeOf(Hl7Segment segment, GrammarField field) =>
        segment.Key == Obx && field.Number == ObservationValue ? segment.Field(ObservationType).Decode() : field.Type;

    private static void CheckField(Hl7Element found, GrammarField field, string type, SegmentPlace place, Hl7Grammar grammar)
    {
        var repetition = 0;
        foreach (var one in found.EnumerateRepetitions())
        {
            repetition++;
            if (repetition == 2 && !field.IsRepeating)
            {
                place.Fault(field.Number, null, Hl7ErrorCode.DataType, $"{field.Name} has {found.RepetitionCount} repetitions and may have one");
            }

            if (one.HasValue)
            {
                CheckLength(one, field, place);
                TypeCheck.Run(one, type, field, place, grammar);
            }
        }
    }

    /// <summary>
    /// The length is that of one repetition, its separators included, as the standard counts it. MSH-9 has no limit here: its
    /// third component is taken from senders of versions that had none.
    /// </summary>
    private static void CheckLength(Hl7Element one, GrammarField field, SegmentPlace place)
    {
        // There are never more characters than bytes.
        if (field.LengthMax is { } max && one.Range.Length > max && !place.IsMessageType(field.Number) && one.Decode().Length is var length && length > max)
        {
            place.Fault(field.Number, null, Hl7ErrorCode.DataType, $"{field.Name} has {length} characters and may have {max}");
        }
    }

    private static void CheckExtra(Hl7Segment segment, GrammarSegment definition, SegmentPlace place, Hl7Grammar grammar)
    {
        var last = definition.Fields[^1].Number;
        for (var number = last + 1; number <= segment.FieldCount; number++)
        {
            if (segment.Field(number).HasValue)
            {
                place.Warning(number, $"{definition.Name} has {last} fields in {grammar}; this one was not checked");
                return;
            }
        }
    }
}

/// <summary>Where a check stands, and where it tells what it finds.</summary>
internal readonly record struct SegmentPlace(string Segment, int Occurrence, FaultList Faults)
{
    private const int MessageType = 9;

    public bool IsMessageType(int field) => field == MessageType && Segment == "MSH";

    public void Fault(int field, int? component, int code, string text) =>
        Faults.Add(new GrammarFault(Segment, Occurrence, field, component, code, text));

    public void Warning(int field, string text, int? component = null, int code = Hl7ErrorCode.DataType) =>
        Faults.Add(new GrammarFault(Segment, Occurrence, field, component, code, text, IsWarning: true));
}
