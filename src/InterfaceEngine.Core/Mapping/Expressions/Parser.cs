using System.Globalization;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>
/// Reads a formula by recursive descent, one method for each line of the grammar (mapping design §8). Length
/// and depth are limited, so that no text can exhaust the stack.
/// </summary>
internal sealed class Parser
{
    /// <summary>The most characters of one formula.</summary>
    public const int LengthMax = 2000;

    /// <summary>The most brackets, calls and nots within one another.</summary>
    public const int DepthMax = 40;

    private readonly Lexer _lexer;
    private Token _token;
    private int _depth;

    public Parser(string text, MapFormat? barePaths)
    {
        if (text.Length > LengthMax)
        {
            throw new ExpressionException(new ExpressionProblem(MappingFileCodes.Formula, $"The formula is longer than {LengthMax} characters.", LengthMax, text.Length - LengthMax));
        }

        _lexer = new Lexer(text, barePaths);
        _token = _lexer.Next();
    }

    /// <summary>One whole formula.</summary>
    public Syntax Whole()
    {
        var syntax = Or();
        return _token.Kind == TokenKind.End ? syntax : throw Unexpected("the end");
    }

    /// <summary>Formulas separated by semicolons.</summary>
    public IReadOnlyList<Syntax> List()
    {
        var list = new List<Syntax> { Or() };
        while (_token.Is(";"))
        {
            Take();
            list.Add(Or());
        }

        return _token.Kind == TokenKind.End ? list : throw Unexpected("';' or the end");
    }

    private static BinarySyntax Join(string op, Syntax left, Syntax right) => new(left.Start, right.End, op, left, right);

    private Syntax Or()
    {
        var left = And();
        while (_token is { Kind: TokenKind.Word, Content: "or" })
        {
            Take();
            left = Join("or", left, And());
        }

        return left;
    }

    private Syntax And()
    {
        var left = Not();
        while (_token is { Kind: TokenKind.Word, Content: "and" })
        {
            Take();
            left = Join("and", left, Not());
        }

        return left;
    }

    private Syntax Not()
    {
        if (_token is not { Kind: TokenKind.Word, Content: "not" })
        {
            return Comparison();
        }

        var start = Take().Start;
        Enter(start);
        var operand = Not();
        _depth--;
        return new NotSyntax(start, operand.End, operand);
    }

    private Syntax Comparison()
    {
        var left = Sum();
        if (_token.Kind == TokenKind.Symbol && _token.Content is "=" or "!=" or "<" or "<=" or ">" or ">=")
        {
            var op = Take().Content;
            return Join(op, left, Sum());
        }

        if (_token is not { Kind: TokenKind.Word, Content: "in" })
        {
            return left;
        }

        Take();
        if (!_token.Is("("))
        {
            var right = Sum();
            return new InSyntax(left.Start, right.End, left, [right], IsParenthesised: false);
        }

        Enter(Take().Start);
        var items = Arguments(out var end);
        _depth--;
        return new InSyntax(left.Start, end, left, items, IsParenthesised: true);
    }

    private Syntax Sum()
    {
        var left = Term();
        while (_token.Kind == TokenKind.Symbol && _token.Content is "+" or "-" or "&")
        {
            var op = Take().Content;
            left = Join(op, left, Term());
        }

        return left;
    }

    private Syntax Term()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.Text:
                Take();
                return new TextSyntax(token.Start, token.End, token.Content);
            case TokenKind.Number:
                Take();
                return Number(token.Start, token, sign: 1);
            case TokenKind.Path:
                Take();
                return new PathSyntax(token.Start, token.End, token.Format, token.Content);
            case TokenKind.Word when token.Content is not ("and" or "or" or "in" or "not"):
                Take();
                return _token.Is("(") ? Call(token) : new WordSyntax(token.Start, token.End, token.Content);
            case TokenKind.Symbol when token.Content == "-":
                Take();
                return _token.Kind == TokenKind.Number ? Number(token.Start, Take(), sign: -1) : throw Unexpected("a number");
            case TokenKind.Symbol when token.Content == "(":
                Take();
                Enter(token.Start);
                var inner = Or();
                Close(out _);
                _depth--;
                return inner;
            default:
                throw Unexpected("a field, a value or a function");
        }
    }

    private static NumberSyntax Number(int start, Token token, int sign) =>
        new(start, token.End, sign * decimal.Parse(token.Content, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture));

    private CallSyntax Call(Token name)
    {
        Enter(Take().Start);
        var arguments = Arguments(out var end);
        _depth--;
        return new CallSyntax(name.Start, end, name.Content, arguments);
    }

    private List<Syntax> Arguments(out int end)
    {
        var list = new List<Syntax>();
        if (!_token.Is(")"))
        {
            list.Add(Or());
            while (_token.Is(","))
            {
                Take();
                list.Add(Or());
            }
        }

        Close(out end);
        return list;
    }

    private void Close(out int end)
    {
        if (!_token.Is(")"))
        {
            throw Unexpected("')'");
        }

        end = Take().End;
    }

    private void Enter(int start)
    {
        if (++_depth > DepthMax)
        {
            throw new ExpressionException(new ExpressionProblem(MappingFileCodes.Formula, $"The formula is nested deeper than {DepthMax}.", start, 1));
        }
    }

    private Token Take()
    {
        var token = _token;
        _token = _lexer.Next();
        return token;
    }

    private ExpressionException Unexpected(string expected)
    {
        var found = _token.Kind == TokenKind.End ? "the formula ends" : $"there is {Shown()}";
        return new ExpressionException(new ExpressionProblem(MappingFileCodes.Formula, $"Here {found}; {expected} was expected.", _token.Start, _token.End - _token.Start));
    }

    private string Shown() => _token.Kind switch
    {
        TokenKind.Text => "a text",
        TokenKind.Number => "a number",
        _ => $"'{_token.Content}'",
    };
}
