using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>A place in an HL7 message that holds one value.</summary>
internal sealed class Hl7PlaceReader : PlaceReader
{
    private readonly Hl7Path _path;
    private readonly Hl7Path _field;
    private readonly Hl7Path? _unitPath;
    private readonly IValueType _type;
    private readonly IElementType? _elementType;

    public Hl7PlaceReader(Hl7Path path, IValueType type)
        : base(path.ToString())
    {
        _path = path;
        _field = path.OfWholeField();
        _type = type;

        // Only a whole field has its unit in the next one (SCH-9 and SCH-10, OBX-5 and OBX-6).
        _elementType = type as IElementType;
        _unitPath = _elementType is { HasUnit: true } && path is { Field: > 0, Component: 0 }
            ? path.OfField(path.Field + 1)
            : null;
    }

    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var element = _path.InRepetition(reading.GetRepetition(_field));
        return element.IsPresent && !element.IsEmpty && TryRead(element, reading, ref slot);
    }

    private bool TryRead(Hl7Element element, RecordReading reading, ref Slot slot)
    {
        slot.Place = reading.Scope.Place = element.Range;
        if (IsNull(element, reading.Scope))
        {
            slot.Value = FieldValue.Cleared;
            return true;
        }

        if (_elementType is null)
        {
            reading.Scope.Trace?.Found(Text, element.Decode());
        }

        var before = reading.Scope.NoteCount;
        var value = _elementType is null
            ? Hl7Text.Read(_type, element, reading.Scope)
            : _elementType.Read(element, _unitPath is null ? default : reading.Get(_unitPath), reading.Scope);
        if (value is null)
        {
            return reading.Scope.NoteCount > before;
        }

        slot.Value = FieldValue.Of(value);
        if (_elementType is null)
        {
            NoteWhatIsLeft(element, reading.Scope);
        }

        return true;
    }

    /// <summary><c>""</c> asks for removal. HL7 defines it for whole fields; in a component it is honoured with a warning.</summary>
    internal static bool IsNull(Hl7Element element, ReadingScope scope)
    {
        var isWhole = element.IsNull && element.Level is Hl7Level.Field or Hl7Level.Repetition;
        if (isWhole)
        {
            return true;
        }

        var isNull = element.IsNull || (element.Raw.StartsWith("\"\""u8) && element.SubComponent(1).IsNull);
        if (isNull)
        {
            scope.Warn(MappingCodes.ComponentNull, "\"\" in a component; HL7 defines it for whole fields only. It was honoured.");
        }

        return isNull;
    }

    private static void NoteWhatIsLeft(Hl7Element element, ReadingScope scope)
    {
        if (element.Level == Hl7Level.Component && element.SubComponentCount > 1 && !element.SubComponent(2).IsEmpty)
        {
            scope.Note(MappingCodes.SubcomponentsLeft, "only the first sub-component was read.", element.Decode());
        }
    }
}

/// <summary>Several places of an HL7 message that are joined before they are read: <c>date + time</c>.</summary>
internal sealed class Hl7JoinReader(IReadOnlyList<Hl7Path> paths, IValueType type) : PlaceReader(string.Join(" + ", paths))
{
    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var joined = "";
        foreach (var path in paths)
        {
            var element = reading.Get(path);
            if (!element.IsPresent || element.IsEmpty)
            {
                continue;
            }

            reading.Scope.Place = slot.Place = element.Range;
            if (Hl7PlaceReader.IsNull(element, reading.Scope))
            {
                slot.Value = FieldValue.Cleared;
                return true;
            }

            if (!Hl7Text.TryDecode(element.SubComponent(1), reading.Scope, out var text))
            {
                return true;
            }

            reading.Scope.Trace?.Found(path.ToString(), text);
            joined = joined.Length == 0 ? text : text.Length == 0 ? joined : joined + " " + text;
        }

        if (joined.Length == 0)
        {
            return false;
        }

        if (type.Read(joined, reading.Scope) is { } value)
        {
            slot.Value = FieldValue.Of(value);
        }

        return true;
    }
}
