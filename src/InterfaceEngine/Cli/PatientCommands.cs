using System.CommandLine;
using InterfaceEngine.Control;
using InterfaceEngine.Intake;

namespace InterfaceEngine.Cli;

/// <summary><c>patients create|change</c>: a patient is registered or changed on our side, and the practice's destinations that take patients are told.</summary>
internal static class PatientCommands
{
    public static void AddTo(Command root, CommandRunner run) =>
        root.Add(new Command("patients", "Registers and changes patients, and tells the practice's destinations.") { Create(run), Change(run) });

    private static Command Create(CommandRunner run)
    {
        var key = new Option<string?>("--key") { Description = "Your own name for this patient: sent again with the same key it makes no second one.", HelpName = "KEY" };
        var said = new Said(isRequired: true);
        var command = new Command("create", "Registers a patient under an id of our own.") { key };
        said.AddTo(command);
        command.SetAction(run(context => context.ShowAsync(
            said.Say(context, new CreatePatientRequest(context.Practice()) { Actor = context.Terminal.Actor, Key = context.Value(key) }),
            answer => Render(context.Terminal, "registered", answer))));
        return command;
    }

    private static Command Change(CommandRunner run)
    {
        var id = new Argument<string>("ID") { Description = "The patient: the vendor's number, or our id." };
        var number = new Option<string?>("--number") { Description = "The number that the patient has at the vendor, where you have looked and the vendor knows the patient.", HelpName = "N" };
        var said = new Said(isRequired: false);
        var command = new Command("change", "Changes a patient. What is not said stays.") { id, number };
        said.AddTo(command);
        command.SetAction(run(context => context.ShowAsync(
            said.Say(context, new ChangePatientRequest(context.Practice(), context.Value(id)) { Actor = context.Terminal.Actor, Number = context.Value(number) }),
            answer => Render(context.Terminal, "changed", answer))));
        return command;
    }

    private static void Render(Terminal terminal, string what, PatientAnswer answer)
    {
        var names = OutcomeView.Names(answer.Aliases);
        if (answer.IsRepeat)
        {
            terminal.Line($"patient {answer.Record} was registered with this key before: nothing was changed and nothing is sent; known as {names}");
            return;
        }

        terminal.Line($"patient {answer.Record} {what}; known as {names}");
        OutcomeView.Show(terminal, answer.Changes, answer.Deliveries, toNobody: "Nobody is told.");
    }

    /// <summary>What can be said of a patient.</summary>
    private sealed class Said(bool isRequired)
    {
        private Option<string[]> Fields { get; } = new("--field")
        {
            Description = "A field, as the table of patients names it: last_name=Sample. Once for each; of a list once for each value. An empty value removes it.",
            HelpName = "NAME=VALUE",
            Required = isRequired,
        };

        private Option<string?> Location { get; } = new("--location")
        {
            Description = "Where a patient who is new to the vendor is registered, by any name in locations.ref.md or the vendor's number. Default: the connection's own department.",
            HelpName = "Y",
        };

        private Option<bool> Another { get; } = new("--another") { Description = "The patient is another person than those of the same name and birth date." };

        private Option<string?> Destination { get; } = new("--destination") { Description = "Tell only this destination. Default: all of the practice's that take patients.", HelpName = "D" };

        private Option<string> Because { get; } = new("--because") { Description = "Why: kept in the audit.", HelpName = "TEXT", Required = true };

        /// <summary>The request with what was said of the patient.</summary>
        public T Say<T>(CommandContext context, T request)
            where T : PatientRequest => (T)(request with
            {
                Reason = context.Value(Because),
                Fields = [.. (context.Value(Fields) ?? []).Select(Field).GroupBy(one => one.Name).Select(one => new SaidField(one.Key, [.. one.Select(said => said.Value)]))],
                Location = context.Value(Location),
                IsAnother = context.Value(Another),
                Destination = context.Value(Destination),
            });

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[Fields, Location, Another, Destination, Because, CommonOptions.Practice, CommonOptions.Json])
            {
                command.Add(option);
            }
        }

        private static (string Name, string Value) Field(string said) => said.Split('=', 2) is [{ Length: > 0 } name, var value]
            ? (name, value)
            : throw new UsageException("--field is written NAME=VALUE: last_name=Sample, and email= to remove it.");
    }
}
