using System.Text.RegularExpressions;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Tests.Core.Hl7;

namespace InterfaceEngine.Tests.Sandbox.Feed;

public sealed partial class ClinicFeedTests
{
    public static TheoryData<FeedStyle> Styles => [FeedStyle.Athena, FeedStyle.Guide];

    [Theory]
    [MemberData(nameof(Styles))]
    public void The_same_seed_gives_the_same_bytes(FeedStyle style) =>
        ReadFeed.Of(style).Select(ReadFeed.Text).Should().Equal(ReadFeed.Of(style).Select(ReadFeed.Text));

    /// <summary>A run is to be repeatable on another machine and with a later version: these bytes are the promise.</summary>
    [Fact]
    public void The_first_message_of_seed_1_is_known()
    {
        var first = ReadFeed.Of(FeedStyle.Athena, new ClinicOptions { Events = 1 }).Single();

        first.Text().Should().StartWith(
            "MSH|^~\\&|ATHENANET|195900^Sample Practice^1^Main St Clinic|PRACTICESTUDIO||202601050730||ADT^A28|10000001M195900|P|2.3.1\rEVN|A28|202601050730\rPID|1|1000000|1000000|1000000|MARCHETTI^DOROTHY^C||19841114|F|");
    }

    [Fact]
    public void Two_seeds_share_no_control_id_patient_or_visit()
    {
        var (one, other) = (ReadFeed.Of(FeedStyle.Athena), ReadFeed.Of(FeedStyle.Athena, new ClinicOptions { Seed = 2 }));

        one.Select(message => message.ControlId).Should().NotIntersectWith(other.Select(message => message.ControlId));
        one.Select(ReadFeed.Patient).Should().NotIntersectWith(other.Select(ReadFeed.Patient));
        one.Select(Visit).Where(id => id.Length > 0).Should().NotIntersectWith(other.Select(Visit));

        static string Visit(Hl7Message message) => message.Get("SCH", 2);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Every_message_is_read_without_a_problem_and_writes_back_to_the_same_bytes(FeedStyle style)
    {
        foreach (var message in ReadFeed.Of(style, ReadFeed.Busy))
        {
            message.Problems.Should().BeEmpty();
            Hl7MessageTests.Whole(message).AsSpan().SequenceEqual(message.Bytes.Span).Should().BeTrue("of message {0}", message.ControlId);
            message.Text().Should().EndWith("\r").And.NotContain("\n").And.NotContain("\r\r");
        }
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Control_ids_are_unique_and_at_most_20_characters_long(FeedStyle style) =>
        ReadFeed.Of(style, new ClinicOptions { Seed = ClinicOptions.SeedMax }).Select(message => message.ControlId)
            .Should().OnlyHaveUniqueItems().And.OnlyContain(id => id.Length <= 20);

    [Fact]
    public void Every_event_of_the_guide_s_table_and_of_athenahealth_s_set_occurs() =>
        ReadFeed.Of(FeedStyle.Athena, ReadFeed.Busy).Select(message => message.EventType).Distinct().Should().BeEquivalentTo(
        [
            "ADT^A03", "ADT^A04", "ADT^A08", "ADT^A11", "ADT^A23", "ADT^A28", "ADT^A29", "ADT^A31", "ADT^A40", "SIU^S12", "SIU^S13", "SIU^S14", "SIU^S15", "SIU^S26",
            "ORU^R01", "DFT^P03", "MDM^T02", "MDM^T04", "MDM^T08", "MDM^T10", "MDM^T11",
        ]);

    [Fact]
    public void A_day_has_the_mix_that_was_asked_for_and_reports_of_about_5_KB()
    {
        var messages = ReadFeed.Of(FeedStyle.Athena, new ClinicOptions { Events = 10_000, People = 1_000 });
        double Percent(params string[] codes) => messages.Count(message => codes.Contains(message.MessageCode)) / 100.0;

        Percent("ADT").Should().BeInRange(58, 62);
        Percent("SIU").Should().BeInRange(18, 22);
        Percent("ORU").Should().BeInRange(13, 17);
        Percent("DFT", "MDM").Should().BeInRange(4, 6);
        messages.Where(message => message.MessageCode == "ORU").Average(message => message.Bytes.Length).Should().BeInRange(4_500, 5_600);
    }

    [Fact]
    public void Two_messages_of_one_patient_are_never_of_the_same_minute() =>
        ReadFeed.Of(FeedStyle.Athena, ReadFeed.Busy).GroupBy(message => (message.Patient(), message.Get("MSH", 7))).Should().OnlyContain(group => group.Count() == 1);

    [Fact]
    public void Messages_of_one_patient_are_told_in_the_order_of_their_times() =>
        ReadFeed.Of(FeedStyle.Guide, ReadFeed.Busy).GroupBy(ReadFeed.Patient).Should().AllSatisfy(group => group.Select(message => message.Get("MSH", 7)).Should().BeInAscendingOrder());

    [Theory]
    [MemberData(nameof(Styles))]
    public void Nobody_could_be_taken_for_a_real_person(FeedStyle style)
    {
        var messages = ReadFeed.Of(style, ReadFeed.Busy);
        var texts = messages.Select(ReadFeed.Text).ToList();

        messages.Should().OnlyContain(message => message.Get("PID", 19, 1) == "", "no social security number is invented");
        texts.SelectMany(text => PhoneForm().Matches(text)).Select(match => string.Concat(match.Value.Where(char.IsAsciiDigit))).Distinct()
            .Should().OnlyContain(phone => phone.Substring(3, 5) == "55501", "555-0100 to 555-0199 are kept for fiction");
        texts.SelectMany(text => MailForm().Matches(text)).Select(match => match.Value).Distinct().Should().BeSubsetOf(["@example.org"]);
    }

    [Fact]
    public void What_holds_delimiters_is_escaped() =>
        ReadFeed.Of(FeedStyle.Athena, ReadFeed.Busy).Should()
            .Contain(message => message.Text().Contains(@"Cough \T\ fever", StringComparison.Ordinal) && message.Get("SCH", 7) == "Cough & fever")
            .And.Contain(message => message.Text().Contains(@"Wheelchair \F\ front door", StringComparison.Ordinal));

    [Fact]
    public void The_guide_s_form_stands_where_the_guide_has_it()
    {
        var message = ReadFeed.Of(FeedStyle.Guide).First(message => message.EventType == "ADT^A04" && message.Find("IN1").IsPresent && message.Get("PID", 13).Length > 0);

        message.Version.Should().Be("2.3");
        message.Get("MSH", 4).Should().Be("ATHENANET");
        message.Find("PID").Field(3).Decode().Should().MatchRegex("^[0-9]+\\^\\^\\^ATHENA\\^MRN$");
        message.Get("PID", 13).Should().MatchRegex("^\\([0-9]{3}\\)555-01[0-9]{2}$");
        message.Get("PV1", 7).Should().BeEmpty();
        message.Get("PV1", 8, 2).Should().BeOneOf("JOHNSON", "RIVERA");
        message.Get("IN1", 19).Should().Be("CO");
        message.Get("IN1", 35).Should().MatchRegex("^M[0-9]{9}$");
    }

    [Fact]
    public void An_embedded_pdf_is_a_pdf()
    {
        var messages = ReadFeed.Of(FeedStyle.Athena, ReadFeed.Busy);
        foreach (var code in new[] { "ORU", "MDM" })
        {
            var line = messages.Where(message => message.MessageCode == code).SelectMany(message => message.FindAll("OBX")).First(line => line.Field(2).Decode() == "ED");
            System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(line.Field(5).Component(5).Decode())).Should().StartWith("%PDF-1.4").And.EndWith("%%EOF\n");
        }
    }


    [GeneratedRegex(@"\b[2-9][0-9]{2}5550[0-9]{3}\b|\([0-9]{3}\)[0-9]{3}-[0-9]{4}|(?<=NK1\|[^\r]*\|)[0-9]{10}(?=\|)")]
    private static partial Regex PhoneForm();

    [GeneratedRegex("@[a-z.]+")]
    private static partial Regex MailForm();
}
