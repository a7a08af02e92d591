namespace InterfaceEngine.Core.Records;

/// <summary>
/// The sender's message can't be taken. Only intake catches it: the message is kept and answered.
/// The message of the exception holds no value of a patient's, for it goes into the acknowledgement.
/// </summary>
public sealed class RejectedException : Exception
{
    /// <param name="place">Where, e.g. <c>MSH-4</c>.</param>
    /// <param name="reason">What was found and what was expected, e.g. <c>no practice is configured for facility 'SOUTH'</c>.</param>
    /// <param name="condition">The error condition, HL7 table 0357.</param>
    /// <param name="isRefusal">True: AR, the message is not for us. False: AE, its content is bad.</param>
    public RejectedException(string place, string reason, int condition, bool isRefusal)
        : base(reason)
    {
        Place = place;
        Condition = condition;
        IsRefusal = isRefusal;
    }

    public string Place { get; }

    public int Condition { get; }

    public bool IsRefusal { get; }
}
