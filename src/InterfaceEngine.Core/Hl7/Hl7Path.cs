using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// A place in a message, as mapping cells name it: <c>PID-5.1</c>, <c>PID-13[3=CP]</c>, <c>OBX[3.1=8480-6]-5</c>,
/// <c>PID-3[4=ATHENA?,5=MRN?].1</c>, <c>IN1</c>. Made once, used for every message; immutable.
/// Without a selector it means the first; a field that is <c>""</c> as a whole says so for every place in it.
/// </summary>
public sealed class Hl7Path : IEquatable<Hl7Path>
{
    private const int ComponentsKept = 16;

    private readonly string _text;
    private readonly string _segmentText;
    private readonly int _segmentKey;
    private readonly int _hash;

    /// <summary>Paths of the same field, by component; made when they are first asked for, the same by whoever does it.</summary>
    private Hl7Path?[]? _components;

    /// <param name="text">The path as it was written.</param>
    /// <param name="segmentText">The part of it that names the segment, with its opener and selector.</param>
    internal Hl7Path(
        string text, string segmentText, Hl7Path? opener, int segmentKey, Hl7Selector? segmentSelector, int field = 0, Hl7Selector? fieldSelector = null, int component = 0, int subComponent = 0)
    {
        _text = text;
        _segmentText = segmentText;
        _hash = StringComparer.Ordinal.GetHashCode(text);
        Opener = opener;
        _segmentKey = segmentKey;
        SegmentSelector = segmentSelector;
        Field = field;
        FieldSelector = fieldSelector;
        Component = component;
        SubComponent = subComponent;
    }

    /// <summary>The segment under which it stands, where the path names one: AIG in <c>AIG/NTE-3</c>; else null.</summary>
    public Hl7Path? Opener { get; }

    /// <summary>The segment's name.</summary>
    public string Segment => SegmentName.TextOf(_segmentKey);

    public Hl7Selector? SegmentSelector { get; }

    /// <summary>From 1; 0 when the path names a segment only.</summary>
    public int Field { get; }

    public Hl7Selector? FieldSelector { get; }

    /// <summary>From 1; 0 when the path names a whole repetition.</summary>
    public int Component { get; }

    /// <summary>From 1; 0 when the path names a whole component.</summary>
    public int SubComponent { get; }

    internal int SegmentKey => _segmentKey;

    /// <exception cref="FormatException">The text is not a path; the message gives the column.</exception>
    public static Hl7Path Parse(string text) =>
        TryParse(text, out var path, out var error) ? path : throw new FormatException($"'{text}', {error}");

    public static bool TryParse(string text, [NotNullWhen(true)] out Hl7Path? path, [NotNullWhen(false)] out Hl7PathError? error)
    {
        path = new Hl7PathParser(text).Parse(out error);
        return path is not null;
    }

    /// <summary>What stands at this place; absent when the message has no such place.</summary>
    public Hl7Element Get(Hl7Message message) => Read(SegmentSearch.Find(message, this));

    /// <summary>
    /// What stands at this place as seen from one segment: the scope itself for paths of its own name, which must fit
    /// the segment's selector; else the segment that goes with it (<see cref="SegmentScope"/>).
    /// </summary>
    public Hl7Element Get(Hl7Message message, Hl7Segment scope) => Read(new SegmentScope(message).At(scope, isItem: true).Find(this));

    /// <summary>This place in every repetition that fits, for fields that are lists; without a selector, in all.</summary>
    public IReadOnlyList<Hl7Element> GetAll(Hl7Message message) => ReadAll(SegmentSearch.Find(message, this));

    /// <summary>As <see cref="GetAll(Hl7Message)"/>, seen from one segment.</summary>
    public IReadOnlyList<Hl7Element> GetAll(Hl7Message message, Hl7Segment scope) => ReadAll(new SegmentScope(message).At(scope, isItem: true).Find(this));

    /// <summary>What stands at this place in a segment that it was found to mean.</summary>
    internal Hl7Element GetIn(Hl7Segment segment) => Read(segment);

    /// <summary>The repetition in which this place stands, in a segment that it was found to mean; for a path that names no field the segment.</summary>
    internal Hl7Element RepetitionIn(Hl7Segment segment)
    {
        if (!segment.IsPresent || Field == 0)
        {
            return segment.AsElement();
        }

        return RepetitionInField(segment.Field(Field));
    }

    /// <summary>What stands at this place in its field, wherever that stands.</summary>
    internal Hl7Element GetInField(Hl7Element field) => Narrow(RepetitionInField(field));

    /// <summary>This place in every repetition of a segment that it was found to mean.</summary>
    internal List<Hl7Element> GetAllIn(Hl7Segment segment) => ReadAll(segment);

