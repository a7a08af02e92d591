using System.Xml.Linq;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Testing;

namespace InterfaceEngine.Tests.Core.Mapping;

public sealed class MappingTestRunTests
{
    [Fact]
    public void The_test_file_of_the_design_passes()
    {
        var results = MappingTestRun.Run(DesignExample.Load());

        results.Select(result => result.Case.Title).Should().Equal("The A04 in the integration guide", "\"\" deletes, empty keeps", "A CSV row");
        results.SelectMany(result => result.Failures).Should().BeEmpty();
        results.Sum(result => result.Case.Expectations.Count).Should().Be(19);
    }

    [Fact]
    public void A_failing_expectation_is_named_by_its_line()
    {
        // The base reads no PID-10 any more, so line 26 of the test no longer holds.
        var set = DesignExample.Load(("athenahealth/patient.map.md", DesignExample.Patient.Replace("| PID-10                  |", "|                         |", StringComparison.Ordinal)));

        var failures = MappingTestRun.Run(set).SelectMany(result => result.Failures).Select(failure => failure.ToString());

        failures.Should().Equal("tests/patient.test.md:26: race: expected 2106-3, got (kept)");
    }

    [Fact]
    public void A_practice_without_maps_fails_its_tests()
    {
        var set = DesignExample.Load(("practices/1959/patient.map.md", DesignExample.Practice1959.Replace("PID-14", "PID-99", StringComparison.Ordinal)));

        MappingTestRun.Run(set).Should().HaveCount(3).And.OnlyContain(result => result.Failures.Single().Text == "practice 1959 has no maps: its files have errors.");
    }

    [Fact]
    public void A_rejected_message_fails_a_case_that_does_not_expect_it()
    {
        var text = Message("20990515", "| first_name | JOHN |");

        Fail(text).Should().Equal("tests/a.test.md:6: the message is rejected: MAP550 born after the message was sent");
    }

    [Fact]
    public void The_whole_can_be_tested_as_well_as_fields()
    {
        var text = Message("20990515", "| (verdict) | rejected |\n| (count) | 1 |\n| (does) | create or update |\n| (note) | MAP550 |");

        Fail(text).Should().BeEmpty();
    }

    [Fact]
    public void What_the_whole_came_to_is_said_when_it_is_not_what_was_expected()
    {
        var text = Message("19800515", "| (verdict) | held |\n| (count) | 2 |\n| (does) | cancel |\n| (note) | MAP510 |\n| nickname | Jo |\n| last_name | ROE |");

        Fail(text).Should().Equal(
            "tests/a.test.md:15: (verdict): expected held, got accepted",
            "tests/a.test.md:16: (count): expected 2, got 1",
            "tests/a.test.md:17: (does): expected cancel, got create or update",
            "tests/a.test.md:18: (note): expected MAP510, got MAP550",
            "tests/a.test.md:19: nickname: expected Jo, got no field nickname in patient",
            "tests/a.test.md:20: last_name: expected ROE, got DOE");
    }

    [Fact]
    public void A_heading_or_a_column_says_which_record_is_meant()
    {
        var text = """
            ---
            test: patient
            practice: 1959
            ---

            ## Two rows make two patients

            ```csv
            PatientID,FirstName,LastName,DOB
            1,Ann,Lee,1980-01-01
            2,Bob,Ray,1981-01-01
            ```

            | Practice Studio | Expect | Record    |
            |-----------------|--------|-----------|
            | first_name      | Ann    |           |
            | first_name      | Bob    | patient 2 |
            | first_name      | Cid    | patient 3 |
            | (count)         | 2      |           |

            ### patient 2

            | Practice Studio | Expect |
            |-----------------|--------|
            | last_name       | Ray    |
            """;

        Fail(text).Should().Equal("tests/a.test.md:18: first_name: expected Cid, and there is no patient 3");
    }

    [Fact]
    public void A_test_without_a_practice_runs_for_every_practice()
    {
        var files = DesignExample.Files(("tests/a.test.md", Message("19800515", "| last_name | DOE |").Replace("practice: 1959\n", "\n", StringComparison.Ordinal)), ("tests/patient.test.md", null));
        var set = MappingSet.Load(files, [DesignExample.Practice(), DesignExample.Practice("22")]);

        MappingTestRun.Run(set).Select(result => (result.Practice, result.IsPassed)).Should().Equal(("1959", true), ("22", true));
        MappingTestRun.Run(set, "22").Should().ContainSingle().Which.Practice.Should().Be("22");
    }

