using System.Net;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Ehr;

namespace InterfaceEngine.Tests.Ehr;

public sealed class EhrBodyTests
{
    private static readonly EhrCall _call = new() { Template = "/patients/{patientid}" };

    [Theory]
    [InlineData("""{"patientid":"1"}""")]
    [InlineData("""[{"patientid":"1"}]""")]
    [InlineData("\uFEFF {\"patientid\":\"1\"}\n")]
    [InlineData("""{"patientid":"1","errormessage":""}""")]
    [InlineData("""{"patientid":"1","success":true}""")]
    public void One_object_is_found_however_it_is_wrapped(string body) =>
        EhrBody.ReadOne(_call, Answer(body, "text/html")).GetProperty("patientid").GetString().Should().Be("1");

    [Theory]
    [InlineData("\"Invalid PROVIDERID input\"")]
    [InlineData("""{"success":false,"errormessage":"Appointment is already frozen."}""")]
    [InlineData("""[{"success":"false"}]""")]
    [InlineData("""[{"patientid":"","errormessage":"Jane Doe is there already"}]""")]
    [InlineData("""{"error":"Additional fields are required."}""")]
    [InlineData("false")]
    public void A_refusal_within_200_is_one_and_its_words_go_with_the_reply_alone(string body)
    {
        var fault = FluentActions.Invoking(() => EhrBody.ReadOne(_call, Answer(body))).Should().Throw<EhrException>().Which;

        fault.Fault.Should().Be(EhrFault.Refused);
        Encoding.UTF8.GetString(fault.Reply.Span).Should().Be(body);
        fault.Message.Should().Be("GET /patients/{patientid}: the status is 200, and the answer says that it was not done.");
    }

    [Fact]
    public void A_bare_number_is_an_answer() => EhrBody.ReadOne(_call, Answer("1")).GetInt32().Should().Be(1);

    [Fact]
    public void No_body_is_no_body() => EhrBody.ReadOne(_call, Answer(" \r\n")).ValueKind.Should().Be(JsonValueKind.Undefined);

    [Theory]
    [InlineData("<html>502 Bad Gateway</html>", "is HTML or XML")]
    [InlineData("Service not registered with API gateway.", "is no JSON")]
    [InlineData("{\"patientid\":", "is no JSON")]
    [InlineData("{} {}", "is no JSON")]
    [InlineData("[1,2]", "is a list of 2")]
    [InlineData("[]", "is a list of 0")]
    public void What_is_no_answer_is_said_to_be_none_whatever_its_type_says(string body, string why)
    {
        var fault = FluentActions.Invoking(() => EhrBody.ReadOne(_call, Answer(body))).Should().Throw<EhrException>().Which;

        fault.Fault.Should().Be(EhrFault.NotUnderstood);
        fault.Message.Should().Contain(why).And.Contain("application/json");
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_not_taken_for_text() =>
        FluentActions.Invoking(() => EhrBody.Read(_call, Answer("") with { Body = new byte[] { (byte)'"', 0xE9, (byte)'"' } })).Should().Throw<EhrException>().Which.Fault.Should().Be(EhrFault.NotUnderstood);

    [Theory]
    [InlineData(EhrBody.DepthMax, null)]
    [InlineData(EhrBody.DepthMax + 1, EhrFault.TooLarge)]
    [InlineData(1_000_000, EhrFault.TooLarge)]
    public void Depth_is_bounded(int depth, object? fault)
    {
        var body = Answer(new string('[', depth) + new string(']', depth));

        (Caught(() => EhrBody.Read(_call, body))?.Fault).Should().Be((EhrFault?)fault);
    }

    private static EhrException? Caught(Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (EhrException fault)
        {
            return fault;
        }
    }

    private static EhrAnswer Answer(string body, string contentType = "application/json") =>
        new() { Status = HttpStatusCode.OK, Body = Encoding.UTF8.GetBytes(body), ContentType = contentType, ServerTime = DateTimeOffset.UnixEpoch };
}
