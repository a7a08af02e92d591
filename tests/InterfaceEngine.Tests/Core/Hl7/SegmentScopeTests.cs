using FluentAssertions;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

/// <summary>A segment belongs to the nearest opener before it that may hold it; the standard's structures say which may.</summary>
public sealed class SegmentScopeTests
{
    private const string Results =
        "PID|p1\rPV1|v1\rNTE|||about p1\rORC|o1\rNTE|||about o1\rOBR|r1\rNTE|||about r1\rOBX|x1\rNTE|||about x1\rNTE|||more\rOBX|x2\rZBX|z2\r" +
        "OBR|r2\rOBX|x3\r" +
        "PID|p2\rOBX|x4\rNTE|||about x4\rORC|o2\rOBR|r3\rOBX|x5\rCTI|c3\rSPM|s3\rOBX|x6\rZAA|";

    private const string Booking =
        "SCH|s1\rTQ1|t1\rNTE|||about the visit\rPID|p1\rPV1|v1\rRGS|g1\rAIS|i1\rNTE|||about the service\rAIG|a1\rAIG|a2\rNTE|||about the room\rNTE|||trailing\rAIL|l1";

    [Theory]
    [InlineData("OBX", 1, "OBR-1", "r1")]
    [InlineData("OBX", 3, "OBR-1", "r2")]
    [InlineData("OBX", 3, "PID-1", "p1")]
    [InlineData("OBX", 5, "PID-1", "p2")]
    [InlineData("OBX", 4, "OBR-1", "(absent)")]
    [InlineData("OBX", 4, "PID-1", "p2")]
    [InlineData("OBX", 5, "PV1-1", "(absent)")]
    [InlineData("OBX", 3, "PV1-1", "v1")]
    [InlineData("OBX", 6, "OBR-1", "r3")]
    [InlineData("OBX", 6, "SPM-1", "s3")]
    [InlineData("OBX", 1, "MSH-4", "B")]
    public void What_stands_above_an_observation_is_its_own(string scope, int occurrence, string path, string says) =>
        Seen("ORU^R01", Results, scope, occurrence, path).Should().Be(says);

    [Theory]
    [InlineData("OBX", 1, "about x1")]
    [InlineData("OBX", 2, "(absent)")]
    [InlineData("OBX", 4, "about x4")]
    [InlineData("OBR", 1, "about r1")]
    [InlineData("OBR", 2, "(absent)")]
    [InlineData("ORC", 1, "about o1")]
    [InlineData("PID", 1, "about p1")]
    [InlineData("PID", 2, "(absent)")]
    public void A_note_belongs_to_the_opener_before_it(string scope, int occurrence, string says) =>
        Seen("ORU^R01", Results, scope, occurrence, "NTE-3").Should().Be(says);

    [Theory]
    [InlineData(1, "o1")]
    [InlineData(2, "(absent)")]
    [InlineData(3, "o2")]
    public void An_order_before_its_request_belongs_to_that_request_only(int request, string says) =>
        Seen("ORU^R01", Results, "OBR", request, "ORC-1").Should().Be(says);

    [Theory]
    [InlineData("ORC|o1\rOBR|r1\rOBX|x1\rSPM|s1\rOBR|r2\rOBX|x2", "OBR", 2)]
    [InlineData("ORC|o1\rOBR|r1\rOBX|x1\rSPM|s1\rOBR|r2\rOBX|x2", "OBX", 2)]
    [InlineData("OBR|r1\rSPM|s1\rORC|o2\rOBR|r2\rOBX|x2", "OBR", 2)]
    [InlineData("OBR|r1\rSPM|s1\rORC|o2\rOBR|r2\rOBX|x2", "OBX", 1)]
    [InlineData("OBX|x1\rOBR|r1\rSPM|s1", "OBX", 1)]
    public void A_specimen_is_its_own_requests_whether_or_not_there_is_an_order(string segments, string scope, int occurrence) =>
        Seen("ORU^R01", "PID|p1\r" + segments, scope, occurrence, "SPM-1").Should().Be("(absent)");

    [Theory]
    [InlineData("OBX", 2, "ZBX-1", "z2")]
    [InlineData("OBX", 1, "ZBX-1", "(absent)")]
    [InlineData("OBX", 6, "ZAA-1", "(empty)")]
    [InlineData("OBR", 1, "OBX-1", "x1")]
    [InlineData("OBR", 2, "OBX-1", "x3")]
    [InlineData("OBR", 1, "OBX[#2]-1", "x2")]
    [InlineData("OBR", 1, "OBX[#3]-1", "(absent)")]
    [InlineData("OBR", 2, "CTI-1", "(absent)")]
    [InlineData("PID", 2, "OBR-1", "r3")]
    public void What_stands_below_is_found_in_its_own_group_only(string scope, int occurrence, string path, string says) =>
        Seen("ORU^R01", Results, scope, occurrence, path).Should().Be(says);

    [Theory]
    [InlineData("NTE-3", "about the visit")]
    [InlineData("AIS/NTE-3", "about the service")]
    [InlineData("AIG/NTE-3", "about the room")]
    [InlineData("AIG[#2]/NTE[#2]-3", "trailing")]
    [InlineData("AIG[1=a1]/NTE-3", "(absent)")]
    [InlineData("AIL/NTE-3", "(absent)")]
    [InlineData("AIP/NTE-3", "(absent)")]
    [InlineData("RGS/AIG-1", "a1")]
    [InlineData("RGS/AIG[1=a2]/NTE-3", "about the room")]
    public void In_a_booking_a_note_is_the_visits_unless_the_path_names_the_resource(string path, string says) =>
        Message("SIU^S12", Booking).Get(path).Should().Be(says);

