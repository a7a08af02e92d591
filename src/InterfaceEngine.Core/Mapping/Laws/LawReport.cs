namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>A law the tables keep (mapping design §10).</summary>
public enum Law
{
    /// <summary>L1: what is written and read back is the same record.</summary>
    WriteRead,

    /// <summary>L2: a message read and written back over itself changes only in mapped places, and only in how a value is spelled.</summary>
    ReadWrite,

    /// <summary>L3: a record written by two profiles and read back agrees on the fields both carry.</summary>
    Agreement,
}

/// <summary>What running the laws found.</summary>
/// <param name="Records">How many generated records were written.</param>
/// <param name="Messages">How many messages were written over themselves.</param>
/// <param name="Normalisations">Places in which the two spelled a value otherwise than its sender, each with how often.</param>
/// <param name="Failures">Where a law does not hold.</param>
public sealed record LawReport(int Records, int Messages, IReadOnlyDictionary<string, int> Normalisations, IReadOnlyList<LawFailure> Failures);

/// <summary>A case in which a law does not hold, made as small as it goes.</summary>
/// <param name="Law">The law.</param>
/// <param name="Practice">Whose tables.</param>
/// <param name="Type">The record type.</param>
/// <param name="Event">The event that was written.</param>
/// <param name="What">What went wrong.</param>
/// <param name="Example">The generated record, field by field; for a message, the message's name. Never a patient's.</param>
public sealed record LawFailure(Law Law, string Practice, string Type, string Event, string What, string Example)
{
    /// <summary><c>L1 practice 1959 appointment SIU^S12: end_time is read back as nothing. Example: …</c></summary>
    public override string ToString() => $"L{(int)Law + 1} practice {Practice} {Type} {Event}: {What} Example: {Example}";
}
