namespace InterfaceEngine.Intake;

/// <summary>Nothing was changed. The message says why and holds no patient's value.</summary>
internal sealed class ChangeRefusedException(string message, ChangeRefusal kind = ChangeRefusal.Refused) : Exception(message)
{
    public ChangeRefusal Kind { get; } = kind;
}

/// <summary>Why a record was not changed, for whoever has to tell a caller what may be done about it.</summary>
internal enum ChangeRefusal
{
    /// <summary>It was understood: a rule, a time that is taken, a visit that is over.</summary>
    Refused,

    /// <summary>There is no such record.</summary>
    NotFound,

    /// <summary>The record is not as it was seen: somebody else changed it meanwhile.</summary>
    Changed,

    /// <summary>A word of it is none: a time, a code, a provider that is in no list.</summary>
    Wrong,
}
