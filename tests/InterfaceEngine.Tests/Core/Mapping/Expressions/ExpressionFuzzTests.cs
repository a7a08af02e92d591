using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Expressions;

namespace InterfaceEngine.Tests.Core.Mapping.Expressions;

/// <summary>
/// Two generators. One strings tokens and characters together at random: parsing must end with an expression or
/// with a problem inside the text. The other makes formulas that are well typed by construction: they must
/// parse, and evaluate in both modes without throwing, on a full, an empty and a garbled record.
/// </summary>
public sealed class ExpressionFuzzTests
{
    private static readonly string[] _tokens =
    [
        "status", "reason", "born", "start_time", "duration", "count", "race", "urgent", "cancelled", "today", "nonsense", "address.city",
        "and", "or", "not", "in", "(", ")", ",", ";", "+", "-", "&", "=", "!=", "<", "<=", ">", ">=", "'", "''", "'text'", "\"", "[", "]",
        "1", "42.5", "99999999999999999999", "HL7:", "HL7:PID-5.1", "CSV:\"a b\"", "FHIR:name[use=official?].given[#1]", "present(", "if(",
        "left(", "matches(", "'(a|b)*'", "in_zone(", "'UTC'", "code(", "'race'", "join(", "date(", " ", "\t", "\u00e9", "\ud83d", "\0", ".", ":", "{",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_text_parses_or_gives_a_problem_inside_it(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => _tokens[random.Next(_tokens.Length)] + (random.Next(3) == 0 ? "" : " ")));
            var isParsed = Expression.TryParse(text, Sample.Context(random.Next(4) == 0 ? MapFormat.Hl7 : null), out var expression, out var problem);
            if (isParsed)
            {
                Evaluate(expression!);
                continue;
            }

            var isInside = problem!.Offset >= 0 && problem.Length >= 0 && problem.Offset + problem.Length <= text.Length;
            isInside.Should().BeTrue("seed {0}, round {1}: {2} at {3}+{4} in {5}", seed, i, problem.Text, problem.Offset, problem.Length, text);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Every_well_typed_formula_parses_and_always_evaluates(int seed)
    {
        var generator = new Generator(new Random(seed));
        for (var i = 0; i < 5_000; i++)
        {
            var text = generator.Make();
            Expression.TryParse(text, Sample.Context(), out var expression, out var problem)
                .Should().BeTrue("seed {0}, round {1}: {2} {3}", seed, i, text, problem);
            Evaluate(expression!);
        }
    }

    private static void Evaluate(Expression expression)
    {
        var garbled = Sample.Scope();
        foreach (var name in garbled.Values.Keys)
        {
            garbled.Values[name] = "\ud83dnot 9999-99-99";
        }

        foreach (var name in garbled.Elements.Keys)
        {
            garbled.Elements[name] = ["", "1e9", "99999999"];
        }

        foreach (var scope in new[] { Sample.Scope(), new SampleScope(), garbled })
        {
            _ = expression.Evaluate(scope).Text;
            _ = expression.Holds(scope);
            var verdict = expression.Check(scope);

            // What is certain in a check is what the two-valued reading says too.
            if (expression.Type == ExpressionType.Condition && verdict != CheckResult.NotSaid)
            {
                expression.Holds(scope).Should().Be(verdict == CheckResult.Holds, "{0}", expression);
            }
        }
    }

    private sealed class Generator(Random random)
    {
        public string Make() => random.Next(6) switch
        {
            0 => Text(4),
            1 => Number(4),
            2 => Date(4),
            3 => Instant(4),
            4 => Minutes(4),
            _ => Condition(4),
        };

        private string Pick(params string[] options) => options[random.Next(options.Length)];

