using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>A message may speak of several patients (ORU, ADT A40): each has the part that begins with its PID.</summary>
public sealed class SeveralPatientsTests
{
    private const string Message = """
        MSH|^~\&|LAB|LAB|||20260105093000||ORU^R01|1|P|2.3
        PID|1||100||DOE^JANE
        NTE|1||about Jane
        PV1|1|O
        OBR|1||F1
        OBX|1|NM|GLU||5
        PID|2||200||ROE^RICHARD
        OBR|1||F2
        OBX|1|NM|GLU||6
        NTE|1||about the value
        OBX|2|NM|HGB||7
        """;

    [Fact]
    public void A_map_of_the_message_runs_once_for_each_patient()
    {
        var read = Patients().Read(Message);

        read.Records.Select(record => (record["external_id"].ToString(), record["name"].ToString(), record["class"].ToString(), record["note"].ToString())).Should().Equal(
            ("100", "DOE", "O", "about Jane"), ("200", "ROE", "(kept)", "(kept)"));
    }

    [Fact]
    public void A_record_of_a_segment_goes_to_the_patient_above_it()
    {
        var read = Observations().Read(Message);

        read.Records.Select(record => (record["patient_id"].Text, record["request"].Text, record["value"].Text, record["note"].ToString(), record.Part)).Should().Equal(
            ("100", "F1", "5", "(kept)", "OBX[1]"), ("200", "F2", "6", "about the value", "OBX[2]"), ("200", "F2", "7", "(kept)", "OBX[3]"));
    }

    [Fact]
    public void What_one_patients_part_lacks_is_not_taken_from_the_others()
    {
        var read = new TestMap("patient").Row("external_id", "PID-3", key: true).Row("class", "PV1-2").Row("order", "OBX[3=HGB]-5").On("ORU^R01").Read(Message);

        read.Records.Select(record => (record["class"].ToString(), record["order"].ToString())).Should().Equal(("O", "(kept)"), ("(kept)", "7"));
    }

    [Fact]
    public void A_patient_without_an_identifier_refuses_the_whole_message()
    {
        var read = Patients().Read(Message.Replace("||200||", "||||", StringComparison.Ordinal));

        read.IsRejected.Should().BeTrue();
        read.Notes.Should().ContainSingle().Which.Code.Should().Be(MappingCodes.KeyMissing);
    }

    private static TestMap Patients() => new TestMap("patient")
        .Row("external_id", "PID-3", key: true).Row("name", "PID-5.1").Row("class", "PV1-2").Row("note", "NTE-3", @as: "lines").On("ORU^R01", Verb.Create);

    private static TestMap Observations() => new TestMap("observation") { Each = "OBX", Key = ["request", "code"] }
        .Row("patient_id", "PID-3", @as: "ref patient").Row("request", "OBR-3").Row("code", "OBX-3").Row("value", "OBX-5").Row("note", "NTE-3", @as: "lines").On("ORU^R01");
}
