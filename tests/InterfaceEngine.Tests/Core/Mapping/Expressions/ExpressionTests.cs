using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Expressions;

namespace InterfaceEngine.Tests.Core.Mapping.Expressions;

/// <summary>The values here are those of <see cref="Sample"/>; the day of receipt is 29 February 2024.</summary>
public sealed class ExpressionTests
{
    [Theory]
    [InlineData("present(reason)", "true")]
    [InlineData("present(note)", "false")]
    [InlineData("present(died)", "true")]
    [InlineData("missing(note)", "true")]
    [InlineData("missing(reason)", "false")]
    [InlineData("present(race)", "true")]
    [InlineData("present(HL7:PID-13)", "true")]
    [InlineData("present(HL7:PID-99)", "false")]
    [InlineData("any(note, empty_date, reason)", "true")]
    [InlineData("any(note, empty_date)", "false")]
    [InlineData("all(reason, born, start_time)", "true")]
    [InlineData("all(reason, note)", "false")]
    [InlineData("first(note, reason)", "Follow-up")]
    [InlineData("first(note, empty_text)", null)]
    [InlineData("first(empty_number, 3)", "3")]
    [InlineData("if(urgent, 'yes', 'no')", "yes")]
    [InlineData("if(count > 10, 'many', 'few')", "few")]
    [InlineData("if(empty_number > 1, 1, 2)", "2")]
    public void Presence(string text, string? expected) => Value(text).Should().Be(expected);

    [Theory]
    [InlineData("upper(reason)", "FOLLOW-UP")]
    [InlineData("lower(reason)", "follow-up")]
    [InlineData("trim('  a b ')", "a b")]
    [InlineData("digits(phone)", "15555551234")]
    [InlineData("letters('a-1 b')", "ab")]
    [InlineData("left(reason, 6)", "Follow")]
    [InlineData("left(reason, 60)", "Follow-up")]
    [InlineData("left(reason, -1)", "")]
    [InlineData("right(reason, 2)", "up")]
    [InlineData("right(reason, 99)", "Follow-up")]
    [InlineData("mid(reason, 3, 4)", "llow")]
    [InlineData("mid(reason, 0, 2)", "F")]
    [InlineData("mid(reason, 90, 2)", "")]
    [InlineData("left(born, 4)", "1980")]
    [InlineData("replace(reason, '-', ' ')", "Follow up")]
    [InlineData("replace(reason, '', 'x')", "Follow-up")]
    [InlineData("part('a^b^c', '^', 2)", "b")]
    [InlineData("part('a^b^c', '^', 3)", "c")]
    [InlineData("part('a^b^c', '^', 4)", null)]
    [InlineData("part('abc', '', 1)", "abc")]
    [InlineData("part('abc', '^', 0)", null)]
    [InlineData("pad(count, 3, '0')", "007")]
    [InlineData("pad(reason, 3, '0')", "Follow-up")]
    [InlineData("pad(reason, 99999999, '0')", null)]
    [InlineData("pad(reason, 20, '')", null)]
    [InlineData("length(reason)", "9")]
    [InlineData("length('')", "0")]
    [InlineData("matches(reason, '[A-Za-z-]+')", "true")]
    [InlineData("matches(reason, 'Follow')", "false")]
    [InlineData("starts(reason, 'Fol')", "true")]
    [InlineData("starts(reason, 'fol')", "false")]
    [InlineData("contains(reason, 'low')", "true")]
    [InlineData("contains(address.city, 'x')", "false")]
    [InlineData("reason & ': ' & count", "Follow-up: 7")]
    [InlineData("'it''s'", "it's")]
    [InlineData("left('\U0001F600x', 1)", "")]
    public void Texts(string text, string? expected) => Value(text).Should().Be(expected);

