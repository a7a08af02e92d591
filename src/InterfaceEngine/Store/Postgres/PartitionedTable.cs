using System.Globalization;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store.Sql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// A table that lies in parts, one for each month: what is too old is dropped as a whole, and what is written lies together.
/// What is no month's lies in a part of its own, the rest.
/// </summary>
/// <param name="Name">The table.</param>
/// <param name="Column">What rises with time.</param>
/// <param name="Begin">The first value of a month.</param>
internal sealed record PartitionedTable(string Name, string Column, Func<DateTimeOffset, long> Begin)
{
    /// <summary>Those that grow with every message. Records and their names don't, and stay as long as the patient is known.</summary>
    public static IReadOnlyList<PartitionedTable> All { get; } =
    [
        new("messages", "message_id", month => IdSource.FirstAt(month).Value),
        new("changes", "committed_at", month => month.ToUnixTimeMilliseconds()),
        new("receipts", "week", month => ReceiptWeeks.Of(month.ToUnixTimeMilliseconds())),
    ];

    /// <summary>Holds what came when its month had no part: a clock that ran ahead, or nobody who could make it in time.</summary>
    public string Rest => $"{Name}_rest";

    public string Part(DateTimeOffset month) => string.Create(CultureInfo.InvariantCulture, $"{Name}_{month:yyyy_MM}");

    /// <summary>The month of a part of this table; null for another table's, and for the rest.</summary>
    public DateTimeOffset? MonthOf(string part) =>
        part.StartsWith(Name + "_", StringComparison.Ordinal)
            && DateTimeOffset.TryParseExact(part.AsSpan(Name.Length + 1), "yyyy_MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var month) ? month : null;

    /// <summary>The first moment of the month, UTC.</summary>
    public static DateTimeOffset MonthOf(DateTimeOffset time) => new(time.UtcDateTime.Year, time.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
}
