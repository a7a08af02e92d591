using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>Comparison, <c>and or not in &amp;</c>.</summary>
internal static class Operators
{
    public static readonly ExpressionValue True = ExpressionValue.OfCondition(true);

    public static readonly ExpressionValue False = ExpressionValue.OfCondition(false);

    /// <summary>
    /// The longest text a formula makes: a longer one is missing, so that nested replacements stay bounded.
    /// </summary>
    public const int TextLengthMax = 65536;

    public static Bound Not(Bound operand, Syntax syntax)
    {
        var inner = operand.Term;
        return new Bound(
            (scope, isCheck) =>
            {
                var value = inner(scope, isCheck);
                return isCheck && value.IsMissing ? value : value.IsTrue ? False : True;
            },
            ExpressionType.Condition,
            syntax);
    }

    /// <summary>In a check, a missing side leaves the answer open unless the other side settles it.</summary>
    public static Bound Logic(Bound left, Bound right, BinarySyntax syntax)
    {
        var (first, second) = (left.Term, right.Term);

        // "or" is settled by a true side, "and" by a false one.
        var settling = syntax.Operator == "or";
        return new Bound(
            (scope, isCheck) =>
            {
                var a = first(scope, isCheck);
                if (IsSettled(a, settling, isCheck))
                {
                    return settling ? True : False;
                }

                var b = second(scope, isCheck);
                if (IsSettled(b, settling, isCheck))
                {
                    return settling ? True : False;
                }

                return isCheck && (a.IsMissing || b.IsMissing) ? ExpressionValue.Missing : settling ? False : True;
            },
            ExpressionType.Condition,
            syntax);
    }

    public static Bound Compare(Binder binder, BinarySyntax syntax)
    {
        NeverEmpty(binder, syntax, syntax.Left, syntax.Right);
        NeverEmpty(binder, syntax, syntax.Right, syntax.Left);
        var both = binder.Same([syntax.Left, syntax.Right]);
        var (left, right) = (both[0], both[1]);
        var isEquality = syntax.Operator is "=" or "!=";
        if (!Binder.IsSame(left.Type, right.Type))
        {
            throw Mismatch(binder, syntax, left.Type, right.Type, "compared");
        }

        if (!isEquality && left.Type.Kind is ExpressionKind.Condition or ExpressionKind.Code)
        {
            throw ExpressionException.At(syntax, MappingFileCodes.FormulaTypes, $"{syntax.Of(binder.Text)}: {left.Type} has no order.");
        }

        return new Bound(isEquality ? Equality(left.Term, right.Term, syntax.Operator == "=") : Order(left.Term, right.Term, syntax.Operator), ExpressionType.Condition, syntax);
    }

    public static Bound In(Binder binder, InSyntax syntax)
    {
        if (!syntax.IsParenthesised)
        {
            return InList(binder, syntax);
        }

        if (syntax.Items.Count == 0)
        {
            throw ExpressionException.At(syntax, MappingFileCodes.Formula, "The list after 'in' is empty.");
        }

        var parts = binder.Same([syntax.Left, .. syntax.Items]);
        foreach (var item in parts.Skip(1))
        {
            if (!Binder.IsSame(item.Type, parts[0].Type))
            {
                throw Mismatch(binder, syntax, parts[0].Type, item.Type, "compared");
            }
        }

        var left = parts[0].Term;
        var items = parts.Skip(1).Select(item => item.Term).ToArray();
        return new Bound((scope, isCheck) => IsAmong(left(scope, isCheck), items, scope, isCheck), ExpressionType.Condition, syntax);
    }

    public static Bound Concatenate(Bound left, Bound right, Syntax syntax)
    {
        var (first, second) = (left.Term, right.Term);
        return new Bound(
            (scope, isCheck) => first(scope, isCheck).Text is { } a && second(scope, isCheck).Text is { } b && a.Length + b.Length <= TextLengthMax
                ? ExpressionValue.OfText(a + b)
                : ExpressionValue.Missing,
            ExpressionType.Text,
            syntax);
    }

