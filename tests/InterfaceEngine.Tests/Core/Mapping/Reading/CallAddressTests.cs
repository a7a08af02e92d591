using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>What a call of athenaNet says in its address, which its answer often does not repeat.</summary>
public sealed class CallAddressTests
{
    private const string Listed = "GET /chart/{patientid}/allergies";

    [Theory]
    [InlineData("GET /chart/34772/allergies", """{"patientid":"34772"}""")]
    [InlineData("GET /chart/34772/allergies?departmentid=1&a=/b", """{"patientid":"34772"}""")]
    [InlineData("GET /chart/a%20b/allergies", """{"patientid":"a b"}""")]
    [InlineData("GET /chart/34772/allergies/", null)]
    [InlineData("GET /chart//allergies", null)]
    [InlineData("GET /chart/34772/problems", null)]
    [InlineData("PUT /chart/34772/allergies", null)]
    [InlineData("", null)]
    public void The_names_in_braces_are_read(string made, string? expected) =>
        (CallAddress.Read(Listed, made) is { } said ? Encoding.UTF8.GetString(said.Bytes.Span) : null).Should().Be(expected);

    [Fact]
    public void An_answer_that_does_not_name_the_patient_is_of_the_patient_asked_for()
    {
        var record = Read("GET /chart/34772/allergies", """{"allergies":[{"allergenid":"1","allergenname":"Latex"}]}""").Records.Single();

        record["patient_id"].Text.Should().Be("34772");
        record.Fields.Single(field => field.Definition.Name == "patient_id").Place.Should().Be(ByteRange.None, "it stands nowhere in the answer");
        record.Fields.Single(field => field.Definition.Name == "name").Place.Should().NotBe(ByteRange.None);
    }

    [Fact]
    public void What_the_answer_says_itself_counts_first() =>
        Read("GET /chart/34772/allergies", """{"patientid":"7","allergies":[{"allergenid":"1"}]}""").Records.Single()["patient_id"].Text.Should().Be("7");

    [Fact]
    public void Without_the_address_nobody_is_known() =>
        Read(Listed, """{"allergies":[{"allergenid":"1"}]}""").IsRejected.Should().BeTrue();

    [Fact]
    public void A_call_that_no_table_lists_is_not_mapped() =>
        Read("GET /chart/34772/other", """{"patientid":"7"}""").IsMapped.Should().BeFalse();

    private static MappedMessage Read(string call, string document) =>
        new PracticeReader(ShippedMappingsTests.Load().For("195900")!).Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), call, new ReadContext(Instant.FromUtc(2026, 1, 5, 12, 0)));
}
