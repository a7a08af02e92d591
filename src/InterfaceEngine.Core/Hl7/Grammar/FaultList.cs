namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>Gathers faults and warnings up to the limit.</summary>
internal sealed class FaultList(int max)
{
    // A sound message, which is nearly every one, has neither.
    private List<GrammarFault>? _faults;
    private List<GrammarFault>? _warnings;

    public IReadOnlyList<GrammarFault> Faults => _faults ?? [];

    public IReadOnlyList<GrammarFault> Warnings => _warnings ?? [];

    public bool IsCut { get; private set; }

    /// <summary>No more faults are told, so there is no point in looking on.</summary>
    public bool IsFull => IsCut && Faults.Count >= max;

    public void Add(GrammarFault fault)
    {
        var list = fault.IsWarning ? _warnings ??= [] : _faults ??= [];
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
