using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Grammar;

namespace InterfaceEngine.Tests.Core.Hl7.Grammar;

/// <summary>
/// Each row changes one thing in a message that is right and names the one fault that the standard sees in it: place and
/// condition of table 0357, from the chapters' structures and attribute tables.
/// </summary>
public sealed class GrammarCheckTests
{
    private const string Register = """
        MSH|^~\&|ADT|NORTH|ENGINE|US|20260105080000||ADT^A04|1|P|2.3
        EVN|A04|20260105080000
        PID|1||1001^^^NORTH||DOE^JANE||19700102|F|||1 MAIN ST^^TOWN^NY^12345||555-0100
        NK1|1|DOE^JOHN|SPO
        PV1|1|O
        AL1|1|DA|PEN^PENICILLIN
        DG1|1|I9||COUGH||F
        IN1|1|PPO|ACME
        IN1|2|HMO|OTHER
        """;

    private const string Result = """
        MSH|^~\&|LAB|NORTH|ENGINE|US|20260105080000||ORU^R01^ORU_R01|2|P|2.5.1
        PID|1||1001^^^NORTH^MR||DOE^JANE
        OBR|1|P1|F1|GLU^GLUCOSE|||20260105070000
        NTE|1||FASTING
        OBX|1|NM|GLU^GLUCOSE||98|mg/dL|70-105|N|||F
        NTE|1||OK
        OBX|2|DT|NEXT^NEXT VISIT||20260301||||||F
        """;

    private const string Booking = """
        MSH|^~\&|SCHED|NORTH|ENGINE|US|20260105080000||SIU^S12|3|P|2.3
        SCH|A1|B1||||ROUTINE|||30|MIN|^^^20260110090000|||||DOC^WHO||||CLERK^WHO
        NTE|1||BRING CARD
        PID|1||1001^^^NORTH||DOE^JANE
        PV1|1|O
        RGS|1
        AIG|1||DR^DOCTOR|P
        NTE|1||TRAILING
        AIL|1||ROOM
        """;

    private const string Charge = """
        MSH|^~\&|BILL|NORTH|ENGINE|US|20260105080000||DFT^P03|4|P|2.3
        EVN|P03|20260105080000
        PID|1||1001||DOE^JANE
        FT1|1|T1||20260105||CG|99213
        FT1|2|T2||20260105||CG|85025
        """;

    private const string Document = """
        MSH|^~\&|DOCS|NORTH|ENGINE|US|20260105080000||MDM^T02|5|P|2.3
        EVN|T02|20260105080000
        PID|1||1001||DOE^JANE
        PV1|1|O
        TXA|1|CN|TX|||||||||D1|||||AU
        OBX|1|TX|NOTE||ALL WELL||||||F
        """;

    [Theory]
    [InlineData(Register)]
    [InlineData(Result)]
    [InlineData(Booking)]
    [InlineData(Charge)]
    [InlineData(Document)]
    public void A_message_after_the_standard_has_no_fault(string message)
    {
        var report = GrammarCheck.Full(Message(message));

        report.Faults.Should().BeEmpty();
        report.IsCut.Should().BeFalse();
        GrammarCheck.Order(Message(message)).Should().BeNull();
    }

