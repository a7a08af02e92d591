using System.Text.Json;

namespace InterfaceEngine.Store.Copy;

/// <summary>How far a store has been filled; kept in its mark, with the rows of each range.</summary>
/// <param name="Table">The table that was filled last; null when all are.</param>
/// <param name="Practice">In it, where it is read practice by practice.</param>
/// <param name="Through">The last key; null when the table, or the practice's part of it, is done.</param>
internal sealed record CopyPosition(string? Table, string? Practice, IReadOnlyList<string>? Through)
{
    /// <summary>Nothing is left to be filled: what differs is found by comparing.</summary>
    public static CopyPosition End { get; } = new(null, null, null);

    public static CopyPosition? Read(string? text) => text is null ? null : JsonSerializer.Deserialize<CopyPosition>(text);

    public static CopyPosition Of(CopyRange range) => new(range.Table.Name, range.Practice, range.Through?.Values);

    public override string ToString() => JsonSerializer.Serialize(this);
}