    [Theory]
    [InlineData("age(born)", "43")]
    [InlineData("years_between('2000-02-29', '2001-02-28')", "0")]
    [InlineData("years_between('2000-02-29', '2001-03-01')", "1")]
    [InlineData("years_between('2001-03-01', '2000-02-29')", "-1")]
    [InlineData("days_between(born, '1980-05-16')", "1")]
    [InlineData("days_between('1980-05-16', born)", "-1")]
    [InlineData("minutes_between(start_time, end_time)", "30")]
    [InlineData("date(2024, 2, 29)", "2024-02-29")]
    [InlineData("date(2023, 2, 29)", null)]
    [InlineData("date(0, 1, 1)", null)]
    [InlineData("date(2023, 13, 1)", null)]
    [InlineData("date(mid(HL7:PID-7, 1, 4), mid(HL7:PID-7, 5, 2), mid(HL7:PID-7, 7, 2))", "1980-05-15")]
    [InlineData("date(1980.5, 1, 1)", null)]
    [InlineData("in_zone(start_time, 'America/Chicago')", "2023-06-15T09:00:00")]
    [InlineData("today", "2024-02-29")]
    [InlineData("start_time + duration", "2023-06-15T14:30:00Z")]
    [InlineData("duration + start_time", "2023-06-15T14:30:00Z")]
    [InlineData("start_time + 90", "2023-06-15T15:30:00Z")]
    [InlineData("start_time + HL7:SCH-9", "2023-06-15T14:30:00Z")]
    [InlineData("end_time - duration", "2023-06-15T14:00:00Z")]
    [InlineData("end_time - start_time", "30")]
    [InlineData("today - born", "15995")]
    [InlineData("start_time + 999999999999999999", null)]
    [InlineData("count + 1 - 3", "5")]
    [InlineData("weight + 0.25", "70.75")]
    [InlineData("duration + 15", "45")]
    [InlineData("count - -1", "8")]
    public void Dates_and_numbers(string text, string? expected) => Value(text).Should().Be(expected);

    [Theory]
    [InlineData("code(HL7:SCH-25, 'appt-status')", "scheduled")]
    [InlineData("code(HL7:PID-8, 'appt-status')", null)]
    [InlineData("code(HL7:SCH-25, 'appt-status') = scheduled", "true")]
    [InlineData("first(code(HL7:PID-8, 'appt-status'), HL7:PID-8)", "nine")]
    [InlineData("first(code(HL7:SCH-25, 'appt-status'), HL7:SCH-25)", "scheduled")]
    [InlineData("if(urgent, status, other)", "scheduled")]
    [InlineData("known(HL7:SCH-25, 'appt-status')", "true")]
    [InlineData("known(HL7:PID-8, 'appt-status')", "false")]
    [InlineData("known(HL7:PID-99, 'appt-status')", null)]
    [InlineData("known(status, 'appt-status')", "true")]
    [InlineData("display(status, 'appt-status')", "Scheduled")]
    [InlineData("display(HL7:SCH-25, 'appt-status')", "Scheduled")]
    [InlineData("display('no_show', 'appt-status')", null)]
    [InlineData("count(HL7:PID-13)", "2")]
    [InlineData("count(HL7:PID-99)", "0")]
    [InlineData("count(race)", "2")]
    [InlineData("join(HL7:PID-13, '; ')", "5551234567; 5559876543")]
    [InlineData("join(race, '+')", "2106-3+2028-9")]
    [InlineData("join(HL7:PID-99, '; ')", null)]
    public void Codes_and_elements(string text, string? expected) => Value(text).Should().Be(expected);