    [Theory]
    // Condition 100: required segments missing, out of order, too often, unknown.
    [InlineData(Register, "EVN|A04|20260105080000\n", "", "EVN", 100)]
    [InlineData(Register, "PV1|1|O\n", "", "PV1", 100)]
    [InlineData(Register, "PV1|1|O\n", "PV1|1|O\nPV1|2|O\n", "PV1[2]", 100)]
    [InlineData(Register, "PV1|1|O\n", "PV1|1|O\nNK1|2|DOE^JIM|CHD\n", "NK1[2]", 100)]
    [InlineData(Register, "PV1|1|O\n", "PV1|1|O\nNTE|1||NOTE\n", "NTE", 100)]
    [InlineData(Register, "PV1|1|O\n", "PV1|1|O\nXYZ|1\n", "XYZ", 100)]
    [InlineData(Register, "IN1|2|HMO|OTHER", "IN1|2|HMO|OTHER\nIN2|1\nIN2|2", "IN2[2]", 100)]
    [InlineData(Result, "OBR|1|P1|F1|GLU^GLUCOSE|||20260105070000\n", "", "OBR", 100)]
    [InlineData(Result, "OBX|1|NM|", "EVN|R01|20260105\nOBX|1|NM|", "EVN", 100)]
    [InlineData(Booking, "RGS|1\n", "", "RGS", 100)]
    [InlineData(Charge, "EVN|P03|20260105080000\n", "", "EVN", 100)]
    [InlineData(Document, "OBX|1|TX|NOTE||ALL WELL||||||F", "", "OBX", 100)]
    [InlineData(Document, "TXA|1|CN|TX|||||||||D1|||||AU\n", "", "TXA", 100)]
    // Condition 101: required fields.
    [InlineData(Register, "ADT^A04|1|P", "ADT^A04||P", "MSH-10", 101)]
    [InlineData(Register, "|1|P|2.3", "|1||2.3", "MSH-11", 101)]
    [InlineData(Register, "EVN|A04", "EVN|", "EVN-1", 101)]
    [InlineData(Register, "PID|1||1001^^^NORTH|", "PID|1|||", "PID-3", 101)]
    [InlineData(Register, "|DOE^JANE|", "|^|", "PID-5", 101)]
    [InlineData(Register, "PV1|1|O", "PV1|1", "PV1-2", 101)]
    [InlineData(Register, "IN1|2|HMO|OTHER", "IN1|2|HMO|", "IN1[2]-3", 101)]
    [InlineData(Booking, "SCH|A1", "SCH|", "SCH-1", 101)]
    [InlineData(Booking, "|ROUTINE|", "||", "SCH-6", 101)]
    [InlineData(Booking, "AIG|1||DR^DOCTOR|P", "AIG|1||DR^DOCTOR|", "AIG-4", 101)]
    [InlineData(Booking, "AIL|1||ROOM", "AIL|1||", "AIL-3", 101)]
    [InlineData(Charge, "FT1|1|T1||20260105|", "FT1|1|T1|||", "FT1-4", 101)]
    [InlineData(Charge, "|CG|85025", "||85025", "FT1[2]-6", 101)]
    [InlineData(Charge, "|CG|99213", "|CG|", "FT1-7", 101)]
    [InlineData(Document, "TXA|1|CN", "TXA|1|", "TXA-2", 101)]
    [InlineData(Document, "|D1|", "||", "TXA-12", 101)]
    [InlineData(Result, "OBX|1|NM|GLU^GLUCOSE", "OBX|1|NM|", "OBX-3", 101)]
    [InlineData(Result, "OBX|1|NM", "OBX|1|", "OBX-2", 101)]
    [InlineData(Result, "|20260301||||||F", "|20260301", "OBX[2]-11", 101)]
    // Condition 102: types, lengths, repetitions.
    [InlineData(Register, "|19700102|", "|Jan 2, 1970|", "PID-7.1", 102)]
    [InlineData(Register, "|19700102|", "|19700230|", "PID-7.1", 102)]
    [InlineData(Register, "NK1|1|", "NK1|one|", "NK1-1", 102)]
    [InlineData(Register, "|F|||1 MAIN", "|F~M|||1 MAIN", "PID-8", 102)]
    [InlineData(Register, "ADT|NORTH", "ADT|NORTH&1.2&ISO&X^^", "MSH-4.1", 102)]
    [InlineData(Result, "||98|mg/dL", "||98 or so|mg/dL", "OBX-5", 102)]
    [InlineData(Result, "||98|mg/dL", "||98^99|mg/dL", "OBX-5", 102)]
    [InlineData(Result, "||20260301|", "||March|", "OBX[2]-5", 102)]
    [InlineData(Register, "|1|P|2.3", "|123456789012345678901|P|2.3", "MSH-10", 102)]
    [InlineData(Register, "PV1|1|O", "PV1|12345|O", "PV1-1", 102)]
    // Condition 103: tables of HL7's own.
    [InlineData(Result, "OBX|1|NM|", "OBX|1|XX|", "OBX-2", 103)]
    [InlineData(Result, "|N|||F\nNTE", "|N|||Q\nNTE", "OBX-11", 103)]
    [InlineData(Register, "|1|P|2.3", "|1|Q|2.3", "MSH-11.1", 103)]
    [InlineData(Document, "|||||AU", "|||||XX", "TXA-17", 103)]
    [InlineData(Register, "|1|P|2.3", "|1|P|2.3|||MAYBE", "MSH-15", 102)]
    public void One_departure_from_the_standard_is_one_fault_at_its_place(string message, string from, string to, string place, int code)
    {
        message.ReplaceLineEndings("\n").Should().Contain(from);

        var faults = GrammarCheck.Full(Message(message.ReplaceLineEndings("\n").Replace(from, to))).Faults;

        faults.Should().Contain(fault => fault.Place == place && fault.Code == code);
        faults.Select(fault => fault.Place).Distinct().Should().Equal(place);
    }

