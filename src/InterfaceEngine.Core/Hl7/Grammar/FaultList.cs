namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>Gathers faults and warnings up to the limit.</summary>
internal sealed class FaultList(int max)
{
    public List<GrammarFault> Faults { get; } = [];

    public List<GrammarFault> Warnings { get; } = [];

    public bool IsCut { get; private set; }

    /// <summary>No more faults are told, so there is no point in looking on.</summary>
    public bool IsFull => Faults.Count >= max && IsCut;

    public void Add(GrammarFault fault)
    {
        var list = fault.IsWarning ? Warnings : Faults;
        if (list.Count < max)
        {
            list.Add(fault);
        }
        else
        {
            IsCut = true;
        }
    }
}
