using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>The shipped profile of a sender that follows the HL7 standard; no sample practice uses it.</summary>
public sealed class StandardProfileTests
{
    private const string Message =
        """
        MSH|^~\&|HIS|GENERAL HOSPITAL^1.2.3^ISO|PRACTICESTUDIO||20260105093000-0600||ADT^A04^ADT_A01|77001|P|2.5.1
        EVN|A04|20260105093000-0600
        PID|1||9^^^NATIONAL^NI~556677^^^HOSP^MR||MILLER^ANNIE^^^^^N~MILLER^ANNA^KATE^^^^L||19900102|N||2028-9^Asian^CDCREC|12 ELM ST^^DENVER^CO^80014^USA^B~9 OAK CT^^AURORA^CO^80010^USA^H||^PRN^PH^^1^303^5550111~^NET^Internet^anna@example.org|||A^Separated^HL70002
        PV1|1|O|NORTH^2^A^GENERAL||||1234567893^JOHNSON^JANE||||||||||||V100^^^HOSP^VN
        IN1|1|PPO9^SAMPLE PPO|P1|SAMPLE PPO|||8005550199|G77|WORKS||||||PPO|MILLER^ANNA|SEL|19900102||Y|CO|2||||||||||||||M700
        """;

    private static readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("7")!);

    private static readonly IReadOnlyList<IncomingRecord> _records = Read(Message);

    [Theory]
    [InlineData("patient", "external_id", "556677")]
    [InlineData("patient", "first_name", "ANNA")]
    [InlineData("patient", "middle_name", "KATE")]
    [InlineData("patient", "preferred_name", "ANNIE")]
    [InlineData("patient", "gender", "other")]
    [InlineData("patient", "address.city", "AURORA")]
    [InlineData("patient", "phone_home", "+13035550111")]
    [InlineData("patient", "email", "anna@example.org")]
    [InlineData("patient", "race", "2028-9")]
    [InlineData("patient", "marital_status", "separated")]
    [InlineData("encounter", "external_id", "V100")]
    [InlineData("encounter", "patient_id", "556677")]
    [InlineData("coverage", "member_id", "M700")]
    [InlineData("coverage", "order", "2")]
    [InlineData("coverage", "relationship", "self")]
    [InlineData("coverage", "plan_type", "PPO")]
    [InlineData("coverage", "assignment_of_benefits", "true")]
    public void A_standard_message_is_read_in_the_standards_places(string type, string field, string expected) =>
        _records.Single(record => record.Type == type)[field].ToString().Should().Be(expected);

    [Theory]
    [InlineData("77^^^HOSP^PI~999^^^SSA^SS~5^^^HOSP2", "77")]
    [InlineData("5^^^HOSP2~77^^^HOSP^MRN", "77")]
    [InlineData("5^^^HOSP2~77^^^HOSP^MR", "77")]
    [InlineData("5^^^HOSP2~77^^^HOSP^PI", "77")]
    [InlineData("8^^^HOSP^PI~77^^^HOSP^MR", "77")]
    [InlineData("999^^^SSA^SS~5^^^HOSP2", "5")]
    public void An_id_whose_type_is_said_goes_before_one_without_a_type(string ids, string expected) =>
        Read(Message.Replace("9^^^NATIONAL^NI~556677^^^HOSP^MR", ids, StringComparison.Ordinal)).Should().OnlyContain(record => (record.Type == "patient" ? record["external_id"] : record["patient_id"]).Text == expected);

    [Theory]
    [InlineData("CHD", "child")]
    [InlineData("SPO", "spouse")]
    [InlineData("GRD", "guardian")]
    [InlineData("WRD", "ward")]
    public void A_relationship_is_the_patients_to_the_insured(string sent, string expected) =>
        Read(Message.Replace("|SEL|", $"|{sent}|", StringComparison.Ordinal)).Single(record => record.Type == "coverage")["relationship"].Text.Should().Be(expected);

    private static IReadOnlyList<IncomingRecord> Read(string message) => _reader
        .Read(Hl7Message.Parse(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r"))), new ReadContext(Instant.FromUtc(2026, 1, 5, 16, 0)))
        .Records;
}
