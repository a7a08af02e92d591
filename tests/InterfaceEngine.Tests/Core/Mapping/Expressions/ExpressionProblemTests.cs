using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Expressions;

namespace InterfaceEngine.Tests.Core.Mapping.Expressions;

public sealed class ExpressionProblemTests
{
    [Theory]
    [InlineData("start_time + reason", "MAP350", "start_time + reason: an instant and a text cannot be added.", 13, 6)]
    [InlineData("1 + reason", "MAP350", "1 + reason: a number and a text cannot be added.", 4, 6)]
    [InlineData("start_time + end_time", "MAP350", "start_time + end_time: an instant and an instant cannot be added.", 13, 8)]
    [InlineData("duration - start_time", "MAP350", "duration - start_time: an instant cannot be taken from a number of minutes.", 11, 10)]
    [InlineData("born = start_time", "MAP350", "born = start_time: a date and an instant cannot be compared.", 0, 17)]
    [InlineData("status = other", "MAP350", "status = other: a code of appt-status and a code of race cannot be compared.", 0, 14)]
    [InlineData("status = HL7:SCH-25", "MAP350", "status = HL7:SCH-25: a code of appt-status and a text cannot be compared.", 0, 19)]
    [InlineData("status < cancelled", "MAP350", "status < cancelled: a code of appt-status has no order.", 0, 18)]
    [InlineData("born = '15.05.1980'", "MAP350", "'15.05.1980' is not a date.", 7, 12)]
    [InlineData("start_time > 'noon'", "MAP350", "'noon' is not an instant.", 13, 6)]
    [InlineData("not reason", "MAP350", "reason is a text; a condition is needed here.", 4, 6)]
    [InlineData("urgent and count", "MAP350", "count is a number; a condition is needed here.", 11, 5)]
    [InlineData("if(reason, 1, 2)", "MAP350", "reason is a text; a condition is needed here.", 3, 6)]
    [InlineData("if(urgent, 1, reason)", "MAP350", "if(urgent, 1, reason): a number and a text cannot be mixed.", 0, 21)]
    [InlineData("first(count, reason)", "MAP350", "first(count, reason): a number and a text cannot be mixed.", 0, 20)]
    [InlineData("any(count = 1, urgent)", "MAP350", "count = 1 is a condition, which is never missing.", 4, 9)]
    [InlineData("age(reason)", "MAP350", "reason is a text; a date is needed here.", 4, 6)]
    [InlineData("left(reason, 'a')", "MAP350", "'a' is a text; a number is needed here.", 13, 3)]
    [InlineData("upper(urgent)", "MAP350", "urgent is a condition; a text is needed here.", 6, 6)]
    [InlineData("race = '2106-3'", "MAP350", "race holds several values.", 0, 4)]
    [InlineData("reason in note", "MAP350", "note is a text; 'in' needs a list.", 10, 4)]
    [InlineData("status in race", "MAP350", "status in race: a code of appt-status and a code of race cannot be compared.", 0, 14)]
    [InlineData("count in (1, reason)", "MAP350", "count in (1, reason): a number and a text cannot be compared.", 0, 20)]
    [InlineData("count(reason)", "MAP350", "reason is a text; count needs a path or a list.", 6, 6)]
    [InlineData("reason = ''", "MAP350", "reason = '': an empty value is missing, never ''.", 0, 11)]
    [InlineData("phone_moble = 1", "MAP203", "phone_moble is not a field of appointment.", 0, 11)]
    [InlineData("status = canceled", "MAP203", "canceled is neither a field of appointment nor a code of appt-status.", 9, 8)]
    [InlineData("status = 'canceled'", "MAP221", "'canceled' is not a code of appt-status.", 9, 10)]
    [InlineData("code(reason, 'sexes')", "MAP220", "there is no code table 'sexes'.", 13, 7)]
    [InlineData("present(HL7:PID-134)", "MAP201", "PID-134 does not exist: PID has 39 fields.", 8, 11)]
    [InlineData("uper(reason)", "MAP352", "there is no function uper.", 0, 12)]
    [InlineData("left(reason)", "MAP352", "left is written left(x, n).", 0, 12)]
    [InlineData("today()", "MAP352", "there is no function today.", 0, 7)]
    [InlineData("matches(reason, note)", "MAP352", "note must be a text in quotes here.", 16, 4)]
    [InlineData("matches(reason, '(')", "MAP353", "The pattern cannot be used: it is not well formed, or looks ahead, looks back or refers to itself.", 16, 3)]
    [InlineData("matches(reason, '(?=a)')", "MAP353", "The pattern cannot be used: it is not well formed, or looks ahead, looks back or refers to itself.", 16, 7)]
    [InlineData("matches(reason, 'a{1000}')", "MAP353", "The pattern is longer than 500 characters or repeats something more than 999 times.", 16, 9)]
    [InlineData("in_zone(start_time, 'Chicago')", "MAP353", "'Chicago' is not a time zone.", 20, 9)]
    [InlineData("", "MAP351", "Here the formula ends; a field, a value or a function was expected.", 0, 0)]
    [InlineData("count >", "MAP351", "Here the formula ends; a field, a value or a function was expected.", 7, 0)]
    [InlineData("count 7", "MAP351", "Here there is a number; the end was expected.", 6, 1)]
    [InlineData("(count", "MAP351", "Here the formula ends; ')' was expected.", 6, 0)]
    [InlineData("count in ()", "MAP351", "The list after 'in' is empty.", 0, 11)]
    [InlineData("1 < count < 9", "MAP351", "Here there is '<'; the end was expected.", 10, 1)]
    [InlineData("count * 2", "MAP351", "'*' has no meaning in a formula.", 6, 1)]
    [InlineData("reason = 'open", "MAP351", "The text has no closing quote.", 9, 5)]
    [InlineData("reason = \"x\"", "MAP351", "A text is written in single quotes.", 9, 1)]
    [InlineData("other = 2106x", "MAP351", "A text that starts with a digit is written in single quotes.", 8, 5)]
    [InlineData("count = 1234567890123456789", "MAP351", "That is not a number of at most 18 digits.", 8, 19)]
    [InlineData("present(HL7:)", "MAP351", "A path is missing here.", 8, 4)]
    [InlineData("present(CSV:\"\")", "MAP351", "The column name is empty.", 12, 2)]
    [InlineData("present(CSV:\"a)", "MAP351", "The column name has no closing quote.", 12, 3)]
    [InlineData("present(HL7:PID[3)", "MAP351", "The selector has no closing bracket.", 15, 3)]
    [InlineData("- count", "MAP351", "Here there is 'count'; a number was expected.", 2, 5)]
    public void A_problem_says_what_is_wrong_and_where(string text, string code, string message, int offset, int length)
    {
        var problem = Sample.Refused(text);

        problem.Should().BeEquivalentTo(new { Code = code, Text = message, Offset = offset, Length = length });
    }

