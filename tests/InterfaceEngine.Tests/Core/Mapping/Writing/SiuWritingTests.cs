namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>Scheduling messages as they leave, field by field from the standard (2.3, chapter 10), the guide and the shape of athenahealth's feed.</summary>
public sealed class SiuWritingTests
{
    [Fact]
    public void A_booking_is_written_segment_by_segment_in_the_standards_order()
    {
        var written = Clinic.Write("195900", "SIU^S12", Clinic.Visit(("reason", "Follow-up"), ("notes", "Bring the\nold films")), Clinic.Patient());

        written.Notes.Should().BeEmpty();
        Clinic.Segments(written).Should().Equal(
            @"MSH|^~\&|PRACTICESTUDIO|PSSERVER|ATHENA|ATHENANET|20260105093000||SIU^S12|0ABCDEFGHJKMN|P|2.3",
            "SCH|" + Clinic.VisitId + "|||||BOOKED|^Follow-up|Telehealth|15|minutes|^^^20260112101500^20260112103000|||||PRACTICESTUDIO||||PRACTICESTUDIO|||||Booked",
            "NTE|1||Bring the",
            "NTE|2||old films",
            "PID|1||34772||Doe^Jane||19750822|F",
            "RGS|1",
            "AIL|1||1|D",
            "AIP|1||27|PROVIDER");
        Clinic.Text(written).Should().EndWith("\r", "every segment is ended by CR");
    }
}
