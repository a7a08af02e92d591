using System.Diagnostics.CodeAnalysis;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// Says of some messages that they are not for us: kept, answered AA, counted as ignored. A row of a practice's
/// <c>filters.md</c>, or of a listener's <c>Filters</c> in the settings.
/// </summary>
public sealed class FilterRow
{
    private static readonly PathReader Places = new(new Dictionary<string, Files.SourceText>());

    private static readonly ExpressionContext Words = new("a filter", []) { Paths = ReadPlace };

    private readonly Expression _when;

    private FilterRow(Expression when, string reason, CellReference? cell)
    {
        _when = when;
        Reason = reason;
        Cell = cell;
    }

    /// <summary>The condition as written.</summary>
    public string When => _when.Text;

    /// <summary>Why such a message is not for us, for people.</summary>
    public string Reason { get; }

    /// <summary>The row's cell; null for one of the settings.</summary>
    public CellReference? Cell { get; }

    /// <summary>Makes a filter of a condition, which looks at the message alone: its words are <c>HL7:</c> places.</summary>
    /// <param name="when">E.g. <c>HL7:MSH-4.3 = '99'</c>.</param>
    /// <param name="reason">For people; never empty.</param>
    /// <param name="cell">Where it stands.</param>
    /// <param name="filter">The filter, when the answer is true.</param>
    /// <param name="problem">What is wrong and where in the condition, when it is false.</param>
    public static bool TryParse(
        string when, string reason, CellReference? cell, [NotNullWhen(true)] out FilterRow? filter, [NotNullWhen(false)] out ExpressionProblem? problem)
    {
        filter = Expression.TryParseCondition(when, Words, out var condition, out problem) ? new FilterRow(condition, reason, cell) : null;
        return filter is not null;
    }

    /// <summary>The first of several filters that a message fits; null when it is for us.</summary>
    /// <param name="filters">In the order they are written.</param>
    /// <param name="message">The message.</param>
    /// <param name="receivedAt">For conditions that name the day.</param>
    /// <param name="zone">The zone of that day.</param>
    public static FilterRow? First(IReadOnlyList<FilterRow> filters, Hl7Message message, Instant receivedAt, DateTimeZone zone)
    {
        if (filters.Count == 0)
        {
            return null;
        }

        var reading = new RecordReading(new ReadingScope(MapFormat.Hl7, receivedAt, zone), message, null);
        return filters.FirstOrDefault(filter => filter._when.Holds(reading));
    }

    private static CellPlace? ReadPlace(MapFormat format, string text, out string? problem)
    {
        if (format != MapFormat.Hl7)
        {
            problem = $"{text} is no place of a message: a filter looks at HL7 messages.";
            return null;
        }

        var place = Places.Read(format, text, out var wrong);
        problem = wrong?.Text;
        return place;
    }
}
