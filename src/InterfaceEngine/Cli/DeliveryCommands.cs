using System.CommandLine;
using System.Globalization;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>deliveries list|show|retry|dismiss</c>: what goes out, and what a person must decide about it.</summary>
internal static class DeliveryCommands
{
    private const int RetriedTogether = 500;

    public static void AddTo(Command root, CommandRunner run)
    {
        root.Add(new Command("deliveries", "Shows what is sent to other systems, and decides about what is held.") { List(run), Show(run), Retry(run), Dismiss(run) });
    }

    /// <summary>Destinations as the status shows them.</summary>
    public static TextTable Table(IReadOnlyList<DestinationStatus> destinations, DateTimeOffset now)
    {
        var table = new TextTable("Destination", "Kind", "Address", "State", "Waiting", "Oldest", "Held", "Delivered", "Dismissed", "Last reply", "Owner");
        foreach (var destination in destinations)
        {
            table.Add(
                destination.Name,
                destination.Kind,
                destination.Address,
                destination.State,
                Text(destination.Waiting),
                destination.OldestWaiting is { } oldest ? Age(now - oldest) : "",
                Text(destination.Held),
                Text(destination.Delivered),
                Text(destination.Dismissed),
                destination.LastReplyAt is { } at ? CommandContext.Time(at) : "",
                destination.Owner ?? "");
        }

        return table;
    }

