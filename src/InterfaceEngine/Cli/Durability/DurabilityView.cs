using System.Globalization;
using InterfaceEngine.Store;
using Spectre.Console;

namespace InterfaceEngine.Cli.Durability;

/// <summary>Runs a check for a person: progress while it works, then the figures and one line with the verdict.</summary>
internal static class DurabilityView
{
    private const int FindingsShown = 20;

    /// <returns>0 when all is well, otherwise 1.</returns>
    public static async Task<int> RunAsync(DurabilityOptions options, DurabilityCheck check, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var report = console.Profile.Capabilities.Interactive
            ? await console.Progress().StartAsync(context => RunAsync(options, check, context, cancellationToken))
            : await check.RunAsync(null, cancellationToken);
        Show(report, console);
        return report.IsPassed ? 0 : 1;
    }

    public static void Show(DurabilityReport report, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned());
        void Row(string name, string value) => table.AddRow(new Text(name), new Text(value));

        var (options, sending, stored) = (report.Options, report.Sending, report.Stored);
        Row("messages", Number(options.Messages));
        Row("connections", Number(options.Connections));
        Row("acknowledged", Number(sending.Acknowledged));
        Row("kills", Number(options.Kills));
        Row("sent again", Number(sending.Resends));
        foreach (var (state, count) in stored.States.OrderBy(pair => pair.Key))
        {
            Row($"stored as {state.Text()}", Number(count));
        }

        Row("patients", Number(stored.Patients));
        Row("patients that are current", Number(stored.Current));
        Row("lost", Number(report.Findings.CountOf(FindingKind.Lost)));
        Row("accepted twice", Number(report.Findings.CountOf(FindingKind.Twice)));
        Row("unaccounted", Number(report.Findings.CountOf(FindingKind.Unaccounted)));
        Row("seconds to start", string.Join(" ", sending.Starts.Select(start => start.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture))));
        Row("seconds in all", sending.Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture));
        Row("messages/s, restarts included", Number((int)report.MessagesPerSecond));
        Row("seed", options.Seed.ToString(CultureInfo.InvariantCulture));
        console.Write(table);

        foreach (var finding in report.Findings.Kept.Take(FindingsShown))
        {
            console.WriteLine($"{(finding.ControlId.Length > 0 ? finding.ControlId + ": " : "")}{finding.Reason}");
        }

        console.WriteLine(Verdict(report));
        if (report.Folder is { } folder)
        {
            console.WriteLine($"Kept: {folder}");
        }
    }

    private static string Verdict(DurabilityReport report)
    {
        if (report.IsPassed)
        {
            return $"PASSED: all {Number(report.Options.Messages)} messages were acknowledged, each is stored exactly once, and every record is current.";
        }

        var more = report.Findings.Count > FindingsShown ? $", of which the first {FindingsShown} are shown" : "";
        return $"FAILED: {Number(report.Findings.Count)} finding{(report.Findings.Count == 1 ? "" : "s")}{more}; {Number(report.Sending.Acknowledged)} of {Number(report.Options.Messages)} messages were acknowledged.";
    }

    private static async Task<DurabilityReport> RunAsync(DurabilityOptions options, DurabilityCheck check, ProgressContext context, CancellationToken cancellationToken)
    {
        var task = context.AddTask("messages", maxValue: options.Messages);
        return await check.RunAsync(new Progress<int>(acknowledged => task.Value = acknowledged), cancellationToken);
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
