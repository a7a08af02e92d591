using System.Text;
using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Tests.Ehr;

public sealed class JsonTextsTests
{
    [Theory]
    [InlineData("\"a\"", "a")]
    [InlineData("\"\\ud83d\\ude00\"", "\ud83d\ude00")]
    [InlineData("\"cut off \\ud83d\"", null)]
    [InlineData("\"\\udc00\"", null)]
    [InlineData("1", null)]
    [InlineData("null", null)]
    public void A_text_that_is_none_is_not_read_and_breaks_nothing(string json, string? text)
    {
        using var document = JsonDocument.Parse($"{{\"a\":{json}}}");

        document.RootElement.GetProperty("a").TextOrNull().Should().Be(text);
        FhirJson.Text(document.RootElement, "a").Should().Be(text);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_no_text()
    {
        using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes("{\"note\":\"M\u00fcller\",\"id\":\"7\"}"));

        (document.RootElement.Text("note"), document.RootElement.Text("id")).Should().Be((null, "7"));
    }

    [Fact]
    public void A_row_with_such_a_text_goes_on_as_it_is()
    {
        using var document = JsonDocument.Parse("""{"note":"cut off \ud83d","patientid":"7"}""");

        Encoding.UTF8.GetString(AthenaDocument.Of(AthenaCalls.Get("/chart/{patientid}/notes"), document.RootElement, ("departmentid", "1")).Json.Span)
            .Should().Be("""{"note":"cut off \ud83d","patientid":"7","departmentid":"1"}""");
    }
}
