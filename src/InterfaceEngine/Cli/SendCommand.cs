using System.CommandLine;
using System.Text.Json;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake.Batches;

namespace InterfaceEngine.Cli;

/// <summary><c>send FILE… --to host:port</c>: the engine's own MLLP client at work.</summary>
internal static class SendCommand
{
    private const int ConnectionsMax = 1024;
    private const int RepliesShownMax = 50;

    public static void AddTo(Command root, CommandRunner run)
    {
        var files = new Argument<string[]>("FILE") { Description = "Files with one or more messages, any line ends, framed or not.", Arity = ArgumentArity.OneOrMore };
        var to = new Option<string>("--to") { Description = "The receiver, e.g. 127.0.0.1:2575.", HelpName = "host:port", Required = true };
        var connections = new Option<int>("--connections") { Description = "Over how many connections. Default: 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var repeat = new Option<int>("--repeat") { Description = "How often; more than once numbers MSH-10 and patients anew.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var command = new Command("send", "Sends messages over MLLP and shows each reply.") { files, to, connections, repeat, CommonOptions.Json };
        var tls = new TlsArguments();
        tls.AddTo(command);
        command.SetAction(run(context => SendAsync(
            context, context.Value(files), Receiver(context.Value(to)!), tls, InBounds(context.Value(connections), ConnectionsMax, "--connections"), InBounds(context.Value(repeat), int.MaxValue, "--repeat"))));
        root.Add(command);
    }

    private static async Task<int> SendAsync(CommandContext context, string[] files, MllpClientOptions receiver, TlsArguments tls, int connections, int copies)
    {
        using var encryption = tls.Open(context);
        var terminal = context.Terminal;
        var templates = new List<MessageTemplate>();
        foreach (var file in InputFiles.Find(context, files))
        {
            await foreach (var message in MessageFile.ReadAsync(context.FullPath(file), file, new BatchTally(), context.CancellationToken))
            {
                templates.Add(new MessageTemplate(message));
            }
        }

        var total = (long)templates.Count * copies;
        var tally = new SentTally();
        var shown = new List<SentMessage>();
        var started = terminal.Time.GetTimestamp();
        await terminal.ProgressAsync($"to {receiver.Host}:{receiver.Port}", total, step => new MessageSender(receiver, encryption, terminal.Time).SendAsync(
            templates,
            copies,
            connections,
            message =>
            {
                tally.Add(message);
                Keep(context, shown, message, total);
                step();
            },
            context.CancellationToken));
        if (context.IsJson)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize([.. shown], CommandJson.Indented.SentMessageArray));
        }
        else
        {
            shown.ForEach(message => terminal.Line(Line(message)));
            terminal.Line(tally.Describe(terminal.Time.GetElapsedTime(started)));
        }

        return tally.IsAllAccepted ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>
    /// A pipe gets every reply as it comes. Under a progress bar a person gets all of a few, of many those that were
    /// not accepted.
    /// </summary>
    private static void Keep(CommandContext context, List<SentMessage> shown, SentMessage message, long total)
    {
        lock (shown)
        {
            if (context.IsJson || (context.Terminal.IsInteractive && (total <= RepliesShownMax || (!message.IsAccepted && shown.Count < RepliesShownMax))))
            {
                shown.Add(message);
            }
            else if (!context.Terminal.IsInteractive)
            {
                context.Terminal.Line(Line(message));
            }
        }
    }

    private static string Line(SentMessage message) => FormattableString.Invariant(
        $"{message.Code,-2}  {message.Event,-8} {message.ControlId}  {Path.GetFileName(message.File)} message {message.Number}  {message.Milliseconds:0.0} ms  {message.Text}").TrimEnd();

    private static MllpClientOptions Receiver(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), out var port) && port is > 0 and <= 65535
            ? new MllpClientOptions { Host = text[..colon].Trim('[', ']'), Port = port }
            : throw new UsageException($"--to {text}: a host and a port are expected, e.g. 127.0.0.1:2575.");
    }

    private static int InBounds(int number, int max, string option) =>
        number >= 1 && number <= max ? number : throw new UsageException($"{option} {number}: a number from 1 to {max} is expected.");
}
