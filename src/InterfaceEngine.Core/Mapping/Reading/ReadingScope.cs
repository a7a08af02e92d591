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

    /// <summary>What was noticed so far.</summary>
    public IReadOnlyList<MappingNote> Notes => _notes ?? (IReadOnlyList<MappingNote>)[];

    /// <summary>The field that is being read.</summary>
    internal string? Field { get; set; }

    /// <summary>The cell that is being read.</summary>
    internal CellReference? Cell { get; set; }

    /// <summary>The place that is being read, as people write it. Asked for only when something is noted.</summary>
    internal Func<string>? Path { get; set; }

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

    /// <summary>The message can't be applied.</summary>
    public void Reject(string code, string reason, string? found = null, string? sentence = null) =>
        Add(NoteSeverity.Reject, code, reason, found, sentence, "Nothing was stored.");

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
            Field = Field,
            Cell = Cell,
            Path = Path?.Invoke() ?? "",
            Place = Place,
            Reason = reason,
            Found = found,
            Sentence = sentence,
            Consequence = consequence,
            ReviewKind = kind,
            ReviewKey = key,
        });

    internal string Kept => Field is null ? "" : $"{Field} kept.";

    internal void Add(MappingNote note) => (_notes ??= []).Add(note);

    private void Add(NoteSeverity severity, string code, string reason, string? found, string? sentence, string consequence) =>
        Add(new MappingNote
        {
            Severity = severity,
            Code = code,
            Field = Field,
            Cell = Cell,
            Path = Path?.Invoke() ?? "",
            Place = Place,
            Reason = reason,
            Found = found,
            Sentence = sentence,
            Consequence = consequence,
        });
}
