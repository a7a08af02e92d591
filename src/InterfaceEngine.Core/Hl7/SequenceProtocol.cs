namespace InterfaceEngine.Core.Hl7;

/// <summary>What a sequence number means on its link.</summary>
public enum SequenceStep
{
    /// <summary>It is the expected one: the message is taken.</summary>
    Expected,

    /// <summary>0: the sender starts the link and asks which number is expected. No data.</summary>
    Start,

    /// <summary>-1: the sender begins to count anew. No data.</summary>
    Reset,

    /// <summary>It was taken before, or never will be.</summary>
    Earlier,

    /// <summary>Messages before it have not come.</summary>
    Later,
}

/// <summary>
/// The sequence number protocol of HL7 v2.3 §2.10.1: a sender numbers its messages in MSH-13, one up each, and a receiver
/// takes only the next, so that none can be missing without either noticing.
/// </summary>
/// <param name="Step">What the number means.</param>
/// <param name="Answer">MSA-4. For a message that is taken its own number; else the number that is expected, -1 for any.</param>
public readonly record struct SequenceProtocol(SequenceStep Step, long Answer)
{
    /// <summary>The largest number: HL7's NM has 16 characters, and the next one must fit as well.</summary>
    public const long NumberMax = 999_999_999_999_999;

    private const long Start = 0;
    private const long Reset = -1;
    private const long Any = -1;

    /// <summary>Judges a number.</summary>
    /// <param name="number">MSH-13, -1 or more.</param>
    /// <param name="last">The last that was taken over the link; null when none is known.</param>
    public static SequenceProtocol Judge(long number, long? last)
    {
        var expected = last + 1 ?? Any;
        return number switch
        {
            Start => new SequenceProtocol(SequenceStep.Start, expected),
            Reset => new SequenceProtocol(SequenceStep.Reset, Any),
            _ when last is null || number == expected => new SequenceProtocol(SequenceStep.Expected, number),
            _ when number < expected => new SequenceProtocol(SequenceStep.Earlier, expected),
            _ => new SequenceProtocol(SequenceStep.Later, expected),
        };
    }
}
