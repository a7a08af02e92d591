namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>What the clinic has of one person: the state that the day's messages must come to.</summary>
public sealed class Chart
{
    internal Chart(Person person) => Person = person;

    /// <summary>As last told.</summary>
    public Person Person { get; internal set; }

    /// <summary>The number this record was merged into; null while it stands by itself.</summary>
    public string? MergedInto { get; internal set; }

    /// <summary>The person was registered by mistake, and that was told: nothing comes of it any more.</summary>
    public bool IsDeleted { get; internal set; }

    /// <summary>By number, as last told.</summary>
    public IReadOnlyDictionary<string, Visit> Visits => VisitsById;

    /// <summary>As last told.</summary>
    public IReadOnlyList<LabReport> Reports => ReportList;

    public IReadOnlyList<Charge> Charges => ChargeList;

    /// <summary>By number, as last told.</summary>
    public IReadOnlyDictionary<string, ChartDocument> Documents => DocumentsById;

    /// <summary>Nothing was ever told but the person.</summary>
    internal bool IsEmpty => VisitsById.Count == 0 && ReportList.Count == 0 && ChargeList.Count == 0 && DocumentsById.Count == 0;

    internal Dictionary<string, Visit> VisitsById { get; } = [];

    internal List<LabReport> ReportList { get; } = [];

    internal List<Charge> ChargeList { get; } = [];

    internal Dictionary<string, ChartDocument> DocumentsById { get; } = [];

    /// <summary>The minute of the last event told of it.</summary>
    internal DateTime LastTold { get; set; }

    /// <summary>A second record of the same person, not merged yet.</summary>
    internal Chart? Double { get; set; }
}
