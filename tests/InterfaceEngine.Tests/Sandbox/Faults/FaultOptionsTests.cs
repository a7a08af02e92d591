using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Tests.Sandbox.Faults;

public sealed class FaultOptionsTests
{
    [Fact]
    public void A_fault_without_a_chance_happens_to_two_messages_of_a_hundred() =>
        FaultOptions.ParseChances("split, drop:0.1", FaultOptions.OfSender)
            .Should().Equal(new Dictionary<FaultKind, double> { [FaultKind.Split] = 0.02, [FaultKind.Drop] = 0.1 });

    [Fact]
    public void All_names_every_fault_of_the_side_and_a_later_word_wins() =>
        FaultOptions.ParseChances("all:0.5,drop:0", FaultOptions.OfSender)
            .Should().HaveCount(FaultOptions.OfSender.Count).And.Contain(FaultKind.Drop, 0).And.Contain(FaultKind.Merge, 0.5);

    [Theory]
    [InlineData("dorp", "'dorp' is no fault: expected all, split, merge, garbage, resend, lost-ack, slow, drop")]
    [InlineData("late-ack", "'late-ack' is none of this side's faults: expected all, split, merge, garbage, resend, lost-ack, slow, drop")]
    [InlineData("drop:2", "'drop:2': expected a chance from 0 to 1 behind the colon, e.g. drop:0.1")]
    [InlineData("drop:-0.1", "'drop:-0.1': expected a chance from 0 to 1 behind the colon, e.g. drop:0.1")]
    [InlineData("drop:often", "'drop:often': expected a chance from 0 to 1 behind the colon, e.g. drop:0.1")]
    public void A_word_that_is_no_fault_of_this_side_is_refused_and_told(string text, string reason) =>
        FluentActions.Invoking(() => FaultOptions.ParseChances(text, FaultOptions.OfSender)).Should().Throw<FormatException>().WithMessage(reason);

    [Fact]
    public void Every_fault_has_a_name_that_is_read_back() =>
        Enum.GetValues<FaultKind>().Should().AllSatisfy(kind => FaultOptions.ParseChances(FaultOptions.NameOf(kind), FaultOptions.OfReceiver).Keys.Should().Equal(kind));
}
