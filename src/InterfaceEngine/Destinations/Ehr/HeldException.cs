namespace InterfaceEngine.Destinations.Ehr;

/// <summary>What is wanted can't be done as it is, and trying again does not help: a person decides. Nothing was changed at the vendor.</summary>
/// <param name="code">In short, of fixed words.</param>
/// <param name="reason">Why, for whoever decides.</param>
internal sealed class HeldException(string code, string reason) : Exception(reason)
{
    /// <summary>Nothing is open at the time.</summary>
    public const string NoSlot = "no slot";

    /// <summary>What the vendor has is known here as another visit.</summary>
    public const string TwoRecords = "two records";

    public string Code { get; } = code;
}
