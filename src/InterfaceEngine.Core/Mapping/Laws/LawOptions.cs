using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>What the laws are run on.</summary>
public sealed record LawOptions
{
    /// <summary>Generated records for each type and format of a practice.</summary>
    public const int RecordsDefault = 200;

    /// <summary>As many with <c>--thorough</c>.</summary>
    public const int RecordsThorough = 2_000;

    public const int SeedDefault = 1;

    /// <summary>Only this practice; null runs all.</summary>
    public string? Practice { get; init; }

    /// <summary>Generated records for each type and format of a practice. Default 200.</summary>
    public int Records { get; init; } = RecordsDefault;

    /// <summary>What the generated records follow from. Default 1.</summary>
    public int Seed { get; init; } = SeedDefault;

    /// <summary>Messages for L2, L5 and L8 beside those of the tests.</summary>
    public IReadOnlyList<LawSample> Samples { get; init; } = [];
}

/// <summary>A message beside those of the tests.</summary>
/// <param name="Name">What a failure calls it.</param>
/// <param name="Practice">Whose it is; null runs it for every practice.</param>
public sealed record LawSample(string Name, string? Practice, Hl7Message Message);