    [Theory]
    [InlineData(Register, "PV1|1|O\n", "ZPV|ANY^THING|AT ALL\nPV1|1|O\n")]
    [InlineData(Register, "MSH|^~\\&|ADT|", "MSH|^~\\&#|ADT|")]
    [InlineData(Register, "|F|||1 MAIN", "|\"\"|||1 MAIN")]
    [InlineData(Register, "|DOE^JANE|", "|\"\"|")]
    [InlineData(Register, "555-0100", "555-0100~555-0199")]
    [InlineData(Register, "|19700102|", "|197001|")]
    [InlineData(Register, "|19700102|", "|19700102083015.1234-0500|")]
    [InlineData(Result, "||98|mg/dL", "||-98.50|mg/dL")]
    [InlineData(Result, "OBX|1|NM|GLU^GLUCOSE||98|", "OBX|1|ST|GLU^GLUCOSE||ninety-eight|")]
    [InlineData(Result, "OBX|1|NM|GLU^GLUCOSE||98|", "OBX|1||GLU^GLUCOSE|||")]
    [InlineData(Booking, "NTE|1||TRAILING\n", "")]
    [InlineData(Booking, "PID|1||1001^^^NORTH||DOE^JANE\nPV1|1|O\n", "")]
    [InlineData(Booking, "SIU^S12|", "SIU^S14|")]
    [InlineData(Charge, "FT1|2|T2||20260105||CG|85025", "DG1|1|I9||COUGH||F")]
    public void What_the_standard_allows_is_no_fault(string message, string from, string to)
    {
        message.ReplaceLineEndings("\n").Should().Contain(from);

        GrammarCheck.Full(Message(message.ReplaceLineEndings("\n").Replace(from, to))).Faults.Should().BeEmpty();
    }

    [Theory]
    [InlineData("2.3")]
    [InlineData("2.3.1")]
    [InlineData("2.5.1")]
    public void A_result_needs_no_number_within_its_request_and_a_request_no_quantity(string version) =>
        // OBX-4 tells equal values apart (7.3.2.4) and OBR-27 says how often an order is done (4.4): an ordinary result has neither.
        GrammarCheck.Full(Message($"""
            MSH|^~\&|LAB|NORTH|ENGINE|US|20260105080000||ORU^R01|2|P|{version}
            PID|1||1001||DOE^JANE
            ORC|RE|P1|F1
            OBR|1|P1|F1|GLU^GLUCOSE|||20260105070000
            OBX|1|NM|GLU^GLUCOSE||98|mg/dL|70-105|N|||F
            """)).Faults.Should().BeEmpty();

    [Fact]
    public void A_place_of_version_2_3_has_room_for_its_components() =>
        GrammarCheck.Full(Message(Register.Replace("PV1|1|O", "PV1|1|O|WEST^ROOM 12^BED 2^NORTH"))).Faults.Should().BeEmpty();

