using System.Globalization;

namespace InterfaceEngine.Core.Mapping.Expressions;

internal enum TokenKind
{
    Word,
    Path,
    Text,
    Number,
    Symbol,
    End,
}

/// <summary>One token: what it is, where it stands, and its content (a text without its quotes).</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string Content, MapFormat Format = default)
{
    public bool Is(string symbolOrWord) => Kind is TokenKind.Symbol or TokenKind.Word && Content == symbolOrWord;
}

/// <summary>
/// Cuts a formula into tokens. In a path, <c>-</c>, <c>.</c> and <c>:</c> belong to the path when a letter or
/// digit follows at once, so subtraction from a path is written with blanks.
/// </summary>
internal sealed class Lexer(string text, MapFormat? barePaths)
{
    private static readonly (string Prefix, MapFormat Format)[] _prefixes =
        [("HL7:", MapFormat.Hl7), ("CSV:", MapFormat.Csv), ("athenaNet:", MapFormat.AthenaNet), ("FHIR:", MapFormat.Fhir)];

    private int _at;

    public Token Next()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t')
        {
            _at++;
        }

        if (_at == text.Length)
        {
            return new Token(TokenKind.End, _at, _at, "");
        }

        foreach (var (prefix, format) in _prefixes)
        {
            if (text.AsSpan(_at).StartsWith(prefix, StringComparison.Ordinal))
            {
                return Path(format, _at + prefix.Length);
            }
        }

        var c = text[_at];
        return c switch
        {
            '\'' => Text(),
            '"' when barePaths is { } format => Path(format, _at),
            '"' => throw Problem(_at, _at + 1, "A text is written in single quotes."),
            _ when char.IsAsciiDigit(c) => Number(),
            _ when IsWordStart(c) => Word(),
            _ => Symbol(),
        };
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$';

    private static bool IsWordPart(char c) => IsWordStart(c) || char.IsAsciiDigit(c);

    private static ExpressionException Problem(int start, int end, string what, string? advice = null) =>
        new(new ExpressionProblem(MappingFileCodes.Formula, what, start, end - start, advice));

    private Token Symbol()
    {
        var start = _at;
        var two = text.AsSpan(_at, Math.Min(2, text.Length - _at));
        if (two is "!=" or "<=" or ">=")
        {
            _at += 2;
        }
        else if (text[_at] is '=' or '<' or '>' or '+' or '-' or '&' or '(' or ')' or ',' or ';')
        {
            _at++;
        }
        else
        {
            var length = char.IsHighSurrogate(text[_at]) && _at + 1 < text.Length ? 2 : 1;
            throw Problem(_at, _at + length, $"'{text.AsSpan(_at, length)}' has no meaning in a formula.");
        }

        return new Token(TokenKind.Symbol, start, _at, text[start.._at]);
    }

    /// <summary>A quote inside a text is doubled: <c>'O''Hara'</c>.</summary>
    private Token Text()
    {
        var start = _at;
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] != '\'')
            {
                continue;
            }

            if (i + 1 < text.Length && text[i + 1] == '\'')
            {
                i++;
                continue;
            }

            _at = i + 1;
            return new Token(TokenKind.Text, start, _at, text[(start + 1)..i].Replace("''", "'", StringComparison.Ordinal));
        }

        throw Problem(start, text.Length, "The text has no closing quote.");
    }

    private Token Number()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || (text[_at] == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1]))))
        {
            _at++;
        }

        // A code such as 2106-3 or 18th written without quotes would otherwise be taken for arithmetic or nonsense.
        if (_at < text.Length && IsWordStart(text[_at]))
        {
            throw Problem(start, _at + 1, "A text that starts with a digit is written in single quotes.");
        }

        var digits = text[start.._at];
        return digits.Length <= 18 && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)
            ? new Token(TokenKind.Number, start, _at, digits)
            : throw Problem(start, _at, "That is not a number of at most 18 digits.");
    }

    private Token Word()
    {
        if (barePaths is { } format)
        {
            var end = EndOfPath(_at);
            var word = text[_at..end];

            // Functions and the language's own words keep their meaning; every other bare word is a path.
            if (!IsOwnWord(word) && !IsCall(end))
            {
                return Path(format, _at);
            }
        }

        var start = _at;
        while (_at < text.Length && (IsWordPart(text[_at]) || (text[_at] == '.' && _at + 1 < text.Length && IsWordPart(text[_at + 1]))))
        {
            _at++;
        }

        return new Token(TokenKind.Word, start, _at, text[start.._at]);
    }

    private static bool IsOwnWord(string word) => word is "and" or "or" or "not" or "in" or "today" or "true" or "false";

    private bool IsCall(int end) => end < text.Length && text[end] == '(';

    private Token Path(MapFormat format, int from)
    {
        var start = _at;
        if (from < text.Length && text[from] == '"')
        {
            var close = text.IndexOf('"', from + 1);
            if (close < 0)
            {
                throw Problem(from, text.Length, "The column name has no closing quote.");
            }

            _at = close + 1;
            return close > from + 1
                ? new Token(TokenKind.Path, start, _at, text[(from + 1)..close], format)
                : throw Problem(from, _at, "The column name is empty.");
        }

        _at = EndOfPath(from);
        return _at > from
            ? new Token(TokenKind.Path, start, _at, text[from.._at], format)
            : throw Problem(start, from, "A path is missing here.", "Write, for example, HL7:MSH-4.1 or CSV:Status.");
    }

    private int EndOfPath(int from)
    {
        var at = from;
        while (at < text.Length)
        {
            var c = text[at];
            if (IsWordPart(c) || (at > from && c is '-' or '.' or ':' or '/' && at + 1 < text.Length && IsWordPart(text[at + 1])))
            {
                at++;
            }
            else if (c == '[' && at > from)
            {
                at = EndOfSelector(at);
            }
            else
            {
                break;
            }
        }

        return at;
    }

    /// <summary>The place after the closing bracket. Brackets inside quotes do not count: <c>[6='mm[Hg]']</c>.</summary>
    private int EndOfSelector(int open)
    {
        var isQuoted = false;
        for (var i = open; i < text.Length; i++)
        {
            if (text[i] == '\'')
            {
                isQuoted = !isQuoted;
            }
            else if (text[i] == ']' && !isQuoted)
            {
                return i + 1;
            }
        }

        throw Problem(open, text.Length, "The selector has no closing bracket.");
    }
}
