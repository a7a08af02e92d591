using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>keys</c>: by which key programs are known to the HTTP interface.</summary>
internal static class KeyCommands
{
    public static void AddTo(Command root, CommandRunner run) =>
        root.Add(new Command("keys", "Makes, lists and revokes the keys of programs that use the HTTP interface.") { Create(run), List(run), Revoke(run) });

    private static Command Create(CommandRunner run)
    {
        var name = Name();
        var role = new Option<string>("--role") { Description = "operator, reader, receptionist, writer or administrator.", HelpName = "ROLE", Required = true };
        var practices = new Option<string[]>("--practice") { Description = "A practice that it may speak of; may be given more than once. Default: all.", HelpName = "P" };
        var expires = new Option<int?>("--expires") { Description = "It ends by itself after so many days. Default: it does not.", HelpName = "DAYS" };
        var command = new Command("create", "Makes a key and shows it, once.") { name, role, practices, expires, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new CreateKeyRequest(context.Value(name), context.Value(role)!, context.Value(practices) ?? []) { Actor = context.Terminal.Actor, Reason = context.Reason, ExpiresInDays = context.Value(expires) },
            answer =>
            {
                context.Terminal.Line(answer.Key);
                context.Terminal.Line($"This is the key of {answer.Name} ({answer.Role}{(answer.ExpiresAt is { } end ? $", until {CommandContext.Time(end)}" : "")}). It is not shown again: of it only a hash is kept.");
            })));
        return command;
    }

    private static Command List(CommandRunner run)
    {
        var command = new Command("list", "Lists the keys, revoked ones too.") { CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListKeysRequest { Actor = context.Terminal.Actor },
            answer =>
            {
                var table = new TextTable("Name", "Role", "Practices", "State", "Made", "Ends", "Last used");
                foreach (var key in answer.Keys)
                {
                    table.Add(
                        key.Name, key.Role, key.Practices.Count == 0 ? "all" : string.Join(", ", key.Practices), key.State, CommandContext.Time(key.CreatedAt),
                        Time(key.RevokedAt ?? key.ExpiresAt), Time(key.UsedAt));
                }

                context.Terminal.Table(table);
            })));
        return command;
    }

    private static Command Revoke(CommandRunner run)
    {
        var name = Name();
        var command = new Command("revoke", "Ends a key. Every node refuses it within seconds.") { name, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new RevokeKeyRequest(context.Value(name)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => context.Terminal.Line($"The key of {answer.Name} is revoked."))));
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "What you call the program, e.g. practice-studio." };

    private static string Time(DateTimeOffset? time) => time is { } at ? CommandContext.Time(at) : "";
}
