using System.Text.RegularExpressions;

namespace InterfaceEngine.Tests.Cli.Durability;

/// <summary>
/// Reads what an engine did, as <c>strace -f -y</c> wrote it down, and says which acknowledgement was sent before a
/// sync. For every message it wants, in this order: the call that received it has ended; a call that writes to the
/// write-ahead log has ended; a call that syncs the log has begun and ended with success; the call that sends its AA
/// has begun. A kill can't tell these apart, for the operating system keeps what was written; only a power cut could.
/// </summary>
internal sealed partial class SyncTrace
{
    /// <summary>The calls to trace: every way in which .NET and SQLite receive, write, sync and send.</summary>
    public const string Calls = "trace=read,readv,recvfrom,recvmsg,recvmmsg,write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync";

    private const string LogName = "-wal>";

    private readonly Dictionary<string, Stage> _stages = [];
    private readonly Dictionary<string, string> _unfinished = [];
    private readonly Dictionary<string, List<string>> _syncing = [];
    private readonly List<string> _violations = [];
    private readonly HashSet<string> _acknowledged = [];

    private enum Stage
    {
        Received,
        Written,
        Synced,
    }

    /// <summary>Messages whose AA was sent too early, each with what was missing.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Messages whose AA was sent.</summary>
    public IReadOnlyCollection<string> Acknowledged => _acknowledged;

    /// <summary>Completed syncs of the log.</summary>
    public int Syncs { get; private set; }

    public static SyncTrace Read(IEnumerable<string> lines)
    {
        var trace = new SyncTrace();
        foreach (var line in lines)
        {
            trace.Take(line);
        }

        return trace;
    }

    /// <summary>A call stands on one line, or on two when another thread's call came between its begin and its end.</summary>
    private void Take(string line)
    {
        if (CallBegun().Match(line) is { Success: true } begun)
        {
            var (thread, call, text) = (begun.Groups["thread"].Value, begun.Groups["call"].Value, begun.Groups["rest"].Value);
            Begin(thread, call, text);
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                _unfinished[thread] = text;
            }
            else
            {
                End(thread, call, text);
            }
        }
        else if (CallResumed().Match(line) is { Success: true } resumed && _unfinished.Remove(resumed.Groups["thread"].Value, out var first))
        {
            End(resumed.Groups["thread"].Value, resumed.Groups["call"].Value, first + resumed.Groups["rest"].Value);
        }
    }

    /// <summary>What counts when it begins: sending, and which messages a sync covers.</summary>
    private void Begin(string thread, string call, string text)
    {
        switch (call)
        {
            case "write" or "writev" or "sendto" or "sendmsg":
                foreach (Match sent in Accepted().Matches(text))
                {
                    Acknowledge(sent.Groups["id"].Value);
                }

                break;
            case "fsync" or "fdatasync" when text.Contains(LogName, StringComparison.Ordinal):
                _syncing[thread] = [.. _stages.Where(stage => stage.Value == Stage.Written).Select(stage => stage.Key)];
                break;
        }
    }

    /// <summary>What counts when it has ended: receiving, writing, and a sync itself.</summary>
    private void End(string thread, string call, string text)
    {
        switch (call)
        {
            case "read" or "readv" or "recvfrom" or "recvmsg" or "recvmmsg":
                foreach (Match received in Message().Matches(text))
                {
                    _stages.TryAdd(received.Groups["id"].Value, Stage.Received);
                }

                break;
            case "write" or "writev" or "pwrite64" or "pwritev" when text.Contains(LogName, StringComparison.Ordinal):
                foreach (var id in _stages.Where(stage => stage.Value == Stage.Received).Select(stage => stage.Key).ToList())
                {
                    _stages[id] = Stage.Written;
                }

                break;
            case "fsync" or "fdatasync" when _syncing.Remove(thread, out var covered) && Succeeded().IsMatch(text):
                Syncs++;
                foreach (var id in covered)
                {
                    _stages[id] = Stage.Synced;
                }

                break;
        }
    }

    private void Acknowledge(string id)
    {
        _acknowledged.Add(id);
        if (!_stages.TryGetValue(id, out var stage))
        {
            _violations.Add($"{id}: acknowledged, and never received");
        }
        else if (stage != Stage.Synced)
        {
            _violations.Add($"{id}: acknowledged when it was {(stage == Stage.Received ? "received, not written" : "written, not synced")}");
        }
    }

    [GeneratedRegex(@"^(?<thread>\d+) +(?<call>[a-z0-9]+)\((?<rest>.*)$")]
    private static partial Regex CallBegun();

    [GeneratedRegex(@"^(?<thread>\d+) +<\.\.\. (?<call>[a-z0-9]+) resumed>(?<rest>.*)$")]
    private static partial Regex CallResumed();

    [GeneratedRegex(@"ADT\^A08\|(?<id>V\d{9})\|")]
    private static partial Regex Message();

    [GeneratedRegex(@"MSA\|AA\|(?<id>V\d{9})")]
    private static partial Regex Accepted();

    [GeneratedRegex(@"= 0( <[\d.]+>)?$")]
    private static partial Regex Succeeded();
}
