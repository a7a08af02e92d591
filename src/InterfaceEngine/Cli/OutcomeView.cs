using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary>What became of a record that a command made or changed, and who is told.</summary>
internal static class OutcomeView
{
    /// <summary>The numbers by which a record is known, each with who gave it.</summary>
    public static string Names(IReadOnlyList<AliasView> aliases) => string.Join(", ", aliases.Select(alias => $"{alias.Value} ({alias.System})"));

    /// <summary>Shows the fields that changed and the deliveries that wait.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="changes">The fields.</param>
    /// <param name="deliveries">The deliveries.</param>
    /// <param name="toNobody">What is said where there are none.</param>
    public static void Show(Terminal terminal, IReadOnlyList<FieldChangeView> changes, IReadOnlyList<QueuedDelivery> deliveries, string toNobody)
    {
        var table = new TextTable("Field", "Before", "After");
        foreach (var change in changes)
        {
            table.Add(change.Name, change.Before ?? "", change.After ?? "(cleared)");
        }

        terminal.Table(table);
        foreach (var delivery in deliveries)
        {
            terminal.Line($"delivery {delivery.Id} ({delivery.Event}) waits for {delivery.Destination}");
        }

        if (deliveries.Count == 0)
        {
            terminal.Line(toNobody);
        }
    }
}
