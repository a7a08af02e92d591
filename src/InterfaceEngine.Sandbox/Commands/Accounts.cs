using System.Globalization;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Peers;

namespace InterfaceEngine.Sandbox.Commands;

/// <summary>Shows what a side has to show. No message's content is in it.</summary>
internal static class Accounts
{
    private const int NameWidth = 24;

    public static void Write(ServerAccount account, TextWriter output)
    {
        foreach (var kind in Enum.GetValues<ArrivalKind>())
        {
            Line(output, kind.ToString().ToLowerInvariant(), account.CountOf(kind));
        }

        foreach (var (name, count) in account.Events)
        {
            Line(output, $"  {name}", count);
        }

        Line(output, "replies", account.Replies);
        Line(output, "connections", account.Connections);
        Line(output, "cut off", account.CutOff);
        Line(output, "stray bytes", account.StrayBytes);
        Write(account.Faults, output);
    }

    public static void Write(FeedAccount account, TextWriter output)
    {
        Line(output, "messages", account.Messages);
        foreach (var (code, count) in account.Codes)
        {
            Line(output, $"  {code}", count);
        }

        Line(output, "  unanswered", account.Unanswered);
        Line(output, "frames sent", account.FramesSent);
        Line(output, "times without reply", account.NoReplies);
        Line(output, "wrong replies", account.WrongReplies);
        Line(output, "resends answered anew", account.ResendsUnequal);
        Write(account.Faults, output);
        foreach (var (controlId, answer) in account.NotAccepted)
        {
            output.WriteLine($"not accepted: {controlId}, reply {answer}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{account.Elapsed.TotalSeconds:0.0} s, {account.Messages / account.Elapsed.TotalSeconds:N0} messages/s, {account.Bytes / account.Elapsed.TotalSeconds / (1 << 20):0.00} MiB/s"));
    }

    private static void Write(IReadOnlyDictionary<FaultKind, int> faults, TextWriter output)
    {
        foreach (var (kind, count) in faults)
        {
            Line(output, $"fault {FaultOptions.NameOf(kind)}", count);
        }
    }

    public static void Line(TextWriter output, string name, long count) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name.PadRight(NameWidth)}{count,12:N0}"));
}
