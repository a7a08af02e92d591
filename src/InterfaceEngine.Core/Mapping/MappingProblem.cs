namespace InterfaceEngine.Core.Mapping;

/// <summary>Something to mend or to know in a mapping file.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Code">Its code, e.g. <c>MAP201</c>.</param>
/// <param name="File">Path relative to the mapping folder.</param>
/// <param name="Line">Counts from 1.</param>
/// <param name="Column">Counts from 1, into the cell.</param>
/// <param name="Length">How many characters the carets mark.</param>
/// <param name="Text">What is wrong, in one sentence or two.</param>
/// <param name="Help">What to do; empty when the text says it.</param>
/// <param name="RowText">The line of the file as it stands.</param>
public sealed record MappingProblem(
    MappingSeverity Severity, string Code, string File, int Line, int Column, int Length, string Text, string Help, string RowText);

/// <summary>How bad a problem is.</summary>
public enum MappingSeverity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>It loads; somebody should look.</summary>
    Warning,

    /// <summary>What it stands in does not load.</summary>
    Error,
}
