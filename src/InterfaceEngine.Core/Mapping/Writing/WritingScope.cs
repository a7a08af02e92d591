using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// What a value type may know beside the value it writes, and where it reports what can't be written. One for each
/// message; not shared between threads.
/// </summary>
public sealed class WritingScope
{
    private readonly Func<EngineId, string?> _externalIdOf;
    private readonly List<MappingNote> _notes = [];

    /// <param name="format">What is written.</param>
    /// <param name="zone">The zone of times without an offset, until a record's location says another.</param>
    /// <param name="externalIdOf">The receiver's id of a patient of ours, or null.</param>
    public WritingScope(MapFormat format, DateTimeZone zone, Func<EngineId, string?> externalIdOf)
    {
        Format = format;
        Zone = zone;
        _externalIdOf = externalIdOf;
    }

    public MapFormat Format { get; }

    /// <summary>The zone of times without an offset.</summary>
    public DateTimeZone Zone { get; internal set; }

    /// <summary>Header <c>offset: written</c>: the receiver wants the offset with every time.</summary>
    public bool WritesOffset { get; internal set; }

    /// <summary>What was noticed so far.</summary>
    public IReadOnlyList<MappingNote> Notes => _notes;

    internal bool IsRejected => _notes.Exists(note => note.Severity == NoteSeverity.Reject);

    /// <summary>What can't be written of the field may be left out.</summary>
    internal bool LeavesOut { get; set; }

    private string? Field { get; set; }

    private CellReference? Cell { get; set; }

    private string Path { get; set; } = "";

    /// <summary>The receiver's id of a patient who is stored under an id of ours; null when there is none.</summary>
    public string? ExternalIdOf(string ours) => EngineId.TryParse(ours, out var id) ? _externalIdOf(id) : null;

    /// <summary>The value is written, though not quite as it is stored.</summary>
    /// <param name="code">One of <see cref="WritingCodes"/>.</param>
    /// <param name="reason">Without the value.</param>
    public void Warn(string code, string reason) => Add(NoteSeverity.Warning, code, reason, null, null, "");

    /// <summary>
    /// The value can't be written. Of a record that only goes along to fill what the receiver lacks, an optional field is left out,
    /// which is said; otherwise nothing may be sent.
    /// </summary>
    /// <param name="code">One of <see cref="WritingCodes"/>.</param>
    /// <param name="reason">Without the value.</param>
    /// <param name="found">The value.</param>
    /// <param name="sentence">The reason with the value in it.</param>
    public void Refuse(string code, string reason, string? found = null, string? sentence = null) =>
        Add(LeavesOut ? NoteSeverity.Warning : NoteSeverity.Reject, code, reason, found, sentence, LeavesOut ? $"{Field} left out." : "Nothing was sent.");

    /// <summary>It can't be written, so nothing may be sent.</summary>
    /// <param name="code">One of <see cref="WritingCodes"/>.</param>
    /// <param name="reason">Without the value.</param>
    /// <param name="found">The value.</param>
    /// <param name="sentence">The reason with the value in it.</param>
    public void Reject(string code, string reason, string? found = null, string? sentence = null) =>
        Add(NoteSeverity.Reject, code, reason, found, sentence, "Nothing was sent.");

    /// <summary>Sets what is written next.</summary>
    internal void Begin(string? field, CellReference? cell, string path = "") => (Field, Cell, Path) = (field, cell, path);

    private void Add(NoteSeverity severity, string code, string reason, string? found, string? sentence, string consequence) =>
        _notes.Add(new MappingNote
        {
            Severity = severity,
            Code = code,
            Field = Field,
            Cell = Cell,
            Path = Path,
            Reason = reason,
            Found = found,
            Sentence = sentence,
            Consequence = consequence,
        });
}