    private static Command List(CommandRunner run)
    {
        var destination = new Option<string?>("--destination") { Description = "Only deliveries to this destination.", HelpName = "NAME" };
        var state = new Option<string?>("--state") { Description = "waiting, delivered, held or dismissed.", HelpName = "STATE" };
        var before = new Option<string?>("--before") { Description = "The id with which the page before ended.", HelpName = "ID" };
        var limit = CommonOptions.Limit(50);
        var command = new Command("list", "Lists deliveries, newest first.") { destination, state, before, limit, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListDeliveriesRequest(context.PracticeOrAll(), context.Value(destination), context.Value(state), context.Value(before), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderList(context.Terminal, answer))));
        return command;
    }

    private static Command Show(CommandRunner run)
    {
        var id = new Argument<string>("ID") { Description = "The delivery's id, as the list shows it." };
        var command = new Command("show", "Shows a delivery: what is sent, the last reply, and why it is held.") { id, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ShowDeliveryRequest(context.Value(id)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderOne(context.Terminal, answer))));
        return command;
    }

    private static Command Retry(CommandRunner run)
    {
        var ids = new Argument<string[]>("ID") { Description = "Deliveries, as the list shows them.", Arity = ArgumentArity.ZeroOrMore };
        var destination = new Option<string?>("--destination") { Description = "All that are held for this destination, in place of ids.", HelpName = "NAME" };
        var code = new Option<string?>("--code") { Description = "With --destination: only those with this last reply, e.g. AE, or 'AE 103'.", HelpName = "REPLY" };
        var dryRun = new Option<bool>("--dry-run") { Description = "With --destination: only say how many there are." };
        var command = new Command("retry", "Has held deliveries sent again, with the same bytes and control id, in their old place; waiting ones at once.")
        {
            ids, destination, code, dryRun, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json,
        };
        command.SetAction(run(context => (context.Value(ids), context.Value(destination)) switch
        {
            ({ Length: > 0 } named, null) when context.Value(code) is null && !context.Value(dryRun) && context.PracticeOrAll() is null => context.ShowAsync(
                new RetryDeliveriesRequest(named) { Actor = context.Terminal.Actor, Reason = context.Reason },
                answer => RenderDecisions(context.Terminal, answer)),
            ({ Length: 0 }, { } name) when !context.IsJson => RetryHeldAsync(context, name, context.Value(code), context.Value(dryRun)),
            _ => throw new UsageException("Name deliveries by id, or all that are held for a destination: --destination NAME [--code REPLY] [--practice P] [--dry-run], without --json."),
        }));
        return command;
    }

    /// <summary>Finds what is held, says how many, then has them sent again page by page, so that nobody else waits long.</summary>
    private static async Task<int> RetryHeldAsync(CommandContext context, string destination, string? code, bool isTrial)
    {
        var held = new List<HeldDeliveryView>();
        string? next = null;
        do
        {
            var page = await context.AskAsync(new FindHeldRequest(context.PracticeOrAll(), destination, code, next) { Actor = context.Terminal.Actor });
            held.AddRange(page.Deliveries);
            next = page.Next;
        }
        while (next is not null);

        context.Terminal.Line($"{Text(held.Count)} held deliveries to {destination}{(code is null ? "" : $" with {code}")}{(held.Count == 0 ? "" : ":")}");
        foreach (var reply in held.CountBy(delivery => delivery.Code).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            context.Terminal.Line($"{Text(reply.Value)} {reply.Key}");
        }

        if (isTrial)
        {
            return ExitCode.Done;
        }

        var done = 0;
        foreach (var chunk in held.Chunk(RetriedTogether))
        {
            var answer = await context.AskAsync(new RetryDeliveriesRequest([.. chunk.Select(delivery => delivery.Delivery)]) { Actor = context.Terminal.Actor, Reason = context.Reason });
            done += answer.Deliveries.Count(delivery => delivery.IsDone);
        }

        context.Terminal.Line($"{Text(done)} are sent again{(done == held.Count ? "." : $"; {Text(held.Count - done)} were not held any more.")}");
        return ExitCode.Done;
    }

    private static Command Dismiss(CommandRunner run)
    {
        var ids = new Argument<string[]>("ID") { Description = "Deliveries, as the list shows them.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("dismiss", "Gives held or waiting deliveries up: what follows in their lanes is sent. Needs --reason.") { ids, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new DismissDeliveriesRequest(context.Value(ids)!) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderDecisions(context.Terminal, answer))));
        return command;
    }

    private static void RenderList(Terminal terminal, DeliveriesAnswer answer)
    {
        var table = new TextTable("Id", "Queued", "Practice", "Destination", "Event", "Control id", "State", "Reply", "Attempts", "Why");
        foreach (var delivery in answer.Deliveries)
        {
            table.Add(
                delivery.Id, CommandContext.Time(delivery.CreatedAt), delivery.Practice ?? "?", delivery.Destination, delivery.Event, delivery.ControlId,
                delivery.State, delivery.Code, Text(delivery.Attempts), delivery.Reason);
        }

        terminal.Table(table);
        if (answer.Next is { } next)
        {
            terminal.Line($"go on with --before {next}");
        }
    }

    private static void RenderOne(Terminal terminal, DeliveryAnswer answer)
    {
        var delivery = answer.Delivery;
        terminal.Line($"{delivery.Event} {delivery.ControlId} of practice {delivery.Practice ?? "?"} to {delivery.Destination}, queued {CommandContext.Time(delivery.CreatedAt)}");
        terminal.Line($"{delivery.State}{(delivery.Code is { } code ? $" ({code})" : "")}, {Text(delivery.Attempts)} attempt{(delivery.Attempts == 1 ? "" : "s")}{When(delivery)}");
        terminal.Line($"record {delivery.Record ?? "none"}, caused by message {delivery.Message ?? "none"}");
        if (delivery.Reason is { } reason)
        {
            terminal.Line(reason);
        }

        terminal.Line();
        MessageCommands.Segments(terminal, answer.Body);
        if (answer.Reply.Length > 0)
        {
            terminal.Line();
            terminal.Line("Last reply:");
            MessageCommands.Segments(terminal, answer.Reply);
        }
    }

    private static string When(DeliveryView delivery) => delivery switch
    {
        { SettledAt: { } settledAt } => $", settled {CommandContext.Time(settledAt)}",
        { NextAttemptAt: { } nextAt } => $", next attempt not before {CommandContext.Time(nextAt)}",
        _ => "",
    };

    private static void RenderDecisions(Terminal terminal, DeliveryDecisionsAnswer answer)
    {
        foreach (var delivery in answer.Deliveries)
        {
            terminal.Line($"delivery {delivery.Delivery}: {(delivery.IsDone ? delivery.State : $"is {delivery.State} already, nothing was changed")}");
        }
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 1 } => $"{Text((long)age.TotalSeconds)} s",
        { TotalHours: < 1 } => $"{Text((long)age.TotalMinutes)} min",
        { TotalDays: < 1 } => $"{Text((long)age.TotalHours)} h",
        _ => $"{Text((long)age.TotalDays)} d",
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
