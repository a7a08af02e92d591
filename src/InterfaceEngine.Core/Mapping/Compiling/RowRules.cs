using System.Text.RegularExpressions;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>What a <c>Rule</c> cell says.</summary>
internal sealed record RowRules
{
    public bool IsKey { get; init; }

    public string? AliasSystem { get; init; }

    public string? FinderSystem { get; init; }

    public IdFrame? FinderFrame { get; init; }

    public string? TellsApart { get; init; }

    public bool IsOfOneKey { get; init; }

    public bool IsRequired { get; init; }

    public string? Default { get; init; }

    public int? LengthMax { get; init; }

    public Regex? Pattern { get; init; }

    public IReadOnlyList<string>? Choices { get; init; }

    public bool IsSealed { get; init; }

    public string? PreferredFormat { get; init; }

    public bool IsReviewedOnChange { get; init; }

    public LookUpKind LookUp { get; init; }

    public IReadOnlyList<string> ClosedValues { get; init; } = [];

    public IReadOnlyList<string> ReopeningValues { get; init; } = [];

    public IReadOnlyDictionary<string, int> Ranks { get; init; } = new Dictionary<string, int>();

    public IReadOnlyList<string> RetractingValues { get; init; } = [];

    public string? CountedUnit { get; init; }

    public bool IsReplacing { get; init; }

    public bool IsMerging { get; init; }
}
