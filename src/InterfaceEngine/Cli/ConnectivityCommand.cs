using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>connectivity</c>: what of the outside can be reached, and which host keys are accepted.</summary>
internal static class ConnectivityCommand
{
    public static void AddTo(Command root, CommandRunner run)
    {
        var name = new Option<string?>("--only") { Description = "Only this source, destination or connection.", HelpName = "NAME" };
        var place = new Argument<string?>("PLACE") { Description = "Only this source, destination or connection.", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => null };
        var test = new Option<bool>("--send-test") { Description = "Send receivers of HL7 a message for trial (processing id T) of an invented person, and wait for its acknowledgement." };
        var command = new Command("connectivity", "Tries every place that the engine reaches out to, step by step, and shows host keys. Exit 1 when one can't be used.")
        {
            place, name, test, CommonOptions.Reason, CommonOptions.Json,
        };
        command.SetAction(run(context => context.ShowAsync(
            new ConnectivityRequest(context.Value(place) ?? context.Value(name)) { Actor = context.Terminal.Actor, Reason = context.Reason, SendsTest = context.Value(test) },
            answer => Render(context.Terminal, answer),
            answer => answer.Reached.All(place => place.Works) ? ExitCode.Done : ExitCode.Failed)));
        command.Add(Accept(run));
        root.Add(command);
    }

    private static Command Accept(CommandRunner run)
    {
        var name = new Argument<string>("NAME") { Description = "A source or destination that is reached by SFTP." };
        var fingerprint = new Option<string>("--fingerprint") { Description = "What whoever runs the server told you: SHA256:…", HelpName = "SHA256:…", Required = true };
        var command = new Command("accept", "Accepts a server's host key, if it is the one with this fingerprint.") { name, fingerprint, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new AcceptHostKeyRequest(context.Value(name), context.Value(fingerprint)!) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => context.Terminal.Line($"{answer.Address}: {answer.Kind} {answer.Fingerprint} is accepted from now on ({answer.File})."))));
        return command;
    }

    private static void Render(Terminal terminal, ConnectivityAnswer answer)
    {
        if (answer.Reached.Count == 0)
        {
            terminal.Line("The settings name no place that the engine reaches out to.");
        }

        foreach (var place in answer.Reached)
        {
            terminal.Line($"{place.Name} ({place.Kind}, {place.Address}): {(place.Works ? "works" : "can't be used")}");
            if (place.Problem is not null)
            {
                terminal.Line($"  {place.Problem}");
            }

            foreach (var step in place.Steps)
            {
                terminal.Line($"  {step.Name,-12} {step.State,-9} {step.Milliseconds,8:0.0} ms  {step.Evidence}");
            }

            foreach (var key in place.AcceptedKeys)
            {
                terminal.Line($"  host key accepted: {key}");
            }

            if (place.ShownKey is { } shown)
            {
                terminal.Line($"  host key shown now: {shown}");
                terminal.Line($"  If whoever runs the server tells you this same fingerprint: connectivity accept {place.Name} --fingerprint {shown}");
            }
        }
    }
}
