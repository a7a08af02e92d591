using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>One place of a cell, made once for a row and used for every message.</summary>
/// <param name="text">The place as its cell writes it, for notes.</param>
internal abstract class PlaceReader(string text)
{
    public string Text => text;

    /// <summary>
    /// Reads the place into the slot. False when nothing is there, so that the cell's next place counts; true
    /// also when what is there can't be taken, which was reported then.
    /// </summary>
    public abstract bool TryRead(RecordReading reading, ref Slot slot);
}

/// <summary><c>'text'</c>: the same for every message.</summary>
internal sealed class LiteralReader(LiteralPlace place, IValueType type) : PlaceReader($"'{place.Text}'")
{
    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        if (type.Read(place.Text, reading.Scope) is not { } value)
        {
            return false;
        }

        slot.Value = FieldValue.Of(value);
        slot.Place = ByteRange.None;
        slot.IsConstant = true;
        reading.Scope.Trace?.Step("the cell's own text", place.Text);
        return true;
    }
}

/// <summary>An expression after <c>read:</c>.</summary>
internal sealed class ExpressionReader(ExpressionPlace place, IValueType type) : PlaceReader(place.Expression.Text)
{
    public bool DependsOnFields => place.Expression.Fields.Count > 0;

    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        if (!reading.TryEvaluate(place.Expression, out var result))
        {
            return true;
        }

        if (result.IsMissing || result.Text is not { Length: > 0 } text)
        {
            return false;
        }

        reading.Scope.Trace?.Step($"formula {place.Expression.Text}", text);

        // A text is as the sender wrote it; every other kind is in our own form already.
        if (result.Kind != ExpressionKind.Text)
        {
            slot.Value = FieldValue.Of(text);
        }
        else if (type.Read(text, reading.Scope) is { } value)
        {
            slot.Value = FieldValue.Of(value);
        }

        slot.Place = ByteRange.None;
        return true;
    }
}
