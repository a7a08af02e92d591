using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// What a value type may know beside the value it reads, and where it reports what it noticed. One for each
/// message; not shared between threads.
/// </summary>
public sealed class ReadingScope
{
    private List<MappingNote>? _notes;

    public ReadingScope(MapFormat format, Instant receivedAt, DateTimeZone zone)
    {
        Format = format;
        ReceivedAt = receivedAt;
        Zone = zone;
    }

    public MapFormat Format { get; }

    /// <summary>When the message was received.</summary>
    public Instant ReceivedAt { get; }

    /// <summary>The zone of times without an offset.</summary>
    public DateTimeZone Zone { get; internal set; }

    /// <summary>The zone is the practice's or the sender's for want of a better: the location is in no table, and the practice has locations in several zones.</summary>
    internal bool IsZoneGuessed { get; set; }

    /// <summary>Where it is told how each value was made; null when nobody asks.</summary>
    internal ReadingTrace? Trace { get; init; }

    /// <summary>What was noticed so far.</summary>
    public IReadOnlyList<MappingNote> Notes => _notes ?? (IReadOnlyList<MappingNote>)[];

    /// <summary>The binaries that were read so far.</summary>
    internal List<IncomingAttachment> Attachments => field ??= [];

    /// <summary>What is being read.</summary>
    internal ReadingSubject Subject { get; private set; } = ReadingSubject.None;

    /// <summary>The place that is being read, as its cell writes it.</summary>
    internal string Path { get; set; } = "";

    /// <summary>For an item of a list: the segment it is read from, so that notes can say <c>IN1[2]-36</c>.</summary>
    internal Hl7Segment Segment { get; set; }

    /// <summary>The number of that segment among those of its name.</summary>
    internal int Occurrence { get; set; }

    /// <summary>The value just read is only a default: taken where the record has none.</summary>
    internal bool IsDefault { get; set; }

    /// <summary>The bytes that are being read.</summary>
    internal ByteRange Place { get; set; } = ByteRange.None;

    /// <summary>The value can't be taken: the field is kept as it is stored.</summary>
    /// <param name="code">One of <see cref="MappingCodes"/>.</param>
    /// <param name="reason">Without the value.</param>
    /// <param name="found">The value.</param>
    /// <param name="sentence">The reason with the value in it.</param>
    public void Refuse(string code, string reason, string found, string? sentence = null) =>
        Add(NoteSeverity.Warning, code, reason, found, sentence, Kept);

    /// <summary>The value is taken, though not quite as it was sent.</summary>
    public void Warn(string code, string reason, string? found = null, string? sentence = null) =>
        Add(NoteSeverity.Warning, code, reason, found, sentence, "");

    /// <summary>The value was taken; good to know.</summary>
    public void Note(string code, string reason, string? found = null, string? sentence = null) =>
        Add(NoteSeverity.Note, code, reason, found, sentence, "");

    /// <summary>The message is not applied until a person decides.</summary>
    public void Hold(string code, string reason) =>
        Add(NoteSeverity.Hold, code, reason, null, null, "Held for a person.");

    /// <summary>The message can't be applied.</summary>
    public void Reject(string code, string reason, string? found = null, string? sentence = null) =>
        Add(NoteSeverity.Reject, code, reason, found, sentence, "Nothing was stored.");

    /// <summary>A time without an offset was read by a clock that may be another's. What the record can't be without is not taken so: a visit hours off would be believed.</summary>
    internal void TellGuessedZone()
    {
        var severity = Subject.IsRequired ? NoteSeverity.Hold : NoteSeverity.Warning;
        if (!Has(severity, MappingCodes.ClockUnknown))
        {
            Add(severity, MappingCodes.ClockUnknown, $"a time without an offset at a location that is in no table, and the practice has locations in several zones: by the clock of {Zone.Id} it would be a guess.", null, null,
                severity == NoteSeverity.Hold ? "Held for a person: list the location in locations.ref.md with its zone and take the message up again, or accept it as it is." : "Taken so.");
        }
    }

    /// <summary>A person should say what the value means.</summary>
    /// <param name="code">One of <see cref="MappingCodes"/>.</param>
    /// <param name="reason">Without the value.</param>
    /// <param name="found">The value.</param>
    /// <param name="sentence">The reason with the value in it.</param>
    /// <param name="consequence">What was done meanwhile.</param>
    /// <param name="kind">E.g. <c>unknown code</c>.</param>
    /// <param name="key">What makes it the same item.</param>
    public void Review(string code, string reason, string found, string sentence, string consequence, string kind, string key) =>
        Add(new MappingNote
        {
            Severity = NoteSeverity.Review,
            Code = code,
            Field = Subject.Field,
            Cell = Subject.Cell,
            Path = PathForPeople,
            Place = Place,
            Reason = reason,
            Found = found,
            Sentence = sentence,
            Consequence = consequence,
            ReviewKind = kind,
            ReviewKey = key,
        });

    internal string Kept => Subject.Field is not { } name ? "" : Subject.IsUnit ? $"{name} left out." : $"{name} kept.";

    internal int NoteCount => _notes?.Count ?? 0;

    private string PathForPeople => Segment.IsPresent && Path.StartsWith(Segment.Name, StringComparison.Ordinal)
        ? $"{Segment.Name}[{Occurrence}]{Path.AsSpan(Segment.Name.Length)}"
        : Path;

    /// <summary>Sets what is read next.</summary>
    internal void Begin(string? field, CellReference? cell) =>
        Begin(field is null && cell is null ? ReadingSubject.None : new ReadingSubject(field, cell, IsUnit: false));

    /// <summary>Sets what is read next.</summary>
    internal void Begin(ReadingSubject subject)
    {
        Subject = subject;
        Path = "";
        Place = ByteRange.None;
    }

    /// <summary>Forgets what was noted since: the record it concerned is none.</summary>
    internal void ForgetFrom(int count) => _notes?.RemoveRange(count, NoteCount - count);

    internal bool Has(NoteSeverity severity, string? code = null)
    {
        if (_notes is not null)
        {
            foreach (var note in _notes)
            {
                if (note.Severity == severity && (code is null || note.Code == code))
                {
                    return true;
                }
            }
        }

        return false;
    }

    internal void Add(MappingNote note) => (_notes ??= []).Add(note);

    private void Add(NoteSeverity severity, string code, string reason, string? found, string? sentence, string consequence) =>
        Add(new MappingNote
        {
            Severity = severity,
            Code = code,
            Field = Subject.Field,
            Cell = Subject.Cell,
            Path = PathForPeople,
            Place = Place,
            Reason = reason,
            Found = found,
            Sentence = sentence,
            Consequence = consequence,
        });
}

/// <summary>What is being read, for notes.</summary>
/// <param name="Field">The field; null when it is none.</param>
/// <param name="Cell">The cell that says where; null when there is none.</param>
/// <param name="IsUnit">The field belongs to a unit that is replaced as a whole: what can't be taken is not kept but left out.</param>
internal sealed record ReadingSubject(string? Field, CellReference? Cell, bool IsUnit)
{
    /// <summary>No record can be without it.</summary>
    public bool IsRequired { get; init; }

    public static readonly ReadingSubject None = new(null, null, IsUnit: false);
}
