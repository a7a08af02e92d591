namespace InterfaceEngine.Intake.Files;

/// <summary>
/// The columns that a file of rejected rows has behind its own: they say why, and are passed over when the file is dropped again. Their names
/// are such that no sender's column is called so; <c>reason</c> alone is a column of schedules.
/// </summary>
internal static class RejectColumns
{
    public static IReadOnlyList<string> Names { get; } = ["rejected_row", "rejected_column", "rejected_reason"];

    public static bool IsOne(string column) => Names.Contains(column, StringComparer.OrdinalIgnoreCase);
}
