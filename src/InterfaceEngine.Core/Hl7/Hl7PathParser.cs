using System.Globalization;
using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Reads the text of a path, left to right, and stops at the first thing that is wrong:
/// <code>
/// path      = { segment [selector] "/" } segment [selector] [ "-" number [selector] [ "." number [ "." number ] ] ]
/// selector  = "[" ( "#" number | condition { "," condition } ) "]"
/// condition = key ( "=" value [ "?" | "*" ] | "!=" value | ":=" value )
/// key       = number { "." number }
/// value     = "'" characters, with '' for ' "'" | characters up to "," or "]"
/// </code>
/// </summary>
internal sealed class Hl7PathParser(string text)
{
    private const int NumberMax = 9_999;

    private int _at;
    private Hl7PathError? _error;

    public Hl7Path? Parse(out Hl7PathError? error)
    {
        var path = Path();
        error = _error;
        return error is null ? path : null;
    }

    private Hl7Path? Path()
    {
        Hl7Path? opener = null;
        int key;
        Hl7Selector? segmentSelector;
        do
        {
            var start = _at;
            key = SegmentName.KeyOf(text.AsSpan(start, Math.Min(SegmentName.Length, text.Length - start)));
            if (key == 0)
            {
                return Fail(start, "expected a segment's name: a capital letter and two capital letters or digits, e.g. PID");
            }

            _at += SegmentName.Length;
            segmentSelector = Selector(isSegment: true);
        }
        while (TryOpener(ref opener, key, segmentSelector));

        var segmentText = text[.._at];
        int field = 0, component = 0, subComponent = 0;
        Hl7Selector? fieldSelector = null;
        if (_error is null && Take('-'))
        {
            field = Number("a field's number");
            fieldSelector = Selector(isSegment: false);
            if (_error is null && Take('.'))
            {
                component = Number("a component's number");
                subComponent = _error is null && Take('.') ? Number("a sub-component's number") : 0;
            }
        }

        if (_error is null && _at < text.Length)
        {
            return Fail(_at, Expected(field, component, subComponent));
        }

        return _error is null ? new Hl7Path(text, segmentText, opener, key, segmentSelector, field, fieldSelector, component, subComponent) : null;
    }

    private bool TryOpener(ref Hl7Path? opener, int key, Hl7Selector? selector)
    {
        if (_error is not null || !Take('/'))
        {
            return false;
        }

        opener = new Hl7Path(text[..(_at - 1)], text[..(_at - 1)], opener, key, selector);
        return true;
    }

    private string Expected(int field, int component, int subComponent)
    {
        if (field == 0)
        {
            return text[_at] == '.' ? "expected '-' before a field's number" : "expected '-' and a field's number, '[' or the end";
        }

        return component == 0 ? "expected '.' and a component's number, '[' or the end"
            : subComponent == 0 ? "expected '.' and a sub-component's number or the end"
            : "expected the end: nothing lies below a sub-component";
    }

    private Hl7Selector? Selector(bool isSegment)
    {
        if (_error is not null || !Take('['))
        {
            return null;
        }

        if (Take('#'))
        {
            var ordinal = Number("a number, counted from 1");
            Close();
            return new Hl7Selector(ordinal);
        }

        var conditions = new List<Hl7Condition>();
        do
        {
            if (Condition(isSegment) is { } condition)
            {
                conditions.Add(condition);
            }
        }
        while (_error is null && Take(','));

        Close();
        return _error is null ? new Hl7Selector(conditions) : null;
    }

    private Hl7Condition? Condition(bool isSegment)
    {
        var field = isSegment ? Number("a condition such as 3.1=8480-6, or #2") : 0;
        var component = !isSegment ? Number("a condition such as 3=CP, or #2") : Deeper();
        var subComponent = component > 0 ? Deeper() : 0;
        if (_error is not null)
        {
            return null;
        }

        var kind = Take(':') ? Hl7ConditionKind.Sets : Take('!') ? Hl7ConditionKind.IsNot : Hl7ConditionKind.Is;
        if (!Take('='))
        {
            Fail(_at, "expected =, != or :=");
            return null;
        }

        var value = At() == '\'' ? Quoted() : Bare();
        if (_error is null && kind == Hl7ConditionKind.Is)
        {
            kind = Take('?') ? Hl7ConditionKind.IsOrUnsaid : Take('*') ? Hl7ConditionKind.StartsWith : kind;
        }

        return _error is null ? new Hl7Condition(field, component, subComponent, kind, value) : null;
    }

    /// <summary>A value without quotes. Its last character is not a <c>?</c> or <c>*</c>: those are signs.</summary>
    private string Bare()
    {
        var start = _at;
        var end = text.AsSpan(_at).IndexOfAny(',', ']');
        end = end < 0 ? text.Length : _at + end;
        var hasSign = end > start && text[end - 1] is '?' or '*';
        _at = hasSign ? end - 1 : end;
        var value = text[start.._at];
        if (value.Length == 0 || value != value.Trim())
        {
            Fail(start, value.Length == 0 ? "expected a value" : "a value that begins or ends with a blank must be quoted");
        }
        else if (value.AsSpan().IndexOfAny('\'', '[') is >= 0 and var strange)
        {
            Fail(start + strange, "a value with ' or [ in it must be quoted");
        }

        return value;
    }

    private string Quoted()
    {
        var start = _at++;
        var value = new StringBuilder();
        while (_at < text.Length)
        {
            if (text[_at] != '\'')
            {
                value.Append(text[_at++]);
            }
            else if (_at + 1 < text.Length && text[_at + 1] == '\'')
            {
                value.Append('\'');
                _at += 2;
            }
            else
            {
                _at++;
                if (value.Length == 0)
                {
                    Fail(start, "expected a value between the quotes");
                }

                return value.ToString();
            }
        }

        Fail(start, "the quote is never closed");
        return string.Empty;
    }

    private void Close()
    {
        if (_error is null && !Take(']'))
        {
            Fail(_at, At() is '?' or '*' ? "? and * go with = only" : "expected , or ]");
        }
    }

    private int Deeper() => _error is null && Take('.') ? Number("a number, counted from 1") : 0;

    private int Number(string expected)
    {
        var start = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
        {
            _at++;
        }

        if (_error is not null)
        {
            return 0;
        }

        if (!int.TryParse(text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            Fail(start, $"expected {expected}");
        }
        else if (number is < 1 or > NumberMax || text[start] == '0')
        {
            Fail(start, number < 1 ? "numbers count from 1" : number > NumberMax ? "the number is too large" : "a number is written without leading zeros");
        }

        return number;
    }

    private char At() => _at < text.Length ? text[_at] : '\0';

    private bool Take(char character)
    {
        if (At() != character || _at >= text.Length)
        {
            return false;
        }

        _at++;
        return true;
    }

    private Hl7Path? Fail(int column, string reason)
    {
        _error ??= new Hl7PathError(column, reason);
        return null;
    }
}