    [Theory]
    [InlineData("status = scheduled", true)]
    [InlineData("cancelled = status", false)]
    [InlineData("status = 'scheduled'", true)]
    [InlineData("status != cancelled", true)]
    [InlineData("status in (cancelled, scheduled)", true)]
    [InlineData("status in (cancelled, no_show)", false)]
    [InlineData("status = if(urgent, scheduled, cancelled)", true)]
    [InlineData("'2106-3' in race", true)]
    [InlineData("'2106-3' in (other)", true)]
    [InlineData("other in race", true)]
    [InlineData("count in (1, 7)", true)]
    [InlineData("born < today", true)]
    [InlineData("born = '1980-05-15'", true)]
    [InlineData("HL7:PID-7 = born", true)]
    [InlineData("CSV:DOB <= born", true)]
    [InlineData("start_time >= '2023-06-15T14:00:00Z'", true)]
    [InlineData("end_time <= start_time + 30", true)]
    [InlineData("end_time > start_time", true)]
    [InlineData("duration > 29", true)]
    [InlineData("HL7:SCH-9 > 15", true)]
    [InlineData("HL7:PID-8 > 15", false)]
    [InlineData("HL7:MSH-4.1 = '195900'", true)]
    [InlineData("CSV:\"Home Phone\" = '1'", true)]
    [InlineData("HL7:OBX[3.1='a]b']-5 = 'sel'", true)]
    [InlineData("reason < 'G'", true)]
    [InlineData("urgent", true)]
    [InlineData("urgent = false", false)]
    [InlineData("not urgent or count = 7 and count != 8", true)]
    [InlineData("not (urgent or count = 7)", false)]
    [InlineData("not not urgent", true)]
    public void Conditions(string text, bool expected) => Sample.Parse(text).Holds(Sample.Scope()).Should().Be(expected);

    [Theory]
    [InlineData("empty_number = 1", false)]
    [InlineData("empty_number != 1", true)]
    [InlineData("empty_number = empty_number", true)]
    [InlineData("empty_number < 1", false)]
    [InlineData("empty_number >= 1", false)]
    [InlineData("empty_code in (cancelled)", false)]
    [InlineData("empty_bool", false)]
    [InlineData("not empty_bool", true)]
    [InlineData("starts(empty_text, 'a') or urgent", true)]
    [InlineData("died < today", false)]
    public void A_missing_value_makes_a_condition_true_or_false_never_neither(string text, bool expected) =>
        Sample.Parse(text).Holds(Sample.Scope()).Should().Be(expected);

    /// <summary><c>a != b</c> is exactly <c>not (a = b)</c>, whatever is missing.</summary>
    [Fact]
    public void Unequal_is_the_opposite_of_equal_for_every_two_values()
    {
        string[][] alike =
        [
            ["reason", "note", "empty_text", "'Follow-up'", "HL7:MSH-4.1", "HL7:PID-99"], ["born", "empty_date", "died", "today"], ["start_time", "end_time", "empty_time"],
            ["count", "empty_number", "7", "duration"], ["status", "empty_code", "cancelled"], ["urgent", "empty_bool", "true"],
        ];
        foreach (var values in alike)
        {
            foreach (var (one, other) in values.SelectMany(one => values.Select(other => (one, other))))
            {
                if (Expression.TryParseCondition($"{one} = {other}", Sample.Context(), out var equal, out _))
                {
                    Sample.Parse($"{one} != {other}").Holds(Sample.Scope()).Should().Be(!equal.Holds(Sample.Scope()), "{0} and {1}", one, other);
                    Sample.Parse($"not ({one} = {other})").Holds(Sample.Scope()).Should().Be(!equal.Holds(Sample.Scope()), "{0} and {1}", one, other);
                }
            }
        }
    }

    [Theory]
    [InlineData("upper(empty_text)")]
    [InlineData("left(reason, empty_number)")]
    [InlineData("replace(reason, 'a', empty_text)")]
    [InlineData("pad(empty_text, 3, '0')")]
    [InlineData("length(empty_text)")]
    [InlineData("matches(empty_text, 'a')")]
    [InlineData("age(empty_date)")]
    [InlineData("days_between(born, empty_date)")]
    [InlineData("in_zone(empty_time, 'UTC')")]
    [InlineData("date(empty_number, 1, 1)")]
    [InlineData("display(empty_code, 'appt-status')")]
    [InlineData("reason & empty_text")]
    [InlineData("lower(empty_text)")]
    [InlineData("trim(empty_text)")]
    [InlineData("digits(empty_text)")]
    [InlineData("letters(empty_text)")]
    [InlineData("right(empty_text, 2)")]
    [InlineData("mid(empty_text, 1, 2)")]
    [InlineData("part(empty_text, '-', 1)")]
    [InlineData("starts(empty_text, 'a')")]
    [InlineData("contains(reason, empty_text)")]
    [InlineData("years_between(empty_date, born)")]
    [InlineData("minutes_between(start_time, empty_time)")]
    [InlineData("code(HL7:PID-99, 'appt-status')")]
    [InlineData("known(HL7:PID-99, 'appt-status')")]
    [InlineData("join(HL7:PID-99, ', ')")]
    public void Every_other_function_of_a_missing_value_is_missing(string text) => Value(text).Should().BeNull();

