using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>By whose clock a local time is read. The sample practice 195900 is of Chicago and has a clinic in New York; 1959 is all in Chicago.</summary>
public sealed class LocationClockTests
{
    private const string List = "GET /appointments";

    private static readonly MappingSet _set = ShippedMappingsTests.Load();

    [Theory]
    [InlineData("1", "2026-01-12T16:15:00Z")]
    [InlineData("21", "2026-01-12T15:15:00Z")]
    public void A_visit_is_by_the_clock_of_its_own_clinic(string department, string expected)
    {
        var read = Read("195900", Booking(department));

        (read.IsHeld, Visit(read)["start_time"].Text).Should().Be((false, expected));
    }

    [Fact]
    public void A_visit_at_a_clinic_that_no_table_has_is_held_and_not_guessed()
    {
        var read = Read("195900", Booking("31"));

        read.IsHeld.Should().BeTrue();
        read.Notes.Single(note => note.Severity == NoteSeverity.Hold).Should().Match<MappingNote>(note =>
            note.Code == MappingCodes.ClockUnknown && note.Field == "start_time" && note.Consequence.Contains("locations.ref.md") && !note.Reason.Contains("2026"));
    }

    [Fact]
    public void A_time_that_says_its_offset_needs_no_clock()
    {
        var read = Read("195900", Booking("31").Replace("202601121015", "202601121015-0700", StringComparison.Ordinal));

        (read.IsHeld, Visit(read)["start_time"].Text).Should().Be((false, "2026-01-12T17:15:00Z"));
    }

    [Fact]
    public void Where_all_clinics_have_the_practices_clock_so_has_one_that_is_not_listed()
    {
        var read = Read("1959", File.ReadAllText(Path.Combine(RepositoryRoot.Path, "samples", "hl7", "guide-s12.hl7")).Replace("AIL|1||1^", "AIL|1||9^", StringComparison.Ordinal));

        Visit(read)["location_id"].Text.Should().Be("9");
        (read.IsHeld, Visit(read)["start_time"].Text).Should().Be((false, "2023-06-15T14:00:00Z"));
    }

    [Fact]
    public void Of_a_registration_the_times_are_read_and_that_they_are_a_guess_is_said()
    {
        var read = Read("195900", File.ReadAllText(Path.Combine(RepositoryRoot.Path, "samples", "hl7", "athena-a04.hl7")).Replace("|1^MAIN ST", "|31^MESA", StringComparison.Ordinal));

        read.IsHeld.Should().BeFalse();
        read.Notes.Where(note => note.Code == MappingCodes.ClockUnknown).Should().ContainSingle().Which.Severity.Should().Be(NoteSeverity.Warning);
    }

    [Theory]
    [InlineData("31", "America/Phoenix", "2026-07-13T16:45:00Z")]
    [InlineData("31", "UTC-07", "2026-07-13T16:45:00Z")]
    [InlineData("21", "America/Phoenix", "2026-07-13T13:45:00Z")]
    public void A_document_names_the_clock_where_the_table_does_not(string department, string zone, string expected)
    {
        var read = Document(department, $", \"timezonename\": \"{zone}\"");

        (read.IsHeld, Visit(read)["start_time"].Text).Should().Be((false, expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData(", \"timezonename\": \"Arizona\"")]
    [InlineData(", \"timezonename\": null")]
    public void A_document_that_names_no_clock_is_held_at_a_clinic_that_no_table_has(string said) =>
        Document("31", said).Notes.Should().ContainSingle(note => note.Severity == NoteSeverity.Hold && note.Code == MappingCodes.ClockUnknown);

    [Theory]
    [InlineData("America/Chicago")]
    [InlineData("America/New_York")]
    public void What_is_written_over_a_message_is_by_the_clock_by_which_it_was_read(string practice)
    {
        var maps = _set.For("195900")!;
        var moved = new PracticeMaps
        {
            Practice = maps.Practice with { Zone = DateTimeZoneProviders.Tzdb[practice] },
            Maps = maps.Maps,
            Codes = maps.Codes,
            References = maps.References,
            Hash = maps.Hash,
        };
        var message = Hl7Message.Parse(Encoding.UTF8.GetBytes(string.Join('\r',
            "MSH|^~\\&|ATHENANET|195900^Sample Practice^1^Main St Clinic|PRACTICESTUDIO||202601061300||MDM^T02|160M19590|T|2.3.1",
            "EVN|T02|202601061300",
            "PID|1|34772|34772|34772|DOE^JANE^Q||19750822|F",
            "TXA|1|PR|TX|202601051030|1234567893^JOHNSON^JANE||||1234567893^JOHNSON^JANE|||55001||||note.txt|LA||AV",
            "OBX|1|TX|NOTE^Progress note||Seen today")));

        new ReadWriteLaw(moved).FaultOf(message, []).Should().BeEmpty();
    }

    private static string Booking(string department) =>
        File.ReadAllText(Path.Combine(RepositoryRoot.Path, "samples", "hl7", "athena-s12.hl7")).Replace("AIL|1||1^MAIN ST", $"AIL|1||{department}^X", StringComparison.Ordinal);

    private static MappedMessage Read(string practice, string message) =>
        new PracticeReader(_set.For(practice)!).Read(Hl7Message.Parse(Encoding.UTF8.GetBytes(message)), new ReadContext(Instant.FromUtc(2026, 1, 5, 12, 0)));

    private static MappedMessage Document(string department, string said) => new PracticeReader(_set.For("195900")!).Read(
        JsonBody.Parse(Encoding.UTF8.GetBytes(
            $$"""{ "appointmentid": "9", "patientid": "34772", "providerid": "27", "departmentid": "{{department}}", "date": "07/13/2026", "starttime": "09:45", "duration": "15", "appointmentstatus": "f"{{said}} }""")),
        List, new ReadContext(Instant.FromUtc(2026, 1, 5, 12, 0)));

    private static InterfaceEngine.Core.Records.IncomingRecord Visit(MappedMessage read) => read.Records.Single(record => record.Type == "appointment");
}
