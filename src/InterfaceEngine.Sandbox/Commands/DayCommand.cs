using System.CommandLine;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Sandbox.Commands;

/// <summary><c>day</c>: writes a day's messages to a file, or tells what they are.</summary>
internal static class DayCommand
{
    public static void AddTo(Command root, TextWriter output)
    {
        var feed = new FeedArguments();
        var file = new Option<string?>("--out") { Description = "The file to write, message behind message. Default: only tell how many there are of each.", HelpName = "FILE" };
        var command = new Command("day", "Makes a clinic's day of messages without sending them.") { file };
        foreach (var option in feed.All)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(feed.Read(parsed), parsed.GetValue(file), output, cancellationToken));
        root.Add(command);
    }

    private static async Task<int> RunAsync(ClinicFeed feed, string? file, TextWriter output, CancellationToken cancellationToken)
    {
        var events = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var bytes = 0L;
        await using var stream = file is null ? Stream.Null : File.Create(file);
        foreach (var message in feed.Messages())
        {
            events[message.Event] = events.GetValueOrDefault(message.Event) + 1;
            bytes += message.Body.Length;
            await stream.WriteAsync(message.Body, cancellationToken);
        }

        foreach (var (name, count) in events)
        {
            Accounts.Line(output, name, count);
        }

        Accounts.Line(output, "messages", events.Values.Sum());
        Accounts.Line(output, "bytes", bytes);
        Accounts.Line(output, "people", feed.Day.Charts.Count);
        return ExitCode.Done;
    }
}
