using System.Globalization;
using InterfaceEngine.Intake.Retention;

namespace InterfaceEngine;

/// <content>How long things are kept.</content>
internal sealed partial class SettingsReader
{
    /// <summary>The ledger closes days a while after their end, and what is not closed is not dropped.</summary>
    private static readonly TimeSpan _keptMin = TimeSpan.FromDays(2);

    private static RetentionOptions ReadRetention(SettingsSection section)
    {
        var defaults = new RetentionOptions();
        var options = new RetentionOptions
        {
            Messages = Kept(nameof(defaults.Messages)),
            Changes = Kept(nameof(defaults.Changes)),
            Receipts = Kept(nameof(defaults.Receipts)),
            Deliveries = Kept(nameof(defaults.Deliveries)),
            Runs = Kept(nameof(defaults.Runs)),
            Calls = section.Duration(nameof(defaults.Calls), defaults.Calls, TimeSpan.FromDays(1), TimeSpan.FromDays(36_500)),
            AtHour = section.Number(nameof(defaults.AtHour), defaults.AtHour, 0, 23, "an hour of the day"),
        };
        section.Close();
        return options;

        TimeSpan? Kept(string name) => section.Has(name) ? section.Duration(name, TimeSpan.MaxValue, _keptMin, TimeSpan.FromDays(36_500)) : null;
    }

    /// <summary>A resend is answered from the message and found by its receipt, so neither may go while it is recognised; nor before the ledger has closed its day.</summary>
    private void CheckRetention(EngineSettings settings)
    {
        var closes = TimeSpan.FromDays(1) + settings.Ledger.ClosesAfter;
        foreach (var (name, kept) in new[] { (nameof(RetentionOptions.Messages), settings.Retention.Messages), (nameof(RetentionOptions.Receipts), settings.Retention.Receipts) })
        {
            if (kept < settings.Store.ReceiptMemory)
            {
                _root.Problem($"Retention:{name}", $"{Days(kept.Value)} is shorter than Store:ReceiptMemory, {Days(settings.Store.ReceiptMemory)}: a resend would be stored again");
            }
        }

        if (settings.Retention.Messages < closes)
        {
            _root.Problem("Retention:Messages", $"{Days(settings.Retention.Messages.Value)} is shorter than a day and Ledger:ClosesAfter, {Days(closes)}: the ledger would not have closed its day");
        }

        if (settings.Retention is { Runs: { } runs } retention && (retention.Messages is not { } messages || runs < messages))
        {
            _root.Problem("Retention:Runs", $"{Days(runs)} is shorter than Retention:Messages, {(retention.Messages is { } kept ? Days(kept) : "for ever")}: messages would be without the file or batch that brought them");
        }

        static string Days(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.##} days");
    }
}