        private string Text(int depth) => depth == 0
            ? Pick("reason", "note", "phone", "address.city", "empty_text", "'x'", "'Ünï \ud83d\ude00'", "HL7:PID-13", "CSV:Status")
            : random.Next(13) switch
            {
                0 => $"{Pick("upper", "lower", "trim", "digits", "letters")}({Text(depth - 1)})",
                1 => $"{Pick("left", "right")}({Text(depth - 1)}, {Number(depth - 1)})",
                2 => $"mid({Text(depth - 1)}, {Number(depth - 1)}, {Number(depth - 1)})",
                3 => $"replace({Text(depth - 1)}, {Text(depth - 1)}, {Text(depth - 1)})",
                4 => $"part({Text(depth - 1)}, {Pick("'^'", "''", "'x'")}, {Number(depth - 1)})",
                5 => $"pad({Text(depth - 1)}, {Number(depth - 1)}, {Text(depth - 1)})",
                6 => $"({Text(depth - 1)} & {Text(depth - 1)})",
                7 => $"if({Condition(depth - 1)}, {Text(depth - 1)}, {Text(depth - 1)})",
                8 => $"first({Text(depth - 1)}, {Text(depth - 1)})",
                9 => $"in_zone({Instant(depth - 1)}, {Pick("'America/Chicago'", "'Pacific/Kiritimati'", "'UTC'")})",
                10 => $"display({Pick("status", "HL7:SCH-25", "'x'")}, 'appt-status')",
                11 => $"join({Pick("race", "HL7:PID-13")}, '; ')",
                _ => Text(0),
            };

        private string Number(int depth) => depth == 0
            ? Pick("count", "weight", "empty_number", "3", "0", "-7", "2.5", "999999999999999999")
            : random.Next(7) switch
            {
                0 => $"({Number(depth - 1)} {Pick("+", "-")} {Number(depth - 1)})",
                1 => $"length({Text(depth - 1)})",
                2 => $"age({Date(depth - 1)})",
                3 => $"{Pick("years_between", "days_between")}({Date(depth - 1)}, {Date(depth - 1)})",
                4 => $"({Date(depth - 1)} - {Date(depth - 1)})",
                5 => $"count({Pick("race", "HL7:PID-13")})",
                _ => Number(0),
            };

        private string Date(int depth) => depth == 0 || random.Next(2) == 0
            ? Pick("born", "died", "today", "empty_date")
            : $"date({Number(depth - 1)}, {Number(depth - 1)}, {Text(depth - 1)})";

        private string Instant(int depth) => depth == 0 || random.Next(3) == 0
            ? Pick("start_time", "end_time", "empty_time")
            : random.Next(2) == 0 ? $"({Instant(depth - 1)} {Pick("+", "-")} {Minutes(depth - 1)})" : $"({Minutes(depth - 1)} + {Instant(depth - 1)})";

        private string Minutes(int depth) => depth == 0
            ? "duration"
            : random.Next(4) switch
            {
                0 => $"minutes_between({Instant(depth - 1)}, {Instant(depth - 1)})",
                1 => $"({Instant(depth - 1)} - {Instant(depth - 1)})",
                2 => $"({Minutes(depth - 1)} + {Number(depth - 1)})",
                _ => Minutes(0),
            };

        private string Condition(int depth) => depth == 0
            ? Pick("urgent", "empty_bool", "true", "status = cancelled", "'2106-3' in race", "present(HL7:PID-13)")
            : random.Next(10) switch
            {
                0 => $"({Condition(depth - 1)} {Pick("and", "or")} {Condition(depth - 1)})",
                1 => $"(not {Condition(depth - 1)})",
                2 => $"({Number(depth - 1)} {Comparison()} {Number(depth - 1)})",
                3 => $"({Date(depth - 1)} {Comparison()} {Date(depth - 1)})",
                4 => $"({Instant(depth - 1)} {Comparison()} {Instant(depth - 1)})",
                5 => $"{Pick("present", "missing", "any", "all")}({Text(depth - 1)})",
                6 => $"{Pick("starts", "contains")}({Text(depth - 1)}, {Text(depth - 1)})",
                7 => $"matches({Text(depth - 1)}, {Pick("'.*'", "'(a|a)*b'", "'[0-9]{3}'")})",
                8 => $"(status in (cancelled, {Pick("scheduled", "no_show", "empty_code")}))",
                _ => Condition(0),
            };

        private string Comparison() => Pick("=", "!=", "<", "<=", ">", ">=");
    }
}