    [Fact]
    public void A_message_that_cannot_be_read_fails_at_its_block()
    {
        var text = """
            ---
            test: patient
            practice: 1959
            ---

            ## Not HL7

            ```hl7
            PID|1
            ```

            | Practice Studio | Expect |
            |-----------------|--------|
            | last_name       | Ray    |
            """;

        Fail(text).Should().ContainSingle().Which.Should().StartWith("tests/a.test.md:9: the message can't be read: ");
    }

    [Theory]
    [InlineData("practice: 1959", "practice: 1960", "mappings/tests/a.test.md:3:11: note MAP401 no practice '1960' is in the settings; the test is not run.")]
    [InlineData("test: patient", "test: patent", "mappings/tests/a.test.md:2:7: error MAP401 there is no map patent.")]
    [InlineData("test: patient", "", "mappings/tests/a.test.md:1:1: error MAP401 the test does not say which record it is about.")]
    [InlineData("zone: America/Chicago", "zone: America/Chicgo", "mappings/tests/a.test.md:4:7: error MAP401 there is no time zone 'America/Chicgo'.")]
    [InlineData("zone: America/Chicago", "received: soon", "mappings/tests/a.test.md:4:11: error MAP401 'soon' is not a day or time.")]
    [InlineData("zone: America/Chicago", "zome: America/Chicago", "mappings/tests/a.test.md:4:1: error MAP101 'zome' is not a header key.")]
    [InlineData("```hl7", "```hl8", "mappings/tests/a.test.md:8:4: error MAP401 a message of 'hl8' can't be read.")]
    [InlineData("| last_name | DOE |", "| last_name | DOE |\n\n```xml\n<a/>\n```", "mappings/tests/a.test.md:17:4: error MAP401 a message of 'xml' can't be read.")]
    [InlineData("| last_name | DOE |", "| last_name | DOE |\n\n```csv\na\n```\n\n```csv\na\n```", "mappings/tests/a.test.md:21:4: error MAP401 a case has two blocks at most.")]
    [InlineData("```hl7\n", "", "mappings/tests/a.test.md:10:1: error MAP110 the block has no end.")]
    [InlineData("| last_name | DOE |", "", "mappings/tests/a.test.md:6:4: warning MAP401 the case expects nothing.")]
    [InlineData("| last_name | DOE |", "| (made) | DOE |", "mappings/tests/a.test.md:15:3: error MAP401 '(made)' can't be tested.")]
    [InlineData("| last_name | DOE |", "| last_name |  |", "mappings/tests/a.test.md:15:15: error MAP121 what is expected of last_name is missing.")]
    [InlineData("| last_name | DOE |", "|  | DOE |", "mappings/tests/a.test.md:15:3: error MAP121 the row names no field.")]
    [InlineData("| Practice Studio | Expect |", "| Practice Studio | Expected |", "mappings/tests/a.test.md:13:21: error MAP111 a test has no column 'Expected'.")]
    public void What_is_wrong_with_a_test_file_is_said_when_it_is_loaded(string from, string to, string expected)
    {
        var text = Message("19800515", "| last_name | DOE |").Replace(from, to, StringComparison.Ordinal);

        DesignExample.Load(("tests/a.test.md", text)).Problems.Select(problem => problem.ToShortText()).Should().Contain(expected);
    }