    [Theory]
    [InlineData(Register, "ADT^A04|", "ADT^A04^ADT_A04|", "MSH-9.3", 103)]
    [InlineData(Register, "PV1|1|O", "PV1|1|X", "PV1-2", 103)]
    [InlineData(Register, "IN1|1|PPO|ACME", "IN1|1|PPO|ACME|||||||||||||||||||||||||||||||||||||||||||||||||||||||X", "IN1-58", 102)]
    [InlineData(Register, "|DOE^JANE|", "|DOE^JANE^^^^^^^^^^^^^X|", "PID-5.15", 102)]
    public void What_is_local_or_newer_is_a_warning(string message, string from, string to, string place, int code)
    {
        message.ReplaceLineEndings("\n").Should().Contain(from);

        var report = GrammarCheck.Full(Message(message.ReplaceLineEndings("\n").Replace(from, to)));

        report.Faults.Should().BeEmpty();
        report.Warnings.Should().ContainSingle(warning => warning.Place == place && warning.Code == code);
    }

    [Theory]
    [InlineData("ADT^A04", "ADT^Z99", "MSH-9.2", 201)]
    [InlineData("ADT^A04", "XYZ^X01", "MSH-9.1", 200)]
    public void An_event_that_the_version_has_not_is_told(string from, string to, string place, int code)
    {
        var report = GrammarCheck.Full(Message(Register.Replace(from, to)));

        report.Structure.Should().BeNull();
        report.Faults.Should().Contain(fault => fault.Place == place && fault.Code == code);
    }

    [Fact]
    public void Every_fault_is_told_in_the_order_of_the_checks_and_none_holds_a_value()
    {
        var report = GrammarCheck.Full(Message("""
            MSH|^~\&|ADT|NORTH|ENGINE|US|20260105080000||ADT^A04|1|P|2.3
            PID|1||||SECRETNAME^JANE||SECRETDATE|F
            PV1|x|
            """));

        report.Against.Should().Be("ADT_A01 of HL7 2.3");
        report.Faults.Select(fault => fault.ToString()).Should().Equal(
            "EVN: is required by ADT_A01 and missing before PID",
            "PID-3: Patient ID (Internal ID) is missing",
            "PID-7.1: Date of Birth is not of type DTM: expected YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]",
            "PV1-1: Set ID - Patient Visit is not of type SI: expected digits",
            "PV1-2: Patient Class is missing");
        report.Faults.Should().NotContain(fault => fault.Text.Contains("SECRET"));
    }

    [Fact]
    public void One_missing_segment_does_not_make_all_that_follows_wrong() =>
        GrammarCheck.Order(Message(Register.ReplaceLineEndings("\n").Replace("EVN|A04|20260105080000\n", "").Replace("PV1|1|O\n", "")))!
            .Faults.Select(fault => fault.ToString()).Should().Equal(
                "EVN: is required by ADT_A01 and missing before PID",
                "PV1: is required by ADT_A01 and missing before AL1");

    [Fact]
    public void What_is_expected_instead_is_said() =>
        GrammarCheck.Order(Message(Register.ReplaceLineEndings("\n").Replace("NK1|1|DOE^JOHN|SPO\n", "").Replace("PV1|1|O\n", "PV1|1|O\nPD1|1\n")))!
            .Faults.Should().ContainSingle().Which.Text.Should().Be("is out of its place in ADT_A01: expected PV2, DB1, OBX, AL1, DG1, DRG, PR1, GT1, … or the end");

    [Fact]
    public void Faults_beyond_the_limit_are_cut_and_that_is_said()
    {
        var message = Message(Register + string.Concat(Enumerable.Range(3, 50).Select(number => $"\nIN1|x|PPO|ACME{number}")));

        GrammarCheck.Full(message, new GrammarOptions { FaultsMax = 50 }).Should().Match<GrammarReport>(report => report.Faults.Count == 50 && !report.IsCut);
        GrammarCheck.Full(message, new GrammarOptions { FaultsMax = 49 }).Should().Match<GrammarReport>(report => report.Faults.Count == 49 && report.IsCut);
    }

    [Fact]
    public void A_message_of_ten_thousand_segments_out_of_order_is_checked_to_its_limit()
    {
        var message = Message(Register + string.Concat(Enumerable.Repeat("\nEVN|A04|20260105", 9_000)));

        GrammarCheck.Full(message).Should().Match<GrammarReport>(report => report.Faults.Count == 100 && report.IsCut);
    }

    private static Hl7Message Message(string text) => Hl7Message.Parse(Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r")));
}
