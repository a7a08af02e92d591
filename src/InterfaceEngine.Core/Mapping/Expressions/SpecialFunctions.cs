using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>The functions that look at their arguments before they are values.</summary>
internal static class SpecialFunctions
{
    private static readonly LocalDateTimePattern _local = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss");

    public static Bound Present(Binder binder, CallSyntax call, ExpressionType? expected) => Presence(binder, call, wanted: 1, isPresent: true);

    public static Bound Missing(Binder binder, CallSyntax call, ExpressionType? expected) => Presence(binder, call, wanted: 1, isPresent: false);

    public static Bound Any(Binder binder, CallSyntax call, ExpressionType? expected) => Presence(binder, call, wanted: 1, isPresent: true);

    public static Bound All(Binder binder, CallSyntax call, ExpressionType? expected) => Presence(binder, call, wanted: call.Arguments.Count, isPresent: true);

    public static Bound First(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        var parts = binder.Same(call.Arguments, expected);
        var type = Common(binder, call, parts);
        var terms = parts.Select(part => part.Term).ToArray();
        return new Bound(
            (scope, isCheck) =>
            {
                foreach (var term in terms)
                {
                    var value = term(scope, isCheck);
                    if (!value.IsMissing)
                    {
                        return value;
                    }
                }

                return ExpressionValue.Missing;
            },
            type,
            call,
            parts.All(part => part.Format == parts[0].Format) ? parts[0].Format : null);
    }

    public static Bound If(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        var condition = binder.Condition(call.Arguments[0]).Term;
        var parts = binder.Same([call.Arguments[1], call.Arguments[2]], expected);
        var type = Common(binder, call, parts);
        var (yes, no) = (parts[0].Term, parts[1].Term);
        return new Bound(
            (scope, isCheck) =>
            {
                var holds = condition(scope, isCheck);
                return isCheck && holds.IsMissing ? ExpressionValue.Missing : holds.IsTrue ? yes(scope, isCheck) : no(scope, isCheck);
            },
            type,
            call,
            parts[0].Format == parts[1].Format ? parts[0].Format : null);
    }

    /// <summary>True when the whole text fits the pattern. Patterns run in time linear in the text.</summary>
    public static Bound Matches(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        var term = binder.TextLike(call.Arguments[0]).Term;
        var regex = Pattern(call.Arguments[1], Constant(binder, call, 1));
        return new Bound(
            (scope, isCheck) => term(scope, isCheck).Text is { } value ? ExpressionValue.OfCondition(regex.IsMatch(value)) : ExpressionValue.Missing,
            ExpressionType.Condition,
            call);
    }

    /// <summary>Whole years from the date to the day of receipt.</summary>
    public static Bound Age(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        var term = binder.Of(call.Arguments[0], ExpressionType.Date).Term;
        return new Bound(
            (scope, isCheck) => term(scope, isCheck) is { IsMissing: false } born ? DateFunctions.Years(born.ToDate(), scope.Today.ToDateOnly()) : ExpressionValue.Missing,
            ExpressionType.Number,
            call);
    }

    /// <summary>The local date and time in a zone, as text: <c>2023-06-15T09:00:00</c>.</summary>
    public static Bound InZone(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        var term = binder.Of(call.Arguments[0], ExpressionType.Instant).Term;
        var name = Constant(binder, call, 1);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(name)
            ?? throw ExpressionException.At(call.Arguments[1], MappingFileCodes.FunctionArgument, $"'{name}' is not a time zone.", "Write, for example, 'America/Chicago'.");
        return new Bound(
            (scope, isCheck) => term(scope, isCheck) is { IsMissing: false } value ? Local(value, zone) : ExpressionValue.Missing,
            ExpressionType.Text,
            call);
    }

    public static Bound Code(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        var (value, codes, format) = CodeArguments(binder, call);
        return new Bound(
            (scope, isCheck) => value(scope, isCheck).Text is { } raw && Ours(codes, format, raw) is { } ours ? ExpressionValue.OfCode(ours) : ExpressionValue.Missing,
            ExpressionType.Code(Constant(binder, call, 1)),
            call);
    }

    public static Bound Known(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        var (value, codes, format) = CodeArguments(binder, call);
        return new Bound(
            (scope, isCheck) => value(scope, isCheck).Text is { } raw ? ExpressionValue.OfCondition(Ours(codes, format, raw) is not null) : ExpressionValue.Missing,
            ExpressionType.Condition,
            call);
    }

    /// <summary>The words of a code; of a list field those of each, with a comma between.</summary>
    public static Bound Display(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        if (call.Arguments[0] is not PathSyntax && binder.Bind(call.Arguments[0]).Type.IsList)
        {
            var (all, table) = (Elements(binder, call), binder.Table(call.Arguments[1], Constant(binder, call, 1)));
            return new Bound(
                (scope, isCheck) => string.Join(", ", all(scope, isCheck).Select(code => table.Find(code)?.Display).Where(words => words is { Length: > 0 })) is { Length: > 0 and <= Operators.TextLengthMax } joined
                    ? ExpressionValue.OfText(joined)
                    : ExpressionValue.Missing,
                ExpressionType.Text,
                call);
        }

        var (value, codes, format) = CodeArguments(binder, call);
        return new Bound(
            (scope, isCheck) => value(scope, isCheck).Text is { } raw && Ours(codes, format, raw) is { } ours && codes.Find(ours)?.Display is { Length: > 0 } shown
                ? ExpressionValue.OfText(shown)
                : ExpressionValue.Missing,
            ExpressionType.Text,
            call);
    }

