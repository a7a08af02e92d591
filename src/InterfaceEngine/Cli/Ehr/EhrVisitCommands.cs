using System.CommandLine;
using System.Globalization;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli.Ehr;

/// <summary><c>ehr patients|slots|book|freeze</c>: from a name to a visit.</summary>
internal static class EhrVisitCommands
{
    public static Command Patients(CommandRunner run)
    {
        var connection = EhrCommands.Connection();
        var first = new Option<string?>("--first") { Description = "First name.", HelpName = "NAME" };
        var last = new Option<string?>("--last") { Description = "Last name.", HelpName = "NAME" };
        var born = new Option<string?>("--born") { Description = "Date of birth, YYYY-MM-DD.", HelpName = "DATE" };
        var phone = new Option<string?>("--phone") { Description = "Any telephone number.", HelpName = "NUMBER" };
        var email = new Option<string?>("--email") { Description = "Mail address.", HelpName = "ADDRESS" };
        var zip = new Option<string?>("--zip") { Description = "Postal code.", HelpName = "CODE" };
        var number = new Option<string?>("--number") { Description = "The vendor's number of the patient.", HelpName = "ID" };
        var limit = CommonOptions.Limit(20);
        var command = new Command("patients", "Looks patients up at the vendor. Nothing is stored; the look is audited.") { connection, first, last, born, phone, email, zip, number, limit, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new EhrPatientsRequest(context.Value(connection))
            {
                Actor = context.Terminal.Actor,
                Reason = context.Reason,
                FirstName = context.Value(first),
                LastName = context.Value(last),
                BirthDate = context.Value(born),
                Phone = context.Value(phone),
                Email = context.Value(email),
                PostalCode = context.Value(zip),
                Number = context.Value(number),
                Limit = context.Value(limit),
            },
            answer => Render(context.Terminal, answer))));
        return command;
    }

    public static Command Slots(CommandRunner run)
    {
        var connection = EhrCommands.Connection();
        var department = new Option<string?>("--department") { Description = "The department: ours or the vendor's. Default: the connection's.", HelpName = "D" };
        var provider = new Option<string?>("--provider") { Description = "The provider: ours or the vendor's. Default: all.", HelpName = "X" };
        var type = new Option<string?>("--type") { Description = "The appointment type, as the code table names it, or the vendor's number. Default: all.", HelpName = "T" };
        var from = new Option<string?>("--from") { Description = "First day, YYYY-MM-DD. Default: today.", HelpName = "DATE" };
        var until = new Option<string?>("--until") { Description = "Last day, YYYY-MM-DD. Default: seven days on.", HelpName = "DATE" };
        var limit = CommonOptions.Limit(200);
        var command = new Command("slots", "Shows what is free at the vendor.") { connection, department, provider, type, from, until, limit, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new EhrSlotsRequest(context.Value(connection))
            {
                Actor = context.Terminal.Actor,
                Department = context.Value(department),
                Provider = context.Value(provider),
                Type = context.Value(type),
                From = context.Value(from),
                Until = context.Value(until),
                Limit = context.Value(limit),
            },
            answer => Render(context.Terminal, answer))));
        return command;
    }

    public static Command Book(CommandRunner run)
    {
        var connection = EhrCommands.Connection();
        var slot = new Option<string>("--slot") { Description = "The vendor's number of a free slot, as slots shows it.", HelpName = "ID", Required = true };
        var patient = new Option<string>("--patient") { Description = "The patient: the vendor's number, or ours.", HelpName = "ID", Required = true };
        var type = new Option<string?>("--type") { Description = "The appointment type, as the code table names it.", HelpName = "T" };
        var reason = new Option<string?>("--reason") { Description = "Why the patient comes.", HelpName = "TEXT" };
        var note = new Option<string?>("--note") { Description = "A note to the clinic.", HelpName = "TEXT" };
        var key = new Option<string?>("--key") { Description = "Your own name for this booking: sent again with the same key it makes no second visit.", HelpName = "KEY" };
        var destination = new Option<string?>("--destination") { Description = "Tell only this destination. Default: all of the practice's.", HelpName = "D" };
        var because = new Option<string>("--because") { Description = "Why: kept in the audit.", HelpName = "TEXT", Required = true };
        var command = new Command("book", "Books a free slot: the visit is kept here, and the practice's destinations are told.")
        {
            connection, slot, patient, type, reason, note, key, destination, because, CommonOptions.Json,
        };
        command.SetAction(run(context => context.ShowAsync(
            new BookAppointmentRequest(PracticeOf(context, context.Value(connection)), context.Value(patient)!)
            {
                Actor = context.Terminal.Actor,
                Reason = context.Value(because),
                Slot = context.Value(slot),
                Connection = context.Value(connection),
                Type = context.Value(type),
                VisitReason = context.Value(reason),
                Note = context.Value(note),
                Key = context.Value(key),
                Destination = context.Value(destination),
            },
            answer => AppointmentCommands.Render(context.Terminal, "booked", answer))));
        return command;
    }

    public static Command Freeze(CommandRunner run)
    {
        var connection = EhrCommands.Connection();
        var slot = new Argument<string>("SLOT") { Description = "The vendor's number of an open slot (ehr slots)." };
        var thaw = new Option<bool>("--thaw") { Description = "Give it free." };
        var command = new Command("freeze", "Keeps an open slot back at athenahealth, so that nobody is booked into it. It is audited.") { connection, slot, thaw, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new FreezeSlotRequest(context.Value(connection), context.Value(slot)) { Actor = context.Terminal.Actor, Reason = context.Reason, IsThawed = context.Value(thaw) },
            answer => context.Terminal.Line($"{answer.Connection}: slot {answer.Slot} {(answer.WasSo ? "was" : "is")} {(answer.IsFrozen ? "kept back" : "free")}{(answer.WasSo ? " before, nothing was changed" : "")}"))));
        return command;
    }

    private static string PracticeOf(CommandContext context, string connection) =>
        context.Settings.Connections.FirstOrDefault(one => one.Id == connection)?.Practice
        ?? throw new UsageException($"{connection} is no connection of the settings ({string.Join(", ", context.Settings.Connections.Select(one => one.Id))}).{Spelling.DidYouMean(connection, [.. context.Settings.Connections.Select(one => one.Id)])}");

    private static void Render(Terminal terminal, EhrPatientsAnswer answer)
    {
        var table = new TextTable("Id", "Last name", "First name", "Born", "Sex", "Telephone", "Score");
        foreach (var one in answer.Patients)
        {
            table.Add(one.Id, one.LastName ?? "", one.FirstName ?? "", one.BirthDate ?? "", one.Sex ?? "", one.Phone ?? "", one.Score?.ToString("0.#", CultureInfo.InvariantCulture) ?? "");
        }

        terminal.Table(table);
        if (answer.HasMore)
        {
            terminal.Line("There are more: say more of whom you look for, or raise --limit.");
        }
    }

    private static void Render(Terminal terminal, EhrSlotsAnswer answer)
    {
        var table = new TextTable("Slot", "Starts", "Minutes", "Department", "Provider", "Type");
        foreach (var one in answer.Slots)
        {
            table.Add(one.Id, one.Start.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture), $"{one.Minutes}", one.Department ?? "", one.Provider ?? "", one.TypeName ?? one.Type ?? "");
        }

        terminal.Table(table);
        if (answer.HasMore)
        {
            terminal.Line("There are more: name fewer days, or raise --limit.");
        }
    }
}