    [Theory]
    [InlineData("born <= today", CheckResult.Holds)]
    [InlineData("born > today", CheckResult.Fails)]
    [InlineData("empty_date <= today", CheckResult.NotSaid)]
    [InlineData("empty_date != today", CheckResult.NotSaid)]
    [InlineData("not empty_date > today", CheckResult.NotSaid)]
    [InlineData("present(empty_date) and empty_date <= today", CheckResult.Fails)]
    [InlineData("any(empty_text, empty_code)", CheckResult.Fails)]
    [InlineData("any(empty_text, phone)", CheckResult.Holds)]
    [InlineData("empty_code = cancelled or end_time > start_time", CheckResult.Holds)]
    [InlineData("empty_code = cancelled or end_time < start_time", CheckResult.NotSaid)]
    [InlineData("empty_code = cancelled and end_time < start_time", CheckResult.Fails)]
    [InlineData("empty_code in (cancelled)", CheckResult.NotSaid)]
    [InlineData("status in (cancelled)", CheckResult.Fails)]
    [InlineData("matches(empty_text, 'a')", CheckResult.NotSaid)]
    [InlineData("if(empty_bool, count = 1, count = 2)", CheckResult.NotSaid)]
    [InlineData("length(first(empty_text, reason)) > 90", CheckResult.Fails)]
    public void A_check_with_a_missing_operand_does_not_fire_unless_it_asks_for_presence(string text, CheckResult expected) =>
        Sample.Parse(text).Check(Sample.Scope()).Should().Be(expected);

    [Fact]
    public void In_a_one_way_cell_a_bare_word_is_a_path_of_the_cells_own_format()
    {
        Value("left(MSH-4.1, 3)", MapFormat.Hl7).Should().Be("195");
        Value("first(PID-99, PID-7)", MapFormat.Hl7).Should().Be("19800515");
        Value("\"Home Phone\" & Status", MapFormat.Csv).Should().Be("1x");
        Value("if(today > '2020-01-01' and true, Status, 'y')", MapFormat.Csv).Should().Be("x");
        Value("code(SCH-25, 'appt-status')", MapFormat.Hl7).Should().Be("scheduled");
        Value("display(SCH-25, 'appt-status')", MapFormat.Hl7).Should().Be("Scheduled");
        Value("display(code(SCH-25, 'appt-status'), 'appt-status')", MapFormat.Hl7).Should().Be("Scheduled", "a code of ours is not read as one of the format's");
    }

    [Fact]
    public void It_tells_what_it_reads()
    {
        var expression = Sample.Parse("status = cancelled or (HL7:MSH-4.1 = 'x' and status = scheduled and born < today)");

        expression.Type.Should().Be(ExpressionType.Condition);
        expression.Fields.Select(field => field.Name).Should().Equal("status", "born");
        expression.Paths.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Format = MapFormat.Hl7, Text = "MSH-4.1", Offset = 23 });
    }

    [Fact]
    public void Nested_replacements_stay_bounded()
    {
        var text = "'aaaaaaaaaa'";
        for (var i = 0; i < 30; i++)
        {
            text = $"replace({text}, 'a', 'aaaaaaaaaa')";
        }

        Sample.Parse(text).Evaluate(Sample.Scope()).IsMissing.Should().BeTrue();
    }

    [Fact]
    public void A_comparison_allocates_nothing()
    {
        var expression = Sample.Parse("born <= today and status != cancelled and end_time > start_time");
        var scope = Sample.Scope();
        expression.Holds(scope);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            expression.Holds(scope);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static string? Value(string text, MapFormat? barePaths = null) => Sample.Parse(text, barePaths).Evaluate(Sample.Scope()).Text;
}
