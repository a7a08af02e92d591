using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// How each value of a message was made, step by step, told by the same code that makes it. Kept only when somebody asks
/// (<see cref="ReadContext.Trace"/>): a message on its way has none, and its reading costs nothing more. For one message.
/// </summary>
public sealed class ReadingTrace
{
    private readonly List<TracedRecord> _records = [];
    private Dictionary<string, List<TraceStep>> _fields = new(StringComparer.Ordinal);
    private List<TraceStep> _steps = [];

    /// <summary>Every record that was made, in the order of <see cref="MappedMessage.Records"/>.</summary>
    public IReadOnlyList<TracedRecord> Records => _records;

    /// <summary>A record begins; what was noted of one that came to nothing is forgotten.</summary>
    internal void Begin() => (_fields, _steps) = (new(StringComparer.Ordinal), []);

    /// <summary>What follows is how a field was read, or is decided anew.</summary>
    internal void Field(string name) => _fields[name] = _steps = [];

    /// <summary>What follows comes upon what was read of a field.</summary>
    internal void Continue(string name) => _steps = _fields.TryGetValue(name, out var steps) ? steps : _fields[name] = [];

    /// <summary>What stands at a place of the message, before anything was done with it.</summary>
    internal void Found(string place, string text) => _steps.Add(new TraceStep(place, text, null, IsSource: true));

    /// <summary>One thing that was done.</summary>
    internal void Step(string words, string? value = null, CellReference? cell = null) => _steps.Add(new TraceStep(words, value, cell));

    /// <summary>What came of it, in our own form.</summary>
    /// <param name="value">What was read; absent where it could not be taken.</param>
    /// <param name="type">Its <c>As</c>, which is said where the type itself told nothing.</param>
    internal void Result(FieldValue value, string type)
    {
        if (value.HasValue)
        {
            _steps.Add(new TraceStep(_steps is [.., { IsSource: true }] ? type : "", value.Text, null));
        }
        else if (value.IsCleared)
        {
            _steps.Add(new TraceStep("asks for the value to be removed", null, null));
        }
    }

    /// <summary>The record that is being made is whole.</summary>
    internal void End(IncomingRecord record) => _records.Add(new TracedRecord(record, _fields));
}

/// <summary>A record with how its values were made.</summary>
/// <param name="Record">As the message tells it.</param>
/// <param name="Fields">By field. One of which nothing was said is here too, if a row looked for it.</param>
public sealed record TracedRecord(IncomingRecord Record, IReadOnlyDictionary<string, List<TraceStep>> Fields)
{
    /// <summary>How a field was made; empty when no row of the format reads it.</summary>
    public IReadOnlyList<TraceStep> StepsOf(string field) => Fields.TryGetValue(field, out var steps) ? steps : [];
}

/// <summary>One step from what was sent to what is stored.</summary>
/// <param name="Words">What was done, without any value of a patient's: <c>XTN.1</c>, <c>region US</c>, <c>code table race</c>.</param>
/// <param name="Value">What there is after it; null when the words say it all.</param>
/// <param name="Cell">The line of a code or reference table that decided; null when none did.</param>
/// <param name="IsSource">The value is the sender's own text, not ours.</param>
public sealed record TraceStep(string Words, string? Value, CellReference? Cell, bool IsSource = false);
