using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

/// <summary>
/// HL7 v2.3 chapter 2, sections 2.12.1 (enhanced) and 2.12.2 (original), and table 0155. The columns after MSH-15 and MSH-16:
/// what is answered to a message that is good, one whose content is bad (AE), one whose MSH-9, 11 or 12 is not served (CR),
/// and one that can't be taken otherwise (CE).
/// </summary>
public sealed class AcknowledgementModeTests
{
    public static TheoryData<string, string, string, string, string, string> Table => new()
    {
        { "", "", "AA", "AE", "AR", "AR" },
        { "", "NE", "", "", "", "" },
        { "", "AL", "AA", "AE", "AR", "AR" },
        { "", "ER", "", "AE", "AR", "AR" },
        { "", "SU", "AA", "", "", "" },
        { "NE", "", "", "", "", "" },
        { "NE", "NE", "", "", "", "" },
        { "NE", "AL", "AA", "AE", "AR", "AR" },
        { "NE", "ER", "", "AE", "AR", "AR" },
        { "NE", "SU", "AA", "", "", "" },
        { "AL", "", "CA", "CA", "CR", "CE" },
        { "AL", "NE", "CA", "CA", "CR", "CE" },
        { "AL", "AL", "CA AA", "CA AE", "CR", "CE" },
        { "AL", "ER", "CA", "CA AE", "CR", "CE" },
        { "AL", "SU", "CA AA", "CA", "CR", "CE" },
        { "ER", "", "", "", "CR", "CE" },
        { "ER", "NE", "", "", "CR", "CE" },
        { "ER", "AL", "AA", "AE", "CR", "CE" },
        { "ER", "ER", "", "AE", "CR", "CE" },
        { "ER", "SU", "AA", "", "CR", "CE" },
        { "SU", "", "CA", "CA", "", "" },
        { "SU", "NE", "CA", "CA", "", "" },
        { "SU", "AL", "CA AA", "CA AE", "AR", "AR" },
        { "SU", "ER", "CA", "CA AE", "AR", "AR" },
        { "SU", "SU", "CA AA", "CA", "", "" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_message_is_answered_as_it_asks(string accept, string application, string good, string bad, string notServed, string notTaken)
    {
        var mode = Mode(accept, application);

        Answers(AcknowledgementCode.CA, AcknowledgementCode.AA).Should().Be(good);
        Answers(AcknowledgementCode.CA, AcknowledgementCode.AE).Should().Be(bad);
        Answers(AcknowledgementCode.CR, AcknowledgementCode.AR).Should().Be(notServed);
        Answers(AcknowledgementCode.CE, AcknowledgementCode.AR).Should().Be(notTaken);

        string Answers(AcknowledgementCode accept, AcknowledgementCode application) => string.Join(' ', mode.Answers(accept, application));
    }

    [Theory]
    [InlineData("al", "ne", AcknowledgementCondition.Always, AcknowledgementCondition.Never)]
    [InlineData(" SU ", "\"\"", AcknowledgementCondition.OnSuccess, AcknowledgementCondition.Never)]
    [InlineData("YES", "ER", AcknowledgementCondition.Always, AcknowledgementCondition.OnError)]
    public void What_is_not_written_as_the_table_has_it_still_says_something(string accept, string application, AcknowledgementCondition isAccept, AcknowledgementCondition isApplication) =>
        Mode(accept, application).Should().Be(new AcknowledgementMode(true, isAccept, isApplication));

    [Fact]
    public void A_message_whose_header_ends_early_or_cannot_be_read_is_of_original_mode()
    {
        AcknowledgementMode.Of(Sample.Parse("MSH|^~\\&|A")).Should().Be(AcknowledgementMode.Original);
        AcknowledgementMode.Of(null).Should().Be(AcknowledgementMode.Original);
    }

    private static AcknowledgementMode Mode(string accept, string application) =>
        AcknowledgementMode.Of(Sample.Parse($"MSH|^~\\&|A|B|C|D|2026||ADT^A04|1|P|2.3|||{accept}|{application}\r"));
}
