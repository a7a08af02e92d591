using System.Text;
using System.Text.Json;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Coverage;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Coverage;

/// <summary>What arrives beside what the design's own tables read.</summary>
public sealed class CoverageTallyTests
{
    private static readonly ReadContext _received = new(Instant.FromUtc(2022, 3, 15, 20, 0));
    private readonly CoverageTally _tally = new(new PracticeReader(DesignExample.Load().For("1959")!), showsCodes: false);

    [Fact]
    public void A_component_that_no_cell_reads_is_counted_with_its_share_and_form()
    {
        Add(Pid("1", "|SANGAMON"));
        Add(Pid("2", "|COOK"));
        Add(Pid("3", "|"));

        var county = Place("PID-12");

        county.Should().BeEquivalentTo(new { Format = "HL7 v2", Messages = 2L, Of = 3L, Kinds = new[] { "ADT^A04" }, Listed = (string?)null, IsBeside = false });
        county.Shapes.Should().Equal("XXX…");
    }

    [Fact]
    public void What_is_listed_as_not_mapped_says_where_and_why()
    {
        Add(Pid("1", "|||||M|CHR"));

        Place("PID-16").Should().BeEquivalentTo(new { Listed = "athenahealth/patient.map.md:50:15", Why = "not in the Practice Studio record" });
        Find("PID-14").Should().BeNull("the practice's own cell reads it");
    }

    [Fact]
    public void What_stands_beside_what_is_read_of_a_field_is_told_apart()
    {
        Add(Pid("1", "", name: "DOE^JOHN^Q"));

        Place("PID-5.3").IsBeside.Should().BeTrue();
        Find("PID-5.1").Should().BeNull();
        Find("PID-5.2").Should().BeNull();
    }

    [Fact]
    public void A_repetition_that_no_cell_picks_is_told_as_that()
    {
        Add(Pid("1", "||(217)555-0101^PRN^PH~(217)555-0102^BPN^FX"));

        _tally.Report().Unmapped.Select(place => place.Place).Should().Equal("PID-13 (repetitions that no cell picks)");
        Place("PID-13 (repetitions that no cell picks)").Shapes.Should().Equal("(###)###-####^XXX^XX");
    }

    [Fact]
    public void A_segment_that_no_table_reads_is_told_and_its_number_is_not()
    {
        Add(Pid("1", "") + "OBX|1|NM|8302-2^HEIGHT||180\r");

        _tally.Report().Unmapped.Select(place => place.Place).Should().BeEquivalentTo("OBX-2", "OBX-3.1", "OBX-3.2", "OBX-5");
    }

    [Fact]
    public void A_place_counts_once_a_message_however_often_it_stands_there()
    {
        Add(Pid("1", "") + "NK1|1|DOE^JANE\rNK1|2|DOE^JIM\r");

        Place("NK1-2.1").Messages.Should().Be(1);
    }

    [Fact]
    public void Unknown_codes_are_counted_by_table_and_shown_by_their_form_unless_asked_for()
    {
        var open = new CoverageTally(new PracticeReader(DesignExample.Load().For("1959")!), showsCodes: true);
        foreach (var race in (string[])["Decline", "Decline", "White"])
        {
            var message = Hl7Message.Parse(Encoding.UTF8.GetBytes(Pid("1", "", race: race)));
            _tally.Add(message, _received);
            open.Add(message, _received);
        }

        _tally.Report().Codes.Should().Equal(new UnknownCodeCount("race", "race", "HL7 v2", "Xxxx…", 2));
        open.Report().Codes.Should().Equal(new UnknownCodeCount("race", "race", "HL7 v2", "Decline", 2));
    }

    [Fact]
    public void Fields_that_never_came_name_their_cells_and_those_that_only_a_unit_cleared_are_among_them()
    {
        Add(Pid("1", "||(217)555-0101", address: "1 MAIN ST^^SPRINGFIELD^IL^62701"));

        var silent = _tally.Report().Silent;

        silent.Select(field => field.Field).Should().Contain("phone_mobile").And.Contain("address.line2").And.NotContain("phone_home").And.NotContain("address.line1");
        silent.First(field => field.Field == "phone_mobile").Cells.Should().Equal("HL7 v2 PID-14 (practices/1959/patient.map.md:11:28)");
    }

    [Fact]
    public void Kinds_that_no_table_takes_and_records_that_were_never_made_are_told()
    {
        Add(Pid("1", "").Replace("ADT^A04", "ADT^A20", StringComparison.Ordinal));
        Add("MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||SIU^S14|1|P|2.3|\rSCH|||\r");

        var report = _tally.Report();

        report.Untaken.Should().Equal(new UntakenKind("HL7 v2", "ADT^A20", 1));
        report.NeverMade.Should().Equal("appointment");
        report.Unmapped.Should().BeEmpty("what no table takes is told by its kind alone");
        report.Messages.Should().Be(2);
    }