    [Fact]
    public void A_note_behind_a_resource_is_never_taken_for_the_visits() =>
        Message("SIU^S12", "SCH|s1\rPID|p1\rAIS|i1\rNTE|||about the service").Get("NTE-3").Should().Be("(absent)");

    [Theory]
    [InlineData("ADT^A08", "PID|p\rNTE|||n\rNK1|k\rNTE|||k", "n")]
    [InlineData("ADT^A08", "NTE|||header\rPID|p\rNK1|k\rNTE|||k", "header")]
    [InlineData("MDM^T02", "PID|p\rNTE|||p\rTXA|t\rNTE|||t", "t")]
    [InlineData("ORU^R01", "PID|p\rOBR|r\rNTE|||r", "(absent)")]
    [InlineData("SIU^S12", "PID|p\rAIS|a\rSCH|s\rNTE|||late", "late")]
    [InlineData("XYZ^A01", "NTE|||n", "n")]
    public void The_messages_own_note_stands_under_what_it_is_about(string type, string segments, string says) =>
        Message(type, segments).Get("NTE-3").Should().Be(says);

    [Theory]
    [InlineData("FT1", 1, "PR1-1", "r1")]
    [InlineData("FT1", 2, "PR1-1", "(absent)")]
    [InlineData("FT1", 2, "DG1-1", "d1")]
    [InlineData("FT1", 1, "IN1-1", "i1")]
    [InlineData("IN1", 1, "IN2-1", "(absent)")]
    [InlineData("IN1", 2, "IN2-1", "n2")]
    [InlineData("PR1", 1, "FT1-1", "f1")]
    [InlineData("FT1", 2, "NTE-3", "about f2")]
    public void A_charge_has_its_own_procedures_and_the_patients_diagnoses(string scope, int occurrence, string path, string says) =>
        Seen("DFT^P03", "PID|p\rFT1|f1\rPR1|r1\rFT1|f2\rNTE|||about f2\rDG1|d1\rIN1|i1\rIN1|i2\rIN2|n2", scope, occurrence, path).Should().Be(says);

    [Fact]
    public void The_structure_follows_from_the_event_whatever_MSH_9_3_says() =>
        Seen("ORU^R01^ADT_A01", Results, "OBX", 3, "OBR-1").Should().Be("r2");

    [Theory]
    [InlineData("AIG/NTE-3", "AIG|a1\rNTE|||new\rAIG|a2")]
    [InlineData("AIG[1=a2]/NTE-3", "AIG|a1\rAIG|a2\rNTE|||new")]
    public void A_note_is_written_behind_the_segment_it_belongs_to(string path, string segments)
    {
        var message = Message("SIU^S12", "SCH|s1\rAIG|a1\rAIG|a2");

        var written = Hl7Path.Parse(path).Set(message, "new");

        Sample.Parse(System.Text.Encoding.Latin1.GetString(written.Bytes.Span)).Bytes.ToArray().Should().EndWith(Sample.Bytes("SCH|s1\r" + segments + "\r"));
    }

    [Fact]
    public void The_messages_note_is_written_behind_what_it_is_about()
    {
        var message = Message("SIU^S12", "SCH|s1\rAIG|a1\rNTE|||about a1");

        Hl7Path.Parse("NTE-3").Set(message, "new").Bytes.ToArray().Should().EndWith(Sample.Bytes("SCH|s1\rNTE|||new\rAIG|a1\rNTE|||about a1\r"));
    }

    [Fact]
    public void A_note_under_a_segment_that_is_not_there_is_refused() =>
        Message("SIU^S12", "SCH|s1").Invoking(message => Hl7Path.Parse("AIG/NTE-3").Set(message, "new"))
            .Should().Throw<Hl7WriteException>().Which.Reason.Should().Be("there is no AIG under which it could stand");

    [Theory]
    [InlineData("AIG/", 4)]
    [InlineData("/NTE-3", 0)]
    [InlineData("AIG-3/NTE-3", 5)]
    [InlineData("AIG/nte-3", 4)]
    public void An_opener_is_a_whole_segment(string text, int column)
    {
        Hl7Path.TryParse(text, out _, out var error).Should().BeFalse();

        error!.Column.Should().Be(column);
    }

    [Fact]
    public void Every_observation_of_the_longest_message_sees_its_own()
    {
        var message = Message("ORU^R01", "PID|p1\rOBR|r1\r" + string.Concat(Enumerable.Range(1, 4_900).Select(number => $"OBX|{number}\rNTE|||n{number}\r")));
        var scope = new SegmentScope(message);
        var (request, note, visit) = (Hl7Path.Parse("OBR-1"), Hl7Path.Parse("NTE-3"), Hl7Path.Parse("PV1-1"));

        foreach (var observation in message.FindAll("OBX"))
        {
            scope.At(observation, isItem: true);
            Sample.Said(request.GetIn(scope.Find(request))).Should().Be("r1");
            scope.Find(note).Index.Should().Be(observation.Index + 1);
            scope.Find(visit).IsPresent.Should().BeFalse();
        }
    }

    private static Hl7Message Message(string type, string segments) =>
        Sample.Parse($@"MSH|^~\&|A|B|C|D|20260105||{type}|1|P|2.3.1" + "\r" + segments + "\r");

    private static string Seen(string type, string segments, string scope, int occurrence, string path)
    {
        var message = Message(type, segments);
        return Sample.Said(Hl7Path.Parse(path).Get(message, message.Find(scope, occurrence)));
    }
}