    [Theory]
    [InlineData("hl7", "MSH|^~\\&|||||20220315142658||ADT^A08|1|P|2.3\nEVN|A08|20220315142658\nPID|1||12345^^^ATHENA^MRN||DOE^JOHN||19800515|M", "")]
    [InlineData("hl7", "MSH|^~\\&|||||20220315142658||ADT^A08|1|P|2.3\nEVN|A08|20220315142658\nPID|1||12345^^^ATHENA^MRN||DOE^JACK||19800515|F", "20: written as HL7 v2: PID-5: expected DOE^JACK, got DOE^JOHN\n20: written as HL7 v2: PID-8: expected F, got M")]
    [InlineData("hl7", "MSH|^~\\&|||||20220315142658||ADT^A08|1|P|2.3\nPID|1", "18: written as HL7 v2: expected the segments MSH, PID, got MSH, EVN, PID")]
    [InlineData("hl7", "MSH|^~\\&|||||20220315142658||ADT^A99|1|P|2.3", "18: it can't be written as HL7 v2: MAP600 ADT^A99 is no message of patient.")]
    [InlineData("hl7", "PID|1", "18: the message can't be read: *")]
    [InlineData("csv", "PatientID,LastName,Gender\n12345,DOE,M", "")]
    [InlineData("csv", "PatientID,LastName,Gender\n12345,ROE,M", "19: written as CSV: column LastName: expected ROE, got DOE")]
    [InlineData("csv", "PatientID,Nickname\n12345,", "18: written as CSV: no row of the tables writes a column Nickname")]
    [InlineData("csv", "PatientID\n12345\n12346", "18: written as CSV: expected 2 rows, got 1")]
    [InlineData("json", "{\"sex\": \"M\", \"patientid\": \"12345\", \"firstname\": \"JOHN\", \"lastname\": \"DOE\", \"dob\": \"05/15/1980\"}", "")]
    [InlineData("json", "{\"patientid\": \"12345\", \"firstname\": \"JACK\", \"lastname\": \"DOE\", \"dob\": \"05/15/1980\", \"sex\": \"M\", \"zip\": \"1\"}",
        "18: written as athenaNet: firstname: expected \"JACK\", got \"JOHN\"\n18: written as athenaNet: zip: expected \"1\", got nothing")]
    [InlineData("json", "{\"resourceType\": \"Patient\", \"id\": \"12345\", \"name\": [{\"use\": \"official\", \"family\": \"DOE\", \"given\": [\"JACK\"]}], \"birthDate\": \"1980-05-15\", \"gender\": \"male\"}",
        "18: it can't be written as FHIR R4: gender: MAP616 R4: none of male, female, other, unknown.")]
    [InlineData("json", "[1", "18: the document can't be read: *")]
    public void A_second_block_is_what_the_record_would_be_sent_as(string language, string block, string expected)
    {
        var text = Message("19800515", "| last_name | DOE |") + $"\n\n## Prose\n\nNothing.\n";
        text = text.Replace("\n\n## Prose", $"\n\n```{language}\n{block}\n```\n\n## Prose", StringComparison.Ordinal);

        var failures = Fail(text, Sent).ToList();

        failures.Should().HaveCount(expected.Length == 0 ? 0 : expected.Split('\n').Length);
        foreach (var (failure, line) in failures.Zip(expected.Split('\n')))
        {
            failure.Should().Match("tests/a.test.md:" + line);
        }
    }

    [Fact]
    public void What_made_no_record_can_not_be_sent()
    {
        var text = Message("19800515", "| (verdict) | ignored |").Replace("ADT^A04", "ADT^A99", StringComparison.Ordinal) + "\n\n```csv\nPatientID\n12345\n```\n";

        Fail(text).Should().Equal("tests/a.test.md:18: there is no patient that could be written as CSV.");
    }

    [Fact]
    public void The_report_for_build_servers_names_every_case_and_failure()
    {
        var set = DesignExample.Load(("tests/a.test.md", Message("19800515", "| last_name | R<E\u0001 |")));

        var report = XDocument.Parse(MappingTestReport.ToJUnit(MappingTestRun.Run(set)));

        report.Root!.Attribute("tests")!.Value.Should().Be("4");
        report.Root.Attribute("failures")!.Value.Should().Be("1");
        report.Descendants("testsuite").Select(suite => suite.Attribute("name")!.Value).Should().Equal("tests/a.test.md (practice 1959)", "tests/patient.test.md (practice 1959)");
        report.Descendants("failure").Single().Value.Should().Be("tests/a.test.md:15: last_name: expected R<E\uFFFD, got DOE");
    }

    /// <summary>The design's patient, with events in every format: one that no event names is neither read nor written.</summary>
    private static readonly string Sent = DesignExample.Patient.Replace("| Patients file    |", "| POST /patients, FHIR Patient | create or update | |\n| Patients file    |", StringComparison.Ordinal);

    private static IEnumerable<string> Fail(string test, string? patient = null)
    {
        var set = DesignExample.Load(("tests/a.test.md", test), ("tests/patient.test.md", null), ("athenahealth/patient.map.md", patient ?? DesignExample.Patient));
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
        return MappingTestRun.Run(set).SelectMany(result => result.Failures).Select(failure => failure.ToString());
    }

    private static string Message(string born, string rows) => $"""
        ---
        test: patient
        practice: 1959
        zone: America/Chicago
        ---
        ## A message

        ```hl7
        MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A04|1|P|2.3|
        PID|1||12345^^^ATHENA^MRN||DOE^JOHN||{born}|M|
        ```

        | Practice Studio | Expect |
        |-----------------|--------|
        {rows}
        """;
}
