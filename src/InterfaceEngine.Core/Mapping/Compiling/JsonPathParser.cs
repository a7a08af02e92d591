using System.Globalization;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>Why a text is not a path: where in it, and what was expected.</summary>
internal sealed record PathProblem(int Offset, string Reason);

/// <summary>Reads a path of athenaNet or FHIR: <c>name[sel].name…[:int|:bool]</c>, a shortcut at its start.</summary>
internal sealed partial class JsonPathParser(string text)
{
    private int _at;

    /// <summary>Null when <paramref name="problem"/> says why.</summary>
    public static JsonPath? Parse(string text, out PathProblem? problem)
    {
        var parser = new JsonPathParser(text);
        try
        {
            problem = null;
            return parser.Path();
        }
        catch (PathException exception)
        {
            problem = new PathProblem(Math.Min(parser._at, text.Length), exception.Message);
            return null;
        }
    }

    /// <summary>Replaces a shortcut (<c>$patient</c>, <c>$us-core-race.code</c>) by what it stands for.</summary>
    /// <returns>False when there is no such shortcut.</returns>
    public static bool TryExpand(string text, IReadOnlyDictionary<string, SourceText> shortcuts, out string expanded, out string name)
    {
        expanded = text;
        name = "";
        if (!text.StartsWith('$'))
        {
            return true;
        }

        name = Shortcut().Match(text).Value;
        if (!shortcuts.TryGetValue(name, out var stands))
        {
            return false;
        }

        expanded = stands.Text + text[name.Length..];
        return true;
    }

    private JsonPath Path()
    {
        var steps = new List<JsonStep> { Step() };
        while (Take('.'))
        {
            steps.Add(Step());
        }

        var kind = JsonKind.Text;
        if (Take(':'))
        {
            var word = text[_at..];
            kind = word switch
            {
                "int" => JsonKind.Number,
                "bool" => JsonKind.Boolean,
                _ => throw new PathException("expected int or bool"),
            };
            _at = text.Length;
        }

        return _at == text.Length ? new JsonPath(text, steps, kind) : throw new PathException("expected '.', '[', ':int', ':bool' or the end");
    }

    private JsonStep Step()
    {
        var name = Name("a property's name");
        var selectors = new List<JsonSelector>();
        if (Take('['))
        {
            do
            {
                selectors.Add(Selector());
            }
            while (Take(','));

            if (!Take(']'))
            {
                throw new PathException("expected ',' or ']'");
            }

            if (selectors.Count > 1 && selectors.Exists(selector => selector.Match == JsonMatch.Ordinal))
            {
                throw new PathException("a number stands alone: [#2]");
            }
        }

        return new JsonStep(name, selectors);
    }

    private JsonSelector Selector()
    {
        if (Take('#'))
        {
            var start = _at;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }

            var isNumber = int.TryParse(text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) && ordinal is > 0 and <= MapLimits.OrdinalMax;
            return isNumber ? new JsonSelector([], JsonMatch.Ordinal, "", ordinal) : throw new PathException("expected a number, counted from 1");
        }

        var key = new List<string> { Name("a key such as use=home, or #2") };
        while (Take('.'))
        {
            key.Add(Name("a key"));
        }

        var match = Take(':') ? JsonMatch.Sets : Take('!') ? JsonMatch.IsNot : JsonMatch.Is;
        if (!Take('='))
        {
            throw new PathException("expected =, != or :=");
        }

        var value = Value();
        if (match == JsonMatch.Is)
        {
            match = Take('?') ? JsonMatch.IsOrUnsaid : Take('*') ? JsonMatch.StartsWith : match;
        }

        return new JsonSelector(key, match, value, 0);
    }

    /// <summary>A value in quotes, or up to <c>,</c> or <c>]</c> without the sign <c>?</c> or <c>*</c> at its end.</summary>
    private string Value()
    {
        var start = _at;
        if (Take('\''))
        {
            while (_at < text.Length)
            {
                if (text[_at] != '\'')
                {
                    _at++;
                }
                else if (_at + 1 < text.Length && text[_at + 1] == '\'')
                {
                    _at += 2;
                }
                else
                {
                    _at++;
                    return text[(start + 1)..(_at - 1)].Replace("''", "'", StringComparison.Ordinal);
                }
            }

            _at = start;
            throw new PathException("the quote is never closed");
        }

        while (_at < text.Length && text[_at] is not (',' or ']' or '['))
        {
            _at++;
        }

        if (_at > start && text[_at - 1] is '?' or '*')
        {
            _at--;
        }

        return _at > start ? text[start.._at] : throw new PathException("expected a value");
    }

    private string Name(string expected)
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-'))
        {
            _at++;
        }

        return _at > start ? text[start.._at] : throw new PathException($"expected {expected}");
    }

    private bool Take(char character)
    {
        if (_at >= text.Length || text[_at] != character)
        {
            return false;
        }

        _at++;
        return true;
    }

    [GeneratedRegex("^\\$[A-Za-z0-9_-]*")]
    private static partial Regex Shortcut();

    private sealed class PathException(string message) : Exception(message);
}
