using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>appointments book|modify|cancel</c>: a visit changes on our side, and the practice's destinations are told.</summary>
internal static class AppointmentCommands
{
    public static void AddTo(Command root, CommandRunner run) =>
        root.Add(new Command("appointments", "Books, changes and cancels appointments, and tells the practice's destinations.") { Book(run), Modify(run), Cancel(run) });

    private static Command Book(CommandRunner run)
    {
        var patient = new Option<string>("--patient") { Description = "The patient: the vendor's id, or ours.", HelpName = "ID", Required = true };
        var key = new Option<string?>("--key") { Description = "Your own name for this booking: sent again with the same key it makes no second visit.", HelpName = "KEY" };
        var fields = new Fields(isRequired: true);
        var command = new Command("book", "Books a visit under an id of our own and sends SIU^S12.") { patient, key };
        fields.AddTo(command);
        command.SetAction(run(context => context.ShowAsync(
            fields.Say(context, new BookAppointmentRequest(context.Practice(), context.Value(patient)!) { Actor = context.Terminal.Actor, Key = context.Value(key) }),
            answer => Render(context.Terminal, "booked", answer))));
        return command;
    }

    private static Command Modify(CommandRunner run)
    {
        var id = Id();
        var fields = new Fields(isRequired: false);
        var command = new Command("modify", "Changes a visit and sends SIU^S14. What is not said stays.") { id };
        fields.AddTo(command);
        command.SetAction(run(context => context.ShowAsync(
            fields.Say(context, new ModifyAppointmentRequest(context.Practice(), context.Value(id)) { Actor = context.Terminal.Actor }),
            answer => Render(context.Terminal, "changed", answer))));
        return command;
    }

    private static Command Cancel(CommandRunner run)
    {
        var id = Id();
        var (destination, because) = (Destination(), Because());
        var command = new Command("cancel", "Cancels a visit and sends SIU^S15.") { id, destination, because, CommonOptions.Practice, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new CancelAppointmentRequest(context.Practice(), context.Value(id)) { Actor = context.Terminal.Actor, Reason = context.Value(because), Destination = context.Value(destination) },
            answer => Render(context.Terminal, "cancelled", answer))));
        return command;
    }

    public static void Render(Terminal terminal, string what, AppointmentAnswer answer)
    {
        var names = OutcomeView.Names(answer.Aliases);
        if (answer.IsRepeat)
        {
            terminal.Line($"appointment {answer.Record} was booked with this key before: nothing was changed and nothing is sent; known as {names}");
            return;
        }

        terminal.Line($"appointment {answer.Record} {what}: {answer.Event}; known as {names}");
        OutcomeView.Show(terminal, answer.Changes, answer.Deliveries, toNobody: "Nobody is told: the practice has no destination.");
    }

    private static Argument<string> Id() => new("ID") { Description = "The visit: our id, the placer's or the filler's number." };

    private static Option<string?> Destination() => new("--destination") { Description = "Tell only this destination. Default: all of the practice's.", HelpName = "D" };

    private static Option<string> Because() => new("--because") { Description = "Why: kept in the audit.", HelpName = "TEXT", Required = true };

    /// <summary>What can be said of a visit.</summary>
    private sealed class Fields(bool isRequired)
    {
        private Option<string?> Start { get; } = new("--start") { Description = "When it starts, on the clinic's clock: 2026-12-01 09:00.", HelpName = "TIME", Required = isRequired };

        private Option<int?> Minutes { get; } = new("--minutes") { Description = "How long it takes.", HelpName = "N", Required = isRequired };

        private Option<string?> Type { get; } = new("--type") { Description = "The appointment type, as the code table names it.", HelpName = "T" };

        private Option<string?> Provider { get; } = new("--provider") { Description = "The provider, by any name in providers.ref.md.", HelpName = "X", Required = isRequired };

        private Option<string?> Location { get; } = new("--location") { Description = "The location, by any name in locations.ref.md.", HelpName = "Y", Required = isRequired };

        private Option<string?> VisitReason { get; } = new("--reason") { Description = "Why the patient comes. An empty text removes it.", HelpName = "TEXT" };

        private Option<string?> Note { get; } = new("--note") { Description = "A note to the clinic. An empty text removes it.", HelpName = "TEXT" };

        private Option<string?> Destination { get; } = AppointmentCommands.Destination();

        private Option<string> Because { get; } = AppointmentCommands.Because();

        /// <summary>The request with what was said of the visit.</summary>
        public T Say<T>(CommandContext context, T request)
            where T : AppointmentRequest => (T)(request with
            {
                Reason = context.Value(Because),
                Start = context.Value(Start),
                Minutes = context.Value(Minutes),
                Type = context.Value(Type),
                Provider = context.Value(Provider),
                Location = context.Value(Location),
                VisitReason = context.Value(VisitReason),
                Note = context.Value(Note),
                Destination = context.Value(Destination),
            });

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[Start, Minutes, Type, Provider, Location, VisitReason, Note, Destination, Because, CommonOptions.Practice, CommonOptions.Json])
            {
                command.Add(option);
            }
        }
    }
}
