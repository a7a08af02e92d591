using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

/// <summary>HL7 v2.3 §2.10.1: b) starting the link, c) normal operation, d) error conditions, e) forcing resynchronisation.</summary>
public sealed class SequenceProtocolTests
{
    [Theory]
    [InlineData(0, null, SequenceStep.Start, -1)]
    [InlineData(0, 7L, SequenceStep.Start, 8)]
    [InlineData(-1, null, SequenceStep.Reset, -1)]
    [InlineData(-1, 7L, SequenceStep.Reset, -1)]
    [InlineData(1, null, SequenceStep.Expected, 1)]
    [InlineData(500, null, SequenceStep.Expected, 500)]
    [InlineData(8, 7L, SequenceStep.Expected, 8)]
    [InlineData(7, 7L, SequenceStep.Earlier, 8)]
    [InlineData(1, 7L, SequenceStep.Earlier, 8)]
    [InlineData(9, 7L, SequenceStep.Later, 8)]
    [InlineData(SequenceProtocol.NumberMax, SequenceProtocol.NumberMax, SequenceStep.Earlier, SequenceProtocol.NumberMax + 1)]
    public void A_number_is_judged_by_the_last_that_was_taken(long number, long? last, SequenceStep step, long answer) =>
        SequenceProtocol.Judge(number, last).Should().Be(new SequenceProtocol(step, answer));
}
