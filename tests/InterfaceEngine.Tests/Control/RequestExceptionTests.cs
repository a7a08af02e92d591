using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Ehr.Bulk;

namespace InterfaceEngine.Tests.Control;

/// <summary>What the rooms below refuse, as whoever asked is told it.</summary>
public sealed class RequestExceptionTests
{
    [Theory]
    [InlineData("RateLimited", "Failed")]
    [InlineData("ServerFailed", "Failed")]
    [InlineData("Unreachable", "Failed")]
    [InlineData("Unanswered", "Failed")]
    [InlineData("NotUnderstood", "Failed")]
    [InlineData("TooLarge", "Failed")]
    [InlineData("Forbidden", "Refused")]
    [InlineData("Conflict", "Refused")]
    [InlineData("Disabled", "Refused")]
    public void A_vendors_fault_that_may_pass_is_a_failure_and_says_how_long_to_wait(string fault, string kind)
    {
        var told = RequestException.Of(new EhrException(Enum.Parse<EhrFault>(fault), "conn_1: no.") { RetryAfter = TimeSpan.FromSeconds(90) });

        (told.Kind.ToString(), told.Message, told.RetryAfter).Should().Be((kind, "conn_1: no.", TimeSpan.FromSeconds(90)));
    }

    [Fact]
    public void What_is_not_there_and_what_makes_no_sense_are_told_apart_from_what_is_refused()
    {
        RequestException.Of(new ChangeRefusedException("It is so already.")).Kind.Should().Be(FailureKind.Refused);
        RequestException.Of(new ChangeRefusedException("There is none.", ChangeRefusal.NotFound)).Kind.Should().Be(FailureKind.NotFound);
        RequestException.Of(new ChangeRefusedException("No time.", ChangeRefusal.Wrong)).Kind.Should().Be(FailureKind.Usage);
        RequestException.Of(new BulkRefusedException("One is under way.")).Kind.Should().Be(FailureKind.Refused);
        RequestException.Of(new BulkRefusedException("No level.") { IsWrong = true }).Kind.Should().Be(FailureKind.Usage);
    }
}
