using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>One record while it is written into a message; also what formulas look at: its fields, and what the message says so far.</summary>
/// <param name="draft">The HL7 message; null when a document or a row is written.</param>
/// <param name="scope">Where what can't be written is reported.</param>
/// <param name="today">The day it is written, in the practice's zone.</param>
internal sealed class RecordWriting(MessageDraft? draft, WritingScope scope, LocalDate today) : IExpressionScope
{
    private const int FieldsUsual = 32;

    private readonly Dictionary<string, string> _values = new(FieldsUsual, StringComparer.Ordinal);
    private HashSet<string>? _cleared;

    /// <summary>The HL7 message; only its own rows ask for it.</summary>
    public MessageDraft Draft => draft!;

    /// <summary>The JSON document that is written; null otherwise.</summary>
    public JsonDraft? Document { get; init; }

    /// <summary>The document as the receiver holds it; not present for a new one.</summary>
    public JsonItem Original { get; init; }

    /// <summary>Of what the receiver holds, only what changes, for a call that takes no more; null where the whole document is given out.</summary>
    public JsonDraft? Changes { get; init; }

    /// <summary>The cells of the row that is written, by column; null otherwise.</summary>
    public Dictionary<string, string>? Cells { get; init; }

    /// <summary>Nothing was there before.</summary>
    public bool IsFresh => draft?.IsFresh ?? !Original.IsPresent;

    public WritingScope Scope => scope;

    public LocalDate Today => today;

    /// <summary>The segment of the item that is written; null for the whole message.</summary>
    public ItemSegment? Part { get; init; }

    /// <summary>The fields whose value stands in the message, with the rows that wrote them.</summary>
    public List<FieldRow> Written { get; } = new(FieldsUsual);

    /// <summary>Fields that were removed and whose place takes no <c>""</c> of its own before its neighbours are known.</summary>
    public List<(FieldRow Row, Hl7Path Path)> Removed { get; } = [];

    /// <summary>The canonical value; null when it holds nothing.</summary>
    public string? this[string field]
    {
        get => _values.GetValueOrDefault(field);
        set
        {
            if (value is null)
            {
                _values.Remove(field);
            }
            else
            {
                _values[field] = value;
            }
        }
    }

    public void Clear(string field) => (_cleared ??= new HashSet<string>(StringComparer.Ordinal)).Add(field);

    /// <summary>True when the change that is told removed the field.</summary>
    public bool IsCleared(string field) => _cleared is not null && _cleared.Contains(field);

    /// <summary>True when a field of the unit holds something.</summary>
    public bool HasUnit(string unit) => _values.Keys.Any(name => name.StartsWith(unit, StringComparison.Ordinal) && name.Length > unit.Length && name[unit.Length] == '.');

    public FieldValue Field(ExpressionField field) => this[field.Name] is { } value ? FieldValue.Of(value) : FieldValue.Absent;

    public string? First(ExpressionPath path) => path.Place is Hl7Place place && draft is not null ? Text(draft.Get(place.Path, Part)) : null;

    public IReadOnlyList<string> All(ExpressionPath path) => path.Place is Hl7Place place && draft?.Find(place.Path, Part) is { IsPresent: true } segment
        ? [.. place.Path.GetAllIn(segment).Select(Text).OfType<string>()]
        : [];

    /// <summary>The first part, which is what a coded or composite value means; where that is empty, all of it.</summary>
    private static string? Text(Hl7Element element)
    {
        if (!element.HasValue || element.SaysNothing())
        {
            return null;
        }

        var first = element.SubComponent(1);
        return (first.HasValue ? first : element).Decode();
    }
}