    /// <summary>Another field of the same segment.</summary>
    internal Hl7Path OfField(int field) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{_segmentText}-{field}"), _segmentText, Opener, _segmentKey, SegmentSelector, field);

    /// <summary>The same place without its component: <c>PID-11[7=H?].1</c> → <c>PID-11[7=H?]</c>.</summary>
    internal Hl7Path OfWholeField()
    {
        var end = Component == 0 ? _text.Length : _text.IndexOf('.', Math.Max(_text.LastIndexOf(']'), _text.LastIndexOf('-')));
        return new Hl7Path(_text[..end], _segmentText, Opener, _segmentKey, SegmentSelector, Field, FieldSelector);
    }

    /// <summary>Every segment of the name, whatever the selector picks.</summary>
    internal Hl7Path OfAnySegment() => SegmentSelector is null ? this : new Hl7Path(_text, _segmentText, Opener, _segmentKey, null, Field, FieldSelector);

    /// <summary>
    /// The message with <paramref name="value"/> at this place and everything else as it was. Finds the repetition or segment
    /// that fits, else adds one and sets the conditions' keys; a condition <c>k=v?</c> that was not said is said with the
    /// value. With conditions and no component the first component is written, without either the whole first repetition.
    /// </summary>
    /// <param name="message">The message to write into; it stays as it is.</param>
    /// <param name="value">Plain text; null writes <c>""</c>, which asks for removal.</param>
    /// <exception cref="Hl7WriteException">The place or the message's character set can't hold it, or the message would pass a limit.</exception>
    public Hl7Message Set(Hl7Message message, string? value) => new Hl7PathWriter(message, this).Write(value);

    /// <summary>The same place narrowed to a component, or for 0 widened to the whole repetition. Made once for each.</summary>
    internal Hl7Path WithComponent(int component)
    {
        if (component == Component && SubComponent == 0)
        {
            return this;
        }

        if (component >= ComponentsKept)
        {
            return MakeComponent(component);
        }

        var kept = _components ??= new Hl7Path?[ComponentsKept];
        return kept[component] ??= MakeComponent(component);
    }

    private Hl7Path MakeComponent(int component)
    {
        var whole = OfWholeField();
        return component == 0 ? whole : new Hl7Path(
            string.Create(CultureInfo.InvariantCulture, $"{whole._text}.{component}"), _segmentText, Opener, _segmentKey, SegmentSelector, Field, FieldSelector, component);
    }

    /// <summary>The same place in the field's repetition with this number.</summary>
    internal Hl7Path WithRepetition(int number) =>
        new(_text, _segmentText, Opener, _segmentKey, SegmentSelector, Field, new Hl7Selector(number), Component, SubComponent);

    /// <summary>The path as it was written.</summary>
    public override string ToString() => _text;

    public bool Equals(Hl7Path? other) => ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _text == other._text);

    public override bool Equals(object? obj) => Equals(obj as Hl7Path);

    public override int GetHashCode() => _hash;

    private Hl7Element RepetitionInField(Hl7Element field) =>
        field.IsNull ? field : FieldSelector is null ? field.Repetition(1) : FieldSelector.Pick(field, out _);

    private Hl7Element Read(Hl7Segment segment) => Narrow(RepetitionIn(segment));

    private List<Hl7Element> ReadAll(Hl7Segment segment)
    {
        var all = new List<Hl7Element>();
        var field = Field == 0 ? segment.AsElement() : segment.Field(Field);
        if (!field.IsPresent)
        {
            return all;
        }

        if (field.IsNull || Field == 0)
        {
            all.Add(field);
            return all;
        }

        if (FieldSelector is not null)
        {
            FieldSelector.PickAll(field, all);
        }
        else
        {
            foreach (var repetition in field.EnumerateRepetitions())
            {
                all.Add(repetition);
            }
        }

        for (var index = all.Count - 1; index >= 0; index--)
        {
            all[index] = Narrow(all[index]);
            if (!all[index].IsPresent)
            {
                all.RemoveAt(index);
            }
        }

        return all;
    }

    /// <summary>This place in one repetition of its field.</summary>
    internal Hl7Element InRepetition(Hl7Element repetition) => Narrow(repetition);

    /// <summary>From a repetition to the component and sub-component of the path.</summary>
    private Hl7Element Narrow(Hl7Element repetition)
    {
        if (Component == 0 || !repetition.IsPresent || repetition.IsNull)
        {
            return repetition;
        }

        var component = repetition.Component(Component);
        return SubComponent == 0 || component.IsNull ? component : component.SubComponent(SubComponent);
    }
}
