using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>The transactions of one kind and currency in a message or batch.</summary>
/// <param name="Type">E.g. <c>charge</c>, <c>credit</c>.</param>
/// <param name="Currency">As the sender said it; null when it did not.</param>
/// <param name="Count">How many.</param>
/// <param name="Total">The sum of their amounts, each with the sender's own sign.</param>
internal sealed record ChargeTotal(string Type, string? Currency, int Count, decimal Total)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Count} {Type}, in all {Total}{(Currency is null ? "" : $" {Currency}")}");
}

/// <summary>Adds up what the charges of a message come to, so that a sender's own totals can be held against it.</summary>
internal static class ChargeTotals
{
    /// <summary>The record type that is added up.</summary>
    private const string Charge = "charge";

    /// <summary>One total for each kind and currency, in the order in which they first stand in the message.</summary>
    public static IReadOnlyList<ChargeTotal> Of(IReadOnlyList<IncomingRecord> records)
    {
        List<ChargeTotal>? totals = null;
        foreach (var record in records)
        {
            if (record.Type == Charge)
            {
                Add(totals ??= [], new ChargeTotal(record["type"].Text ?? "?", record["currency"].Text, 1, Amount(record)));
            }
        }

        return totals ?? (IReadOnlyList<ChargeTotal>)[];
    }

    /// <summary>The totals of several messages: a batch.</summary>
    public static IReadOnlyList<ChargeTotal> Sum(IEnumerable<IReadOnlyList<ChargeTotal>> messages)
    {
        var totals = new List<ChargeTotal>();
        foreach (var total in messages.SelectMany(message => message))
        {
            Add(totals, total);
        }

        return totals;
    }

    private static void Add(List<ChargeTotal> totals, ChargeTotal more)
    {
        var at = totals.FindIndex(total => total.Type == more.Type && total.Currency == more.Currency);
        if (at < 0)
        {
            totals.Add(more);
        }
        else
        {
            totals[at] = totals[at] with { Count = totals[at].Count + more.Count, Total = totals[at].Total + more.Total };
        }
    }

    /// <summary>The extended amount, else the unit's times how many. The map bounds their digits, so nothing overflows.</summary>
    private static decimal Amount(IncomingRecord record) =>
        Number(record["amount"]) ?? ((Number(record["unit_amount"]) ?? 0) * (Number(record["quantity"]) ?? 1));

    private static decimal? Number(FieldValue value) => value.Text is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;
}
