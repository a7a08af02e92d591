using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>What a sender has to show: every message it took from its feed was acknowledged with a code or is unanswered.</summary>
/// <param name="Messages">Taken from the feed.</param>
/// <param name="Bytes">Of their bodies.</param>
/// <param name="Codes">How many got which code: MSA-1 of the last reply to each.</param>
/// <param name="Unanswered">Never answered, however often they were sent.</param>
/// <param name="FramesSent">Whole frames written, first sendings and others.</param>
/// <param name="NoReplies">Times that a sent message got no reply: lost, too late, connection gone.</param>
/// <param name="WrongReplies">Replies that answer another message or can't be read.</param>
/// <param name="ResendsUnequal">Acknowledged messages that were sent again and got another code than before.</param>
/// <param name="Faults">What the sender did wrong on purpose.</param>
/// <param name="NotAccepted">The first hundred control ids that were refused or not answered, with what came back.</param>
/// <param name="Elapsed">From the first message to the last reply.</param>
public sealed record FeedAccount(
    long Messages,
    long Bytes,
    IReadOnlyDictionary<string, long> Codes,
    long Unanswered,
    long FramesSent,
    long NoReplies,
    long WrongReplies,
    long ResendsUnequal,
    IReadOnlyDictionary<FaultKind, int> Faults,
    IReadOnlyList<(string ControlId, string Answer)> NotAccepted,
    TimeSpan Elapsed)
{
    /// <summary>Messages with AA or CA.</summary>
    public long Accepted => Codes.GetValueOrDefault("AA") + Codes.GetValueOrDefault("CA");

    /// <summary>Nothing was refused and nothing unanswered.</summary>
    public bool IsAllAccepted => Accepted == Messages;
}

/// <summary>Gathers a <see cref="FeedAccount"/>. Safe for concurrent use.</summary>
internal sealed class FeedTally
{
    private const int NotAcceptedMax = 100;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _codes = [];
    private readonly List<(string ControlId, string Answer)> _notAccepted = [];
    private long _messages;
    private long _bytes;
    private long _unanswered;
    private long _frames;
    private long _noReplies;
    private long _wrongReplies;
    private long _resendsUnequal;

    public void Taken(FeedMessage message)
    {
        Interlocked.Increment(ref _messages);
        Interlocked.Add(ref _bytes, message.Body.Length);
    }

    public void FrameSent() => Interlocked.Increment(ref _frames);

    public void NoReply() => Interlocked.Increment(ref _noReplies);

    public void WrongReply() => Interlocked.Increment(ref _wrongReplies);

    public void ResendUnequal() => Interlocked.Increment(ref _resendsUnequal);

    public void Answered(FeedMessage message, string code)
    {
        lock (_lock)
        {
            _codes[code] = _codes.GetValueOrDefault(code) + 1;
        }

        if (code is not ("AA" or "CA"))
        {
            Keep(message, code);
        }
    }

    public void Unanswered(FeedMessage message)
    {
        Interlocked.Increment(ref _unanswered);
        Keep(message, "none");
    }

    public FeedAccount Close(IReadOnlyDictionary<FaultKind, int> faults, TimeSpan elapsed)
    {
        lock (_lock)
        {
            return new FeedAccount(_messages, _bytes, new Dictionary<string, long>(_codes), _unanswered, _frames, _noReplies, _wrongReplies, _resendsUnequal, faults, [.. _notAccepted], elapsed);
        }
    }

    private void Keep(FeedMessage message, string answer)
    {
        lock (_lock)
        {
            if (_notAccepted.Count < NotAcceptedMax)
            {
                _notAccepted.Add((message.ControlId, answer));
            }
        }
    }
}
