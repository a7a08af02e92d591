namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>
/// The functions of the language, one line each. Those of presence, codes and elements look at their arguments
/// before they are values and have their own methods in <see cref="SpecialFunctions"/>; every other function of
/// a missing argument is missing.
/// </summary>
internal static class Functions
{
    private delegate Bound Binding(Binder binder, CallSyntax call, ExpressionType? expected);

    private static readonly Dictionary<string, (string Usage, int Least, int Most, Binding Bind)> _all = new(StringComparer.Ordinal)
    {
        ["present"] = ("present(x)", 1, 1, SpecialFunctions.Present),
        ["missing"] = ("missing(x)", 1, 1, SpecialFunctions.Missing),
        ["any"] = ("any(x, …)", 1, int.MaxValue, SpecialFunctions.Any),
        ["all"] = ("all(x, …)", 1, int.MaxValue, SpecialFunctions.All),
        ["first"] = ("first(x, …)", 1, int.MaxValue, SpecialFunctions.First),
        ["if"] = ("if(condition, a, b)", 3, 3, SpecialFunctions.If),

        ["upper"] = Text("upper(x)", "t", (x, _, _) => OfText(x.ToUpperInvariant())),
        ["lower"] = Text("lower(x)", "t", (x, _, _) => OfText(x.ToLowerInvariant())),
        ["trim"] = Text("trim(x)", "t", (x, _, _) => OfText(x.Trim())),
        ["digits"] = Text("digits(x)", "t", (x, _, _) => OfText(TextFunctions.Keep(x, char.IsAsciiDigit))),
        ["letters"] = Text("letters(x)", "t", (x, _, _) => OfText(TextFunctions.Keep(x, char.IsLetter))),
        ["left"] = Text("left(x, n)", "tn", (x, n, _) => OfText(TextFunctions.Slice(x, 0, n.Number))),
        ["right"] = Text("right(x, n)", "tn", (x, n, _) => OfText(TextFunctions.Slice(x, x.Length - n.Number, n.Number))),
        ["mid"] = Text("mid(x, from, n)", "tnn", (x, i, n) => OfText(TextFunctions.Slice(x, i.Number - 1, n.Number))),
        ["replace"] = Text("replace(x, 'a', 'b')", "ttt", (x, a, b) => TextFunctions.Replace(x, a.Text!, b.Text!)),
        ["part"] = Text("part(x, 'separator', n)", "ttn", (x, separator, n) => TextFunctions.Part(x, separator.Text!, n.Number)),
        ["pad"] = Text("pad(x, n, '0')", "tnt", (x, n, fill) => TextFunctions.Pad(x, n.Number, fill.Text!)),
        ["length"] = Text("length(x)", "t", (x, _, _) => ExpressionValue.OfNumber(x.Length), ExpressionType.Number),
        ["matches"] = ("matches(x, 'pattern')", 2, 2, SpecialFunctions.Matches),
        ["starts"] = Text("starts(x, 'a')", "tt", (x, a, _) => ExpressionValue.OfCondition(x.StartsWith(a.Text!, StringComparison.Ordinal)), ExpressionType.Condition),
        ["contains"] = Text("contains(x, 'a')", "tt", (x, a, _) => ExpressionValue.OfCondition(x.Contains(a.Text!, StringComparison.Ordinal)), ExpressionType.Condition),

        ["age"] = ("age(date)", 1, 1, SpecialFunctions.Age),
        ["years_between"] = Value("years_between(from, to)", "dd", (a, b, _) => DateFunctions.Years(a.ToDate(), b.ToDate()), ExpressionType.Number),
        ["days_between"] = Value("days_between(from, to)", "dd", (a, b, _) => ExpressionValue.OfNumber(b.Number - a.Number), ExpressionType.Number),
        ["minutes_between"] = Value("minutes_between(from, to)", "ii", (a, b, _) => ExpressionValue.OfMinutes((b.Number - a.Number) / TimeSpan.TicksPerMinute), ExpressionType.Minutes),
        ["date"] = Value("date(year, month, day)", "###", (y, m, d) => DateFunctions.Date(y, m, d), ExpressionType.Date),
        ["in_zone"] = ("in_zone(instant, 'zone')", 2, 2, SpecialFunctions.InZone),

        ["code"] = ("code(x, 'table')", 2, 2, SpecialFunctions.Code),
        ["known"] = ("known(x, 'table')", 2, 2, SpecialFunctions.Known),
        ["display"] = ("display(x, 'table')", 2, 2, SpecialFunctions.Display),

        ["count"] = ("count(path)", 1, 1, SpecialFunctions.Count),
        ["join"] = ("join(path, '; ')", 2, 2, SpecialFunctions.Join),
    };

    /// <summary>Every function with its arguments, for documentation and tests.</summary>
    public static IEnumerable<string> Usages => _all.Values.Select(function => function.Usage);

    public static Bound Bind(Binder binder, CallSyntax call, ExpressionType? expected)
    {
        if (!_all.TryGetValue(call.Name, out var function))
        {
            throw ExpressionException.At(call, MappingFileCodes.Function, $"there is no function {call.Name}.", Suggestion.Advice(call.Name, _all.Keys));
        }

        return call.Arguments.Count >= function.Least && call.Arguments.Count <= function.Most
            ? function.Bind(binder, call, expected)
            : throw ExpressionException.At(call, MappingFileCodes.Function, $"{call.Name} is written {function.Usage}.");
    }

    private static ExpressionValue OfText(string text) => ExpressionValue.OfText(text);

    private static (string Usage, int Least, int Most, Binding Bind) Text(
        string usage,
        string kinds,
        Func<string, ExpressionValue, ExpressionValue, ExpressionValue> compute,
        ExpressionType? result = null) =>
        Value(usage, kinds, (x, y, z) => compute(x.Text!, y, z), result ?? ExpressionType.Text);

    /// <summary>
    /// A function whose arguments are all values. <paramref name="kinds"/> has a letter for each: <c>t</c> a text
    /// or what can be read as one, <c>n</c> a number, <c>d</c> a date, <c>i</c> an instant, <c>#</c> a number or
    /// a text of digits.
    /// </summary>
    private static (string Usage, int Least, int Most, Binding Bind) Value(
        string usage,
        string kinds,
        Func<ExpressionValue, ExpressionValue, ExpressionValue, ExpressionValue> compute,
        ExpressionType result) =>
        (usage, kinds.Length, kinds.Length, (binder, call, _) => new Bound(Call(Arguments(binder, call, kinds), compute), result, call));

    private static Term[] Arguments(Binder binder, CallSyntax call, string kinds) =>
        [.. call.Arguments.Select((argument, i) => Argument(binder, argument, kinds[i]).Term)];

    private static Bound Argument(Binder binder, Syntax argument, char kind) => kind switch
    {
        'n' => binder.Of(argument, ExpressionType.Number),
        'd' => binder.Of(argument, ExpressionType.Date),
        'i' => binder.Of(argument, ExpressionType.Instant),
        _ => binder.TextLike(argument),
    };

    private static Term Call(Term[] arguments, Func<ExpressionValue, ExpressionValue, ExpressionValue, ExpressionValue> compute) => (scope, isCheck) =>
    {
        ExpressionValue second = default, third = default;
        var first = arguments[0](scope, isCheck);
        if (first.IsMissing
            || (arguments.Length > 1 && (second = arguments[1](scope, isCheck)).IsMissing)
            || (arguments.Length > 2 && (third = arguments[2](scope, isCheck)).IsMissing))
        {
            return ExpressionValue.Missing;
        }

        return compute(first, second, third);
    };
}