    [Fact]
    public void What_a_filter_leaves_out_is_counted_and_not_looked_at()
    {
        const string Filters = "---\nfilters: messages\npractice: 1959\n---\n| When | Reason |\n|---|---|\n| `HL7:PID-8 = 'M'` | not here |\n";
        var tally = new CoverageTally(new PracticeReader(DesignExample.Load(("practices/1959/filters.md", Filters)).For("1959")!), showsCodes: false);

        tally.Add(Hl7Message.Parse(Encoding.UTF8.GetBytes(Pid("1", "|SANGAMON"))), _received);

        var report = tally.Report();
        (report.Messages, report.Unmapped.Count).Should().Be((0, 0));
        report.NotRead.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Reason = "left out by a filter", Count = 1L });
    }

    [Fact]
    public void Columns_of_a_file_are_told()
    {
        using var table = new CsvTable(new StringReader("PatientID,FirstName,LastName,DOB,Shoe,MemberID\n1,Jane,Smith,1975-08-22,41,AET1\n2,Jim,Smith,1976-08-22,,\n"));
        foreach (var row in table.Rows())
        {
            _tally.Add(row, "Patients file", _received);
        }

        Place("Shoe").Should().BeEquivalentTo(new { Format = "CSV", Messages = 1L, Of = 2L, Listed = (string?)null });
        Place("MemberID").Why.Should().Be("coverage.map.md reads them");
        Find("FirstName").Should().BeNull();
    }

    [Fact]
    public void A_file_without_a_header_is_not_looked_at_and_no_value_of_its_first_row_is_told()
    {
        using var table = new CsvTable(new StringReader("54321,Jane,Quigley,1975-08-22\n54322,Jim,Quigley,1976-08-22\n"));
        _tally.Add(table.Rows().First(), "Patients file", _received);

        var report = _tally.Report();
        (report.Messages, report.Unmapped.Count).Should().Be((0, 0));
        report.NotRead.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Reason = "of a file whose first line names no column that its tables read", Count = 1L });
        JsonSerializer.Serialize(report).Should().NotContainAny("Jane", "Quigley", "1975");
    }

    [Fact]
    public void Paths_of_a_document_are_told_without_numbers()
    {
        var files = DesignExample.Load(("athenahealth/patient.map.md", DesignExample.Patient.Replace("| Patients file    |", "| Patients file, FHIR Patient |", StringComparison.Ordinal)));
        var tally = new CoverageTally(new PracticeReader(files.For("1959")!), showsCodes: false);

        tally.Add(JsonBody.Parse("""{"resourceType":"Patient","id":"1","name":[{"use":"official","family":"Doe","given":["Jo","Ann"]}],"photo":[{"title":"x"},{"title":"y"}],"charts":{"123456789":"open"},"maritalStatus":{"coding":[{"code":"M"}]}}"""u8.ToArray()), "", _received);

        tally.Report().Unmapped.Select(place => place.Place).Should().BeEquivalentTo(["name.given", "photo.title", "maritalStatus.coding.code", "charts.?"], "a name that could be a patient's number is not told");
        tally.Report().Unmapped.Should().OnlyContain(place => place.Messages == 1);
    }

    [Fact]
    public void No_value_is_in_the_report()
    {
        Add(Pid("1", "|SANGAMON|(217)555-0101~(217)555-0199", name: "QUIGLEY^ZEB^WOMBAT", race: "Gnome"));

        JsonSerializer.Serialize(_tally.Report()).Should().NotContainAny("SANGAMON", "555-01", "QUIGLEY", "ZEB", "WOMBAT", "Gnome", "0199");
    }

    [Fact]
    public void What_is_kept_is_bounded_however_many_places_there_are()
    {
        var many = string.Join(',', Enumerable.Range(0, 12).Select(number => $"x{number}"));
        for (var file = 0; file < (CoverageTally.PlacesMax / 12) + 2; file++)
        {
            using var table = new CsvTable(new StringReader($"PatientID,{many.Replace("x", $"x{file}_", StringComparison.Ordinal)}\n1{string.Concat(Enumerable.Repeat(",v", 12))}\n"));
            _tally.Add(table.Rows().First(), "Patients file", _received);
        }

        var report = _tally.Report();
        (report.Unmapped.Count, report.IsCut).Should().Be((CoverageTally.PlacesMax, true));
    }

    private static string Pid(string id, string rest, string name = "DOE^JOHN", string race = "White", string address = "") =>
        $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A04|1|P|2.3|\rPID|1||{id}^^^ATHENA^MRN||{name}||19800515|M||{race}|{address}{rest}\r";

    private void Add(string message) => _tally.Add(Hl7Message.Parse(Encoding.UTF8.GetBytes(message)), _received);

    private UnmappedPlace? Find(string place) => _tally.Report().Unmapped.SingleOrDefault(one => one.Place == place);

    private UnmappedPlace Place(string place) => Find(place).Should().NotBeNull().And.BeOfType<UnmappedPlace>().Subject;
}