    public static ExpressionException Mismatch(Binder binder, Syntax syntax, ExpressionType left, ExpressionType right, string verb)
    {
        var isRaw = (left.Kind, right.Kind) is (ExpressionKind.Code, ExpressionKind.Text) or (ExpressionKind.Text, ExpressionKind.Code);
        var table = left.Table ?? right.Table;
        return ExpressionException.At(
            syntax,
            MappingFileCodes.FormulaTypes,
            $"{syntax.Of(binder.Text)}: {left} and {right} cannot be {verb}.",
            isRaw ? $"Read a format's own code with code(…, '{table}')." : null);
    }

    private static bool IsSettled(in ExpressionValue value, bool settling, bool isCheck) =>
        settling ? value.IsTrue : value.IsMissing ? !isCheck : !value.IsTrue;

    private static Term Equality(Term left, Term right, bool isEqual) => (scope, isCheck) =>
    {
        var a = left(scope, isCheck);
        var b = right(scope, isCheck);
        return isCheck && (a.IsMissing || b.IsMissing) ? ExpressionValue.Missing : a.Equals(b) == isEqual ? True : False;
    };

    private static Term Order(Term left, Term right, string op)
    {
        // Which signs of left minus right satisfy the operator.
        var (below, same, above) = op switch
        {
            "<" => (true, false, false),
            "<=" => (true, true, false),
            ">" => (false, false, true),
            _ => (false, true, true),
        };
        return (scope, isCheck) =>
        {
            var a = left(scope, isCheck);
            var b = right(scope, isCheck);
            if (a.IsMissing || b.IsMissing)
            {
                return isCheck ? ExpressionValue.Missing : False;
            }

            var sign = ExpressionValue.Compare(a, b);
            return (sign < 0 ? below : sign > 0 ? above : same) ? True : False;
        };
    }

    private static ExpressionValue IsAmong(in ExpressionValue value, Term[] items, IExpressionScope scope, bool isCheck)
    {
        var isOpen = value.IsMissing;
        foreach (var item in items)
        {
            var other = item(scope, isCheck);
            isOpen |= other.IsMissing;
            if (value.Equals(other) && !(isCheck && value.IsMissing))
            {
                return True;
            }
        }

        return isCheck && isOpen ? ExpressionValue.Missing : False;
    }

    private static Bound InList(Binder binder, InSyntax syntax)
    {
        var list = binder.Bind(syntax.Items[0]);
        if (!list.Type.IsList)
        {
            throw ExpressionException.At(syntax.Items[0], MappingFileCodes.FormulaTypes, $"{syntax.Items[0].Of(binder.Text)} is {list.Type}; 'in' needs a list.", "Write the list in brackets: in (a, b).");
        }

        var single = list.Type with { IsList = false };
        var left = binder.Value(syntax.Left, single);
        if (!Binder.IsSame(left.Type, single))
        {
            throw Mismatch(binder, syntax, left.Type, single, "compared");
        }

        var (value, items) = (left.Term, list.Term);
        return new Bound(
            (scope, isCheck) => value(scope, isCheck).Text is { } wanted && items(scope, isCheck).Text is { } all
                ? (all.Split(FieldValue.ListSeparator).Contains(wanted, StringComparer.Ordinal) ? True : False)
                : isCheck ? ExpressionValue.Missing : False,
            ExpressionType.Condition,
            syntax);
    }

    private static void NeverEmpty(Binder binder, BinarySyntax syntax, Syntax literal, Syntax other)
    {
        if (literal is TextSyntax { Value: "" } && other is WordSyntax or PathSyntax)
        {
            throw ExpressionException.At(syntax, MappingFileCodes.FormulaTypes, $"{syntax.Of(binder.Text)}: an empty value is missing, never ''.", $"Write missing({other.Of(binder.Text)}) or present({other.Of(binder.Text)}).");
        }
    }
}
