using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// The table of one record type as one practice uses it: vendor pack, profile and practice merged, every cell
/// parsed and checked. It can be run as it stands.
/// </summary>
public sealed class RecordMap
{
    /// <summary>The stored record and the rules of its fields.</summary>
    public required RecordDefinition Definition { get; init; }

    /// <summary>Every row of the table in order, fields that only travel included. A field may have several rows, each with a <c>When</c>.</summary>
    public required IReadOnlyList<FieldRow> Rows { get; init; }

    /// <summary>Header <c>version:</c> of each file that took part, vendor pack first: <c>athenahealth 7</c>, <c>practice 1959 3</c>.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>Header <c>each:</c>: the segment that makes one record each, e.g. <c>IN1</c>; null for one record a message.</summary>
    public string? Each { get; init; }

    /// <summary>Header <c>each:</c> of documents: by format, the list of which every element makes one record each, beside the object that has it: <c>component</c>.</summary>
    public IReadOnlyDictionary<MapFormat, IReadOnlyList<string>> Parts { get; init; } = new Dictionary<MapFormat, IReadOnlyList<string>>();

    /// <summary>
    /// Header <c>key:</c>: the fields that, with the patient, identify an item of a list; where a row has the rule <c>key</c>
    /// too, an item without an id of its own.
    /// </summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>
    /// Header <c>other key:</c>: the fields that, with the patient, identify an item before the key does: what is known by the placer's
    /// number alone is found by it. The first field names the id system. Empty when there are none; otherwise each of the two
    /// keys needs its first field, or an item that has neither is known by what it says of the key.
    /// </summary>
    public IReadOnlyList<string> OtherKey { get; init; } = [];

    /// <summary>
    /// The word <c>repeat</c> in the header <c>key:</c>: items of one message that say the same in its fields are told apart by their
    /// order, instead of being one item.
    /// </summary>
    public bool NumbersRepeats { get; init; }

    /// <summary>Header <c>run:</c>: segments that together make one record, such as the lines of a report; null when each makes its own.</summary>
    public SegmentRun? Run { get; init; }

    /// <summary>Header <c>list:</c> by format: an HL7 list may be full where a file names single items.</summary>
    public IReadOnlyDictionary<MapFormat, ListKind> Lists { get; init; } = new Dictionary<MapFormat, ListKind>();

    /// <summary>Header <c>HL7 v2: read only</c>: its messages only come in. What its cells say is never written, so they need not be writable.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Header <c>when:</c>: whether the message, segment or row makes this record at all; null is always.</summary>
    public Expression? When { get; init; }

    /// <summary>Header <c>zone:</c>: the clinic's zone (from the location reference) comes before the practice's.</summary>
    public bool UsesLocationZone { get; init; }

    /// <summary>Header <c>zone: location, athenaNet timezonename, practice</c>: the member of athenaNet's documents that names the zone of the location, where the table does not; null when none does.</summary>
    public string? ZoneMember { get; init; }

    /// <summary>Header <c>offset: written</c>: times are written with their offset from UTC; otherwise as the clinic's local time alone.</summary>
    public bool WritesOffset { get; init; }

    /// <summary>Header <c>region:</c>: country of telephone numbers without a country code, e.g. <c>US</c>.</summary>
    public string Region { get; init; } = "US";

    /// <summary>Header <c>CSV empty: clear</c>: this practice's files are full pictures, so an empty cell clears.</summary>
    public bool ClearsEmptyCsv { get; init; }

    public IReadOnlyList<MessageRule> Messages { get; init; } = [];

    public IReadOnlyList<Check> Checks { get; init; } = [];

    public IReadOnlyList<Equation> Equations { get; init; } = [];

    public IReadOnlyList<NotMapped> NotMapped { get; init; } = [];

    /// <summary>What the names under <c>Shortcuts</c> stand for, by name with the <c>$</c>. For reports: cells hold what they stand for.</summary>
    public IReadOnlyDictionary<string, string> Shortcuts { get; init; } = new Dictionary<string, string>();

    /// <summary>False for a format whose messages only come in: by the header, or because no cell of it is written.</summary>
    public bool IsWrittenIn(MapFormat format) =>
        !(IsReadOnly && format == MapFormat.Hl7) && Rows.Any(row => row.Cells.TryGetValue(format, out var cell) && cell.IsWritten);

    /// <summary>The record type, e.g. <c>patient</c>.</summary>
    public string Type => Definition.Type;
}