    [Theory]
    [InlineData("status = canceled", "Did you mean cancelled?")]
    [InlineData("phoen = '1'", "Did you mean phone?")]
    [InlineData("note = zzzzzzzz", "A text is written in quotes: 'zzzzzzzz'.")]
    [InlineData("uper(reason)", "Did you mean upper?")]
    [InlineData("status = HL7:SCH-25", "Read a format's own code with code(…, 'appt-status').")]
    [InlineData("race = '2106-3'", "Ask with in, count or join.")]
    [InlineData("reason = ''", "Write missing(reason) or present(reason).")]
    public void A_problem_says_what_to_do(string text, string advice) => Sample.Refused(text).Advice.Should().Be(advice);

    [Fact]
    public void A_condition_is_needed_where_a_condition_is_asked_for()
    {
        Expression.TryParseCondition("count > 3", Sample.Context(), out _, out _).Should().BeTrue();
        Expression.TryParseCondition("count + 3", Sample.Context(), out _, out var problem).Should().BeFalse();
        problem!.Text.Should().Be("count + 3 is a number; a condition is needed here.");
    }

    [Fact]
    public void Length_and_depth_are_limited()
    {
        Sample.Refused(new string(' ', 2001)).Text.Should().Be("The formula is longer than 2000 characters.");
        Sample.Refused(new string('(', 1000)).Text.Should().Be("The formula is nested deeper than 40.");
        Sample.Refused(string.Concat(Enumerable.Repeat("not ", 400))).Text.Should().Be("The formula is nested deeper than 40.");
        Sample.Parse("1" + string.Concat(Enumerable.Repeat(" + 1", 499))).Evaluate(Sample.Scope()).Text.Should().Be("500");
    }

    [Fact]
    public void Sets_reads_assignments()
    {
        Assignment.TryParse("status = cancelled; reason = 'a;b' & count", Sample.Context(), out var assignments, out _).Should().BeTrue();

        assignments!.Select(assignment => (assignment.Field.Name, assignment.Value.Evaluate(Sample.Scope()).Text, assignment.Offset))
            .Should().Equal(("status", "cancelled", 0), ("reason", "a;b7", 20));
    }

    [Theory]
    [InlineData("status", "MAP351")]
    [InlineData("status = canceled", "MAP203")]
    [InlineData("stat = 'x'", "MAP203")]
    [InlineData("count = reason", "MAP350")]
    [InlineData("status = cancelled;", "MAP351")]
    public void Sets_refuses_what_is_no_assignment(string text, string code)
    {
        Assignment.TryParse(text, Sample.Context(), out _, out var problem).Should().BeFalse();
        problem!.Code.Should().Be(code);
    }

    [Fact]
    public void An_equation_names_its_three_fields()
    {
        EquationTerms.TryParse("end_time = start_time + duration", Sample.Context(), out var equation, out _).Should().BeTrue();
        (equation!.Sum.Name, equation.Left.Name, equation.Right.Name).Should().Be(("end_time", "start_time", "duration"));
    }

    [Theory]
    [InlineData("end_time = start_time + reason", "MAP350", "start_time + reason: an instant and a text cannot be added.")]
    [InlineData("end_time = start_time + 30", "MAP351", "An equation has three fields and is written a = b + c.")]
    [InlineData("end_time = start_time", "MAP351", "An equation has three fields and is written a = b + c.")]
    [InlineData("end_time + start_time", "MAP350", "end_time + start_time: an instant and an instant cannot be added.")]
    [InlineData("reason = start_time + duration", "MAP350", "reason = start_time + duration: a text and an instant cannot be compared.")]
    public void An_equation_that_cannot_be_read_both_ways_is_refused(string text, string code, string message)
    {
        EquationTerms.TryParse(text, Sample.Context(), out _, out var problem).Should().BeFalse();
        problem!.Code.Should().Be(code);
        problem.Text.Should().Be(message);
    }

    [Fact]
    public void Every_function_has_a_test_of_its_usage()
    {
        foreach (var usage in Functions.Usages)
        {
            var name = usage[..usage.IndexOf('(', StringComparison.Ordinal)];
            Sample.Refused($"{name}()").Text.Should().Be($"{name} is written {usage}.");
        }
    }
}