    /// <summary>How many elements fit the path, or values the list has; 0 when there are none.</summary>
    public static Bound Count(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        var all = Elements(binder, call);
        return new Bound((scope, isCheck) => ExpressionValue.OfNumber(all(scope, isCheck).Count), ExpressionType.Number, call);
    }

    public static Bound Join(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        var all = Elements(binder, call);
        var separator = Constant(binder, call, 1);
        return new Bound(
            (scope, isCheck) => all(scope, isCheck) is { Count: > 0 } found && string.Join(separator, found) is { Length: <= Operators.TextLengthMax } joined
                ? ExpressionValue.OfText(joined)
                : ExpressionValue.Missing,
            ExpressionType.Text,
            call);
    }

    /// <summary>The type of values of which one is taken. A code beside a text, or beside another table's code, is a text.</summary>
    private static ExpressionType Common(Binder binder, CallSyntax call, Bound[] parts)
    {
        var type = parts[0].Type;
        foreach (var part in parts)
        {
            if (!Binder.IsSame(part.Type, type))
            {
                type = IsWords(type) && IsWords(part.Type) ? ExpressionType.Text : throw Operators.Mismatch(binder, call, type, part.Type, "mixed");
            }
        }

        return type;
    }

    private static bool IsWords(ExpressionType type) => type.Kind is ExpressionKind.Text or ExpressionKind.Code;

    private static Bound Presence(Binder binder, CallSyntax call, int wanted, bool isPresent)
    {
        var terms = call.Arguments.Select(binder.Stated).ToArray();
        return new Bound(
            (scope, _) =>
            {
                var found = 0;
                foreach (var term in terms)
                {
                    // What is asked is settled, in a check too.
                    found += term(scope, isCheck: false).IsMissing ? 0 : 1;
                }

                return found >= wanted == isPresent ? Operators.True : Operators.False;
            },
            ExpressionType.Condition,
            call);
    }

    private static (Term Value, CodeTable Codes, MapFormat? Format) CodeArguments(Binder binder, CallSyntax call)
    {
        var value = binder.TextLike(call.Arguments[0]);

        // What is a code of a table is one of ours already, in a cell of a format as well.
        var format = value.Format ?? (value.Type.Kind == ExpressionKind.Code ? null : binder.Context.BarePaths);
        return (value.Term, binder.Table(call.Arguments[1], Constant(binder, call, 1)), format);
    }

    /// <summary>A format's own code is read through its column; a value of ours is taken as it is, else any column may know it.</summary>
    private static string? Ours(CodeTable codes, MapFormat? format, string code)
    {
        if (format is { } column)
        {
            return codes.Read(column, code);
        }

        var ours = codes.Find(code)?.Value;
        foreach (var any in MapFormats.All)
        {
            ours ??= codes.Read(any, code);
        }

        return ours;
    }

    private static Func<IExpressionScope, bool, IReadOnlyList<string>> Elements(Binder binder, CallSyntax call)
    {
        if (call.Arguments[0] is PathSyntax syntax)
        {
            var path = binder.Note(syntax);
            return (scope, _) => scope.All(path);
        }

        var list = binder.Bind(call.Arguments[0]);
        if (!list.Type.IsList)
        {
            throw ExpressionException.At(call.Arguments[0], MappingFileCodes.FormulaTypes, $"{call.Arguments[0].Of(binder.Text)} is {list.Type}; {call.Name} needs a path or a list.");
        }

        var term = list.Term;
        return (scope, isCheck) => term(scope, isCheck).Text is { Length: > 0 } all ? all.Split(FieldValue.ListSeparator) : [];
    }

    private static string Constant(Binder binder, CallSyntax call, int index) =>
        call.Arguments[index] is TextSyntax literal
            ? literal.Value
            : throw ExpressionException.At(call.Arguments[index], MappingFileCodes.Function, $"{call.Arguments[index].Of(binder.Text)} must be a text in quotes here.");

    private static Regex Pattern(Syntax syntax, string pattern)
    {
        if (LinearPattern.IsLarge(pattern))
        {
            throw ExpressionException.At(syntax, MappingFileCodes.FunctionArgument, $"The pattern is longer than {MapLimits.PatternLengthMax} characters or repeats something more than {MapLimits.PatternRepeatsMax} times.");
        }

        return LinearPattern.TryMake(pattern)
            ?? throw ExpressionException.At(syntax, MappingFileCodes.FunctionArgument, "The pattern cannot be used: it is not well formed, or looks ahead, looks back or refers to itself.");
    }

    private static ExpressionValue Local(in ExpressionValue instant, DateTimeZone zone)
    {
        // The last local days of the year 9999 may lie beyond the calendar.
        if (instant.Number > DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay)
        {
            return ExpressionValue.Missing;
        }

        var utc = Instant.FromDateTimeUtc(new DateTime((long)instant.Number, DateTimeKind.Utc));
        return ExpressionValue.OfText(_local.Format(utc.InZone(zone).LocalDateTime));
    }
}
