namespace InterfaceEngine.Core.Hl7;

/// <summary>Table 0155: when a sender wants to be told.</summary>
public enum AcknowledgementCondition
{
    /// <summary><c>NE</c>, and what a field left empty means beside one that is not.</summary>
    Never,

    /// <summary><c>AL</c></summary>
    Always,

    /// <summary><c>ER</c>: on error and reject only.</summary>
    OnError,

    /// <summary><c>SU</c>: on success only.</summary>
    OnSuccess,
}

/// <summary>
/// How a message wants to be acknowledged (HL7 v2 chapter 2, MSH-15 and MSH-16). In original mode, with both fields empty,
/// it gets the application's answer. In enhanced mode it gets an accept acknowledgement, which says that it is in safe
/// storage, and then the application's, each if it was asked for.
/// </summary>
/// <param name="IsEnhanced">Whether either field is valued.</param>
/// <param name="Accept">MSH-15.</param>
/// <param name="Application">MSH-16.</param>
public readonly record struct AcknowledgementMode(bool IsEnhanced, AcknowledgementCondition Accept, AcknowledgementCondition Application)
{
    public static AcknowledgementMode Original { get; } = new(false, AcknowledgementCondition.Never, AcknowledgementCondition.Always);

    /// <summary>Reads the mode of a message. One whose MSH can't be read is answered in original mode.</summary>
    public static AcknowledgementMode Of(Hl7Message? message)
    {
        var (accept, application) = (Word(message, 15), Word(message, 16));
        return accept.Length == 0 && application.Length == 0 ? Original : new AcknowledgementMode(true, Condition(accept), Condition(application));
    }

    /// <summary>The acknowledgements to give, in their order; none, one or two.</summary>
    /// <param name="accept">CA, CE or CR: whether the message was taken into safe storage for the application.</param>
    /// <param name="application">AA, AE or AR: what the application says.</param>
    public IReadOnlyList<AcknowledgementCode> Answers(AcknowledgementCode accept, AcknowledgementCode application)
    {
        if (!IsEnhanced)
        {
            return [application];
        }

        var isTaken = accept == AcknowledgementCode.CA;
        var isAcceptAsked = IsAsked(Accept, isTaken);

        // What was not taken has not come to the application; only where its sender will not hear that, it hears from the application.
        var isApplicationAsked = IsAsked(Application, application == AcknowledgementCode.AA) && (isTaken || !isAcceptAsked);
        return (isAcceptAsked, isApplicationAsked) switch
        {
            (true, true) => [accept, application],
            (true, false) => [accept],
            (false, true) => [application],
            _ => [],
        };
    }

    /// <summary>HL7's null (<c>""</c>) says no more than nothing does.</summary>
    private static string Word(Hl7Message? message, int field) => message?.GetSegment(0).Field(field).Decode().Trim(' ', '"') ?? "";

    private static bool IsAsked(AcknowledgementCondition condition, bool isSuccess) => condition switch
    {
        AcknowledgementCondition.Always => true,
        AcknowledgementCondition.OnError => !isSuccess,
        AcknowledgementCondition.OnSuccess => isSuccess,
        _ => false,
    };

    /// <summary>A word that the table lacks asks for something: a needless answer does less harm than a sender who waits for ever.</summary>
    private static AcknowledgementCondition Condition(string word) => word.ToUpperInvariant() switch
    {
        "" or "NE" => AcknowledgementCondition.Never,
        "ER" => AcknowledgementCondition.OnError,
        "SU" => AcknowledgementCondition.OnSuccess,
        _ => AcknowledgementCondition.Always,
    };
}
