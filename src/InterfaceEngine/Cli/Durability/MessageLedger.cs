namespace InterfaceEngine.Cli.Durability;

/// <summary>
/// What is known of each message: what its sender was told, and what lies in the store. Two bytes for each, so that
/// millions can be accounted for. Senders write their own messages' places only, so no lock is needed for them.
/// </summary>
internal sealed class MessageLedger(int count)
{
    private readonly Answer[] _answers = new Answer[count + 1];
    private readonly byte[] _accepted = new byte[count + 1];
    private int _taken;
    private int _acknowledged;
    private int _refused;

    private enum Answer : byte
    {
        None,
        Acknowledged,
        Refused,
    }

    public int Count => count;

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Acknowledged or refused.</summary>
    public int Answered => Acknowledged + Volatile.Read(ref _refused);

    /// <summary>The highest number that a sender has taken: no higher one can be in the store.</summary>
    public int Taken => Math.Min(Volatile.Read(ref _taken), count);

    /// <summary>Gives every number once, from 1; false when all are given.</summary>
    public bool TryTake(out int number)
    {
        number = Interlocked.Increment(ref _taken);
        return number <= count;
    }

    public void Acknowledge(int number)
    {
        _answers[number] = Answer.Acknowledged;
        Interlocked.Increment(ref _acknowledged);
    }

    public void Refuse(int number)
    {
        _answers[number] = Answer.Refused;
        Interlocked.Increment(ref _refused);
    }

    public bool IsAcknowledged(int number) => _answers[number] == Answer.Acknowledged;

    public bool IsAnswered(int number) => _answers[number] != Answer.None;

    /// <summary>One more accepted copy lies in the store.</summary>
    public void CountAccepted(int number) => _accepted[number] = (byte)Math.Min(byte.MaxValue, _accepted[number] + 1);

    public bool IsStored(int number) => _accepted[number] > 0;

    /// <summary>Whatever the two sides don't agree on.</summary>
    public void Compare(DurabilityFindings findings)
    {
        for (var number = 1; number <= count; number++)
        {
            switch (_answers[number], _accepted[number])
            {
                case (Answer.Acknowledged, 0):
                    findings.Add(FindingKind.Lost, number, "acknowledged, and not in the store");
                    break;
                case (_, > 1):
                    findings.Add(FindingKind.Twice, number, $"accepted {_accepted[number]} times");
                    break;
                case (Answer.None, _):
                    findings.Add(FindingKind.Unaccounted, number, _accepted[number] == 0 ? "never answered" : "stored, and never answered");
                    break;
            }
        }
    }
}
