using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>A law the tables keep (mapping design §10).</summary>
public enum Law
{
    /// <summary>L1: what is written and read back is the same record.</summary>
    WriteRead,

    /// <summary>L2: a message read and written back over itself changes only in mapped places, and only in how a value is spelled.</summary>
    ReadWrite,

    /// <summary>L3: a record written in two formats, or by two profiles, and read back agrees on the fields both carry.</summary>
    Agreement,

    /// <summary>L4: a foreign code has one meaning, and what is written for a code of ours is read back as it.</summary>
    Codes,

    /// <summary>L5: a message that is applied twice is applied once.</summary>
    Once,

    /// <summary>L6: what a message does not say is kept, what it empties is cleared, and what is required survives.</summary>
    KeepOrClear,

    /// <summary>L7: the same messages in any order leave the same records.</summary>
    Order,

    /// <summary>L8: what the messages carry is mapped, or listed under <c>Not mapped</c>.</summary>
    Coverage,
}

/// <summary>What running the laws found.</summary>
public sealed record LawReport
{
    /// <summary>How many cases each law was tried on. A law that is not here was not run.</summary>
    public required IReadOnlyDictionary<Law, int> Cases { get; init; }

    /// <summary>Places in which L2 spelled a value otherwise than its sender, each with how often.</summary>
    public required IReadOnlyDictionary<string, int> Normalisations { get; init; }

    /// <summary>Where a law does not hold.</summary>
    public required IReadOnlyList<LawFailure> Failures { get; init; }

    /// <summary>What L8 found: somebody should look, nothing is wrong by it.</summary>
    public required IReadOnlyList<UnreadPlace> Unmapped { get; init; }

    /// <summary>Several reports as one, in their order.</summary>
    public static LawReport Of(IEnumerable<LawReport> parts)
    {
        var cases = new SortedDictionary<Law, int>();
        var normalisations = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var all = parts.ToList();
        foreach (var part in all)
        {
            foreach (var (law, count) in part.Cases)
            {
                cases[law] = cases.GetValueOrDefault(law) + count;
            }

            foreach (var (place, count) in part.Normalisations)
            {
                normalisations[place] = normalisations.GetValueOrDefault(place) + count;
            }
        }

        return new LawReport
        {
            Cases = cases,
            Normalisations = normalisations,
            Failures = [.. all.SelectMany(part => part.Failures)],
            Unmapped = [.. all.SelectMany(part => part.Unmapped)],
        };
    }

    internal static LawReport Of(Law law, int cases, IReadOnlyList<LawFailure>? failures = null) => new()
    {
        Cases = new Dictionary<Law, int> { [law] = cases },
        Normalisations = new Dictionary<string, int>(),
        Failures = failures ?? [],
        Unmapped = [],
    };
}

/// <summary>A case in which a law does not hold, made as small as it goes.</summary>
/// <param name="Law">The law.</param>
/// <param name="Practice">Whose tables.</param>
/// <param name="Type">The record type; for L4 the code table.</param>
/// <param name="Event">The event that was written or read.</param>
/// <param name="What">What went wrong.</param>
/// <param name="Example">The generated record, field by field; for a message, the message's name. Never a patient's.</param>
public sealed record LawFailure(Law Law, string Practice, string Type, string Event, string What, string Example)
{
    /// <summary>The cell that decides the place; null when no single one does.</summary>
    public CellReference? Cell { get; init; }

    /// <summary><c>L1</c> to <c>L8</c>.</summary>
    public string Code => Law.Code();

    /// <summary><c>L1 practice 1959 appointment SIU^S12: end_time is read back as nothing. Example: …</c></summary>
    public override string ToString() => $"{Code} {Where}: {What}{(Example.Length == 0 ? "" : $" Example: {Example}")}";

    /// <summary>Whose, which record type and which event: <c>practice 1959 patient ADT^A08</c>.</summary>
    public string Where => string.Join(' ', new[] { $"practice {Practice}", Type, Event }.Where(part => part.Length > 0));
}

/// <summary>A place that messages fill and no row reads (L8).</summary>
/// <param name="Practice">Whose messages.</param>
/// <param name="Format">The format.</param>
/// <param name="Event">The event, kind of file or call.</param>
/// <param name="Place"><c>PV1-8</c>, a column, or a property of the document.</param>
/// <param name="Seen">In how many of the messages.</param>
/// <param name="Of">How many messages of this event there were.</param>
/// <param name="Cell">The row of <c>Messages</c> that takes the event.</param>
public sealed record UnreadPlace(string Practice, MapFormat Format, string Event, string Place, int Seen, int Of, CellReference Cell);

/// <summary>The laws' short names.</summary>
public static class Laws
{
    public static IReadOnlyList<Law> All { get; } = Enum.GetValues<Law>();

    /// <summary><c>L1</c> to <c>L8</c>.</summary>
    public static string Code(this Law law) => $"L{(int)law + 1}";
}
