namespace InterfaceEngine.Core.Records;

/// <summary>A cell of a mapping file, e.g. <c>athenahealth/patient.map.md:24:25</c>. Line and column count from 1.</summary>
public sealed record CellReference(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>A place in a message: byte offset from its start (0 is the first byte) and length in bytes.</summary>
public readonly record struct ByteRange(int Offset, int Length)
{
    public static ByteRange None => new(-1, 0);

    public bool IsNone => Offset < 0;
}

/// <summary>
/// What caused a change: one message (or row, or command), the time of the event it tells of, and the mapping
/// set that read it. Shared by all the fields it wrote.
/// </summary>
/// <param name="Message">The message's id: ids rise with arrival, so it also orders events of one time.</param>
/// <param name="EventTime">When it happened, in UTC milliseconds since 1970 (EVN-2, else MSH-7; a file's time).</param>
/// <param name="Source">The source's name in settings, e.g. <c>front-desk</c>; or <see cref="CommandPrefix"/> with the name of a person's command.</param>
/// <param name="MappingSet">The hash that names the mapping set.</param>
public sealed record Cause(EngineId Message, long EventTime, string Source, string MappingSet)
{
    /// <summary>What the source begins with of what a person's command made: <c>command:appointments book</c>.</summary>
    public const string CommandPrefix = "command:";

    /// <summary>A person's command made it.</summary>
    public bool IsOfCommand => Source.StartsWith(CommandPrefix, StringComparison.Ordinal);

    /// <summary>
    /// How much its record's status counts (rule <c>ranks</c>): a preliminary result never overtakes a final one, whatever
    /// its time. 0 is the highest and that of records without ranks; -1 is the next below.
    /// </summary>
    public int Rank { get; init; }

    /// <summary>
    /// True when <paramref name="stored"/> tells of a later event, or one of a higher rank. Events of one time are taken
    /// in their original order of arrival, so a replay never overtakes what arrived after it.
    /// </summary>
    public bool IsOlderThan(Cause stored) =>
        Rank != stored.Rank ? Rank < stored.Rank
        : EventTime != stored.EventTime ? EventTime < stored.EventTime : Message < stored.Message;
}
