using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli.Ehr;

/// <summary><c>ehr</c>: what a person asks of a vendor over a connection.</summary>
internal static class EhrCommands
{
    public static void AddTo(Command root, CommandRunner run) =>
        root.Add(new Command("ehr", "Asks vendors over the connections of the settings: patients, slots, bookings, synchronisation, bulk export.")
        {
            Connections(run),
            Capabilities(run),
            Consent(run),
            Sync(run),
            Changed(run),
            EhrBulkCommands.Of(run),
            EhrEventCommands.Of(run),
            EhrVisitCommands.Patients(run),
            EhrVisitCommands.Slots(run),
            EhrVisitCommands.Book(run),
            EhrVisitCommands.Freeze(run),
            References(run),
            EhrListCommand.Of(run),
        });

    /// <summary>The connection that a command is about.</summary>
    public static Argument<string> Connection() => new("CONNECTION") { Description = "A connection of the settings." };

    private static Command Connections(CommandRunner run)
    {
        var command = new Command("connections", "Lists the connections and how they are. Ends with 1 when one that is on can't be used.") { CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListConnectionsRequest { Actor = context.Terminal.Actor },
            answer => Render(context.Terminal, answer),
            answer => answer.Connections.All(one => one.State is "ready" or "off") ? ExitCode.Done : ExitCode.Failed)));
        return command;
    }

    private static Command Capabilities(CommandRunner run)
    {
        var connection = Connection();
        var command = new Command("capabilities", "Shows what a connection can do, as its server says, and where its profile says otherwise.") { connection, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new EhrCapabilitiesRequest(context.Value(connection)) { Actor = context.Terminal.Actor },
            answer => Render(context.Terminal, answer))));
        return command;
    }

    private static Command Consent(CommandRunner run)
    {
        var connection = Connection();
        var command = new Command("consent", "Begins a user's consent (SMART launch/patient): shows the address at which they sign in at the vendor.") { connection, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new BeginConsentRequest(context.Value(connection)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => context.Terminal.Line(answer.Address))));
        return command;
    }

    private static Command Sync(CommandRunner run)
    {
        var connection = Connection();
        var types = Types("Of the vendor's enhanced types only these, e.g. DiagnosticReport,CarePlan; the standard ones come as well, unless --no-standard.");
        var since = Since("What changed since then. Default: since the last synchronisation, by the server's clock.");
        var patient = new Option<string?>("--patient") { Description = "One patient alone: the vendor's number, or ours.", HelpName = "ID" };
        var noStandard = new Option<bool>("--no-standard") { Description = "Leave the standard types out." };
        var noEnhanced = new Option<bool>("--no-enhanced") { Description = "Leave the vendor's enhanced types out." };
        var last = new Option<bool>("--last") { Description = "Ask for nothing: show how the last one of all patients went, or that one runs." };
        var command = new Command("sync", "Asks for resources one by one and takes them in, now. Ends with 1 when a type that should have come did not, or something of one was refused.") { connection, types, since, patient, noStandard, noEnhanced, last, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.Value(last) ? LastAsync(context, context.Value(connection)) : context.ShowAsync(
            new EhrSyncRequest(context.Value(connection))
            {
                Actor = context.Terminal.Actor,
                Reason = context.Reason,
                IncludeStandard = !context.Value(noStandard),
                IncludeEnhanced = !context.Value(noEnhanced),
                ResourceTypes = List(context.Value(types)),
                Since = context.Value(since),
                Patient = context.Value(patient),
            },
            answer => Render(context.Terminal, answer),
            Ended)));
        return command;
    }

    private static Task<int> LastAsync(CommandContext context, string connection) => context.ShowAsync(
        new EhrSyncStateRequest(connection) { Actor = context.Terminal.Actor },
        answer => Render(context.Terminal, answer),
        answer => answer.Result is { } result ? Ended(result) : ExitCode.Done);

    private static int Ended(EhrSyncAnswer answer) => answer.Types.Any(type => type.HasFailed || type.Refused > 0) ? ExitCode.Failed : ExitCode.Done;

    private static Command Changed(CommandRunner run)
    {
        var connection = Connection();
        var feed = new Option<string?>("--feed") { Description = "One feed alone, e.g. appointments. Default: all that the connection follows.", HelpName = "FEED" };
        var again = new Option<DateTimeOffset?>("--again-since") { Description = "Ask for what was handed out since then again; what is known already changes nothing.", HelpName = "TIME" };
        var command = new Command("changed", "Looks at the feeds of what changed, now. Ends with 1 when one could not be read.") { connection, feed, again, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new EhrChangedRequest(context.Value(connection)) { Actor = context.Terminal.Actor, Reason = context.Reason, Feed = context.Value(feed), Again = context.Value(again) },
            answer => Render(context.Terminal, answer),
            answer => answer.Feeds.All(one => one.Problem is null) ? ExitCode.Done : ExitCode.Failed)));
        return command;
    }

    private static Command References(CommandRunner run)
    {
        var connection = Connection();
        var write = new Option<bool>("--write") { Description = "Write what is new into the practice's tables. It is in force once it is deployed." };
        var command = new Command("references", "Brings the vendor's departments and providers and the practice's tables side by side. Ends with 1 when they differ.")
        {
            connection, write, CommonOptions.Reason, CommonOptions.Json,
        };
        command.SetAction(run(context => context.ShowAsync(
            new EhrReferencesRequest(context.Value(connection)) { Actor = context.Terminal.Actor, Reason = context.Reason, IsWritten = context.Value(write) },
            answer => Render(context.Terminal, answer),
            answer => answer.Differences.Count == 0 || answer.Written.Count > 0 ? ExitCode.Done : ExitCode.Failed)));
        return command;
    }

    public static Option<string?> Types(string description) => new("--types") { Description = description, HelpName = "T,T" };

    public static Option<DateTimeOffset?> Since(string description) => new("--since") { Description = description, HelpName = "TIME" };

    /// <summary>The parts of a list with commas; null for none.</summary>
    public static IReadOnlyList<string>? List(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Render(Terminal terminal, ConnectionsAnswer answer)
    {
        terminal.Table(Table(answer.Connections));
        foreach (var (connection, feed) in answer.Connections.SelectMany(one => one.Feeds.Select(feed => (one.Id, feed))))
        {
            var rows = feed.RowsAt is { } at ? $"a row came last at {CommandContext.Time(at)}" : "no row came yet";
            terminal.Line($"{connection}: changed {feed.Feed} {(feed.Until is { } until ? $"read until {CommandContext.Time(until)}, {rows}" : "not read yet")}{(feed.Problem is { } problem ? $"; the last look failed: {problem}" : "")}");
        }

        foreach (var one in answer.Connections.Where(one => one.References is not null))
        {
            terminal.Line($"{one.Id}: {Words(one.References!)}");
        }
    }

    private static string Words(ReferencesView references) => (references.At is not { } at ? "departments and providers were not compared yet"
        : references is { New: 0, Changed: 0, Gone: 0 } ? $"the tables had the vendor's departments and providers at {CommandContext.Time(at)}"
        : $"of the vendor's departments and providers {references.New} are new, {references.Changed} changed and {references.Gone} gone ({CommandContext.Time(at)})")
        + (references.Written.Count > 0 ? $"; {string.Join(" and ", references.Written)} {(references.Written.Count > 1 ? "wait" : "waits")} to be deployed" : "")
        + (references.Problem is { } problem ? $"; the last look failed: {problem}" : "");

    /// <summary>One row for each connection.</summary>
    public static TextTable Table(IReadOnlyList<ConnectionView> connections)
    {
        var table = new TextTable("Connection", "Practice", "System", "Profile", "State", "Calls today", "Last answer", "Why");
        foreach (var one in connections)
        {
            table.Add(
                one.Id, one.Practice, one.System, one.Profile, one.State, one.UsedToday is { } used ? $"{used}{(one.Quota is { } quota ? $" of {quota}" : "")}" : "not counted",
                one.LastAnswerAt is { } last ? CommandContext.Time(last) : "never", string.Join(", ", new[] { one.Reason, one.PausedUntil is { } until ? $"until {CommandContext.Time(until)}" : null }.OfType<string>()));
        }

        return table;
    }

    private static void Render(Terminal terminal, EhrCapabilitiesAnswer answer)
    {
        terminal.Line($"{answer.Connection}: {answer.RateLimit}");
        foreach (var (name, isThere) in answer.Capabilities)
        {
            terminal.Line($"  {name}: {(isThere ? "yes" : "no")}");
        }

        if (answer.ResourceTypes.Count > 0)
        {
            terminal.Line($"  types: {string.Join(", ", answer.ResourceTypes)}");
        }

        foreach (var one in answer.Disagreements)
        {
            terminal.Line($"The server and the profile disagree: {one}");
        }
    }

    private static void Render(Terminal terminal, EhrSyncAnswer answer)
    {
        var table = new TextTable("Type", "Kind", "Came", "Created", "Updated", "Refused", "Held", "Parked", "Not asked for, because");
        foreach (var type in answer.Types)
        {
            table.Add(type.Type, type.IsEnhanced ? "enhanced" : "standard", $"{type.Fetched}", $"{type.Created}", $"{type.Updated}", $"{type.Refused}", $"{type.Held}", $"{type.Parked}", type.Skipped ?? "");
        }

        terminal.Table(table);
        terminal.Line($"{answer.Connection}: {answer.Total} resources, {answer.StandardResources} standard and {answer.EnhancedResources} enhanced{(answer.Until is { } until ? $"; the next goes on from {CommandContext.Time(until)}" : "")}");
        foreach (var note in answer.Notes)
        {
            terminal.Line(note);
        }
    }

    private static void Render(Terminal terminal, EhrSyncStateAnswer answer)
    {
        terminal.Line($"{answer.Connection}: {answer.State}{(answer.BeganAt is { } began ? $", begun {CommandContext.Time(began)}" : "")}{(answer.EndedAt is { } ended ? $", ended {CommandContext.Time(ended)}" : "")}");
        if (answer.Result is { } result)
        {
            Render(terminal, result);
        }
    }

    private static void Render(Terminal terminal, EhrChangedAnswer answer)
    {
        var table = new TextTable("Feed", "Came", "Again", "Left out", "Created", "Updated", "Refused", "Read until", "Problem");
        foreach (var one in answer.Feeds)
        {
            table.Add(
                one.Feed, $"{one.Rows}", $"{one.Again}", $"{one.LeftOut}", $"{one.Created}", $"{one.Updated}", $"{one.Refused}",
                one.Until is { } until ? CommandContext.Time(until) : "", one.Problem ?? "");
        }

        terminal.Table(table);
    }

    private static void Render(Terminal terminal, EhrReferencesAnswer answer)
    {
        if (answer.Differences.Count == 0)
        {
            terminal.Line($"{answer.Connection}: the tables have what the vendor has.");
            return;
        }

        var table = new TextTable("Table", "Change", "Vendor's id", "Name", "NPI", "Zone", "Was");
        foreach (var one in answer.Differences)
        {
            table.Add(one.Kind, one.Change, one.VendorId, one.Name, one.Npi ?? "", one.Zone ?? "", one.Was ?? "");
        }

        terminal.Table(table);
        foreach (var file in answer.Written)
        {
            terminal.Line($"{file}: written. See map check, then map deploy.");
        }
    }
}
