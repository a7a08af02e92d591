using System.CommandLine;
using System.Globalization;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>status</c>: sources, counts, mapping set, keys, what needs a person. Shows no patient data.</summary>
internal static class StatusCommand
{
    public static void AddTo(Command root, CommandRunner run)
    {
        var command = new Command("status", "Shows sources, counts, mapping set, keys and what needs a person.") { CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(new StatusRequest { Actor = context.Terminal.Actor }, answer => Render(context.Terminal, answer))));
        root.Add(command);
    }

    private static void Render(Terminal terminal, StatusAnswer answer)
    {
        terminal.Line(answer.IsRunning ? $"Running since {CommandContext.Time(answer.StartedAt!.Value)}, version {answer.Version}" : $"Not running (version {answer.Version} looked at the store)");
        if (answer.Readiness is { } readiness)
        {
            terminal.Line($"Readiness {readiness.State} since {CommandContext.Time(readiness.Since)}");
            foreach (var check in readiness.Checks.Where(check => check.Problem is not null))
            {
                terminal.Line($"          {check.Name}: {check.Problem}, since {CommandContext.Time(check.Since)}");
            }
        }

        terminal.Line($"Data      {answer.Data} ({answer.Store})");
        terminal.Line($"Keys      {answer.Keys}");
        terminal.Line(answer.Mapping.Set is { } set
            ? $"Mapping   {answer.Mapping.Folder}, set {set}, {answer.Mapping.Errors} errors, {answer.Mapping.Warnings} warnings"
            : $"Mapping   {answer.Mapping.Folder}: not loaded, {answer.Mapping.Errors} errors: see map check");
        foreach (var remark in (string?[])[answer.Mapping.Problem, answer.Mapping.Note])
        {
            if (remark is not null)
            {
                terminal.Line($"          {remark}");
            }
        }

        var counters = string.Join(", ", answer.StoreCounters.Where(counter => counter.Value != 0).Select(counter => $"{counter.Key} {counter.Value}"));
        terminal.Line($"Store     {(counters.Length == 0 ? "nothing written yet" : counters)}");
        terminal.Line(answer.Ledger is { } ledger
            ? $"Ledger    {(ledger.Differences == 0 ? ledger.Accepted == 0 ? "balanced" : $"balanced but for {ledger.Accepted} accepted" : $"{ledger.Differences} DIFFERENCES: see ledger")}, {(ledger.IsFull ? "rows counted" : "counts compared")} {CommandContext.Time(ledger.CheckedAt)}, closed through {ledger.ClosedThrough ?? "no day yet"}"
            : "Ledger    not checked yet: see ledger");
        ShowNodes(terminal, answer.Nodes);
        var sources = new TextTable("Source", "Kind", "Address", "Practices", "State", "Counters");
        foreach (var source in answer.Sources)
        {
            var ofSource = string.Join(", ", source.Counters.Where(counter => counter.Value != 0).Select(counter => $"{counter.Key} {counter.Value}"));
            sources.Add(source.Name, source.Kind, source.Address, string.Join(", ", source.Practices), source.State, ofSource);
        }

        Section(terminal, "Sources", sources);
        var peers = new TextTable("Source", "Sender", "Connections open");
        foreach (var (source, peer) in answer.Sources.SelectMany(source => source.Peers.Select(peer => (source.Name, peer))))
        {
            peers.Add(source, peer.Key, $"{peer.Value}");
        }

        if (peers.Count > 0)
        {
            Section(terminal, "Senders", peers);
        }

        Section(terminal, "Destinations", DeliveryCommands.Table(answer.Destinations, terminal.Time.GetUtcNow()));
        foreach (var destination in answer.Destinations.Where(destination => destination.Reason is not null))
        {
            terminal.Line($"{destination.Name} backs off: {destination.Reason}");
        }

        if (answer.Connections.Count > 0)
        {
            Section(terminal, "Connections to vendors", Ehr.EhrCommands.Table(answer.Connections));
        }

        ShowCertificates(
            terminal,
            [
                .. answer.Sources.Select(source => (source.Name, source.Certificates, source.CertificateProblems)),
                .. answer.Destinations.Select(destination => (destination.Name, destination.Certificates, destination.CertificateProblems)),
            ]);
        var messages = new TextTable("Source", "State", "Messages");
        foreach (var count in answer.Messages)
        {
            messages.Add(count.Source, count.State, $"{count.Count}");
        }

        Section(terminal, "Messages", messages);
        var records = new TextTable("Practice", "Type", "Records");
        foreach (var count in answer.Records)
        {
            records.Add(count.Practice, count.Type, $"{count.Count}");
        }

        Section(terminal, "Records", records);
        var open = new TextTable("Needs a person", "Count");
        foreach (var count in answer.Open)
        {
            open.Add(count.Kind, $"{count.Count}");
        }

        Section(terminal, "Open", open);
    }

    private static void ShowNodes(Terminal terminal, NodesStatus status)
    {
        if (status.OldestReady is { } ready)
        {
            terminal.Line($"Ready     messages could be taken up again, the oldest received {CommandContext.Time(ready)}");
        }

        if (!status.IsShared)
        {
            return;
        }

        var nodes = new TextTable("Node", "Number", "Version", "State", "Last heard", "Mapping set", "Problem");
        foreach (var node in status.Nodes)
        {
            nodes.Add(
                node.Name, $"{node.Number}", node.Version,
                node.IsLive ? $"live since {CommandContext.Time(node.StartedAt)}" : $"gone since {CommandContext.Time(node.SeenAt)}",
                string.Create(CultureInfo.InvariantCulture, $"{node.SilentSeconds:0.0} s ago"), node.MappingSet ?? "", node.Problem ?? "");
        }

        Section(terminal, "Nodes", nodes);
        var leases = new TextTable("Lease", "Node", "Number", "Ends in");
        foreach (var lease in status.Leases)
        {
            leases.Add(lease.Name, lease.Owner, $"{lease.Number}", string.Create(CultureInfo.InvariantCulture, $"{lease.EndsInSeconds:0.0} s"));
        }

        Section(terminal, "Leases", leases);
    }

    private static void ShowCertificates(Terminal terminal, IReadOnlyList<(string Name, IReadOnlyList<CertificateView> Certificates, IReadOnlyList<string> Problems)> users)
    {
        var certificates = new TextTable("Source or destination", "Certificate", "Name", "Expires", "Days left");
        foreach (var (user, certificate) in users.SelectMany(user => user.Certificates.Select(certificate => (user.Name, certificate))))
        {
            certificates.Add(user, certificate.Use, certificate.Name, CommandContext.Time(certificate.ExpiresAt), $"{certificate.DaysLeft}");
        }

        if (certificates.Count > 0)
        {
            Section(terminal, "Certificates", certificates);
        }

        foreach (var (user, problem) in users.SelectMany(user => user.Problems.Select(problem => (user.Name, problem))))
        {
            terminal.Line($"{user} keeps its certificates, for the new files can't be used: {problem}");
        }
    }

    private static void Section(Terminal terminal, string name, TextTable table)
    {
        terminal.Line();
        if (table.Count == 0)
        {
            terminal.Line($"{name}: none");
        }
        else
        {
            terminal.Table(table);
        }
    }
}
