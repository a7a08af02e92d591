using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Comparing;

/// <summary>The example of the design by two versions of its tables: what is said to be different is different, and why.</summary>
public sealed class SetComparisonTests
{
    private const string Patient = "athenahealth/patient.map.md";
    private const string Override = "practices/1959/patient.map.md";

    private static readonly ReadContext _received = new(Instant.FromUtc(2022, 3, 16, 12, 0));

    private static readonly string _plain = WithoutRow(DesignExample.Practice1959, "phone_mobile");

    [Fact]
    public void Two_equal_sets_give_the_same()
    {
        var report = Compare([], [], Message());

        (report.Messages, report.Same, report.Differences.Count, report.Sent.Count).Should().Be((1, 1, 0, 0));
        report.NotAccepted([]).Should().BeEmpty();
    }

    [Fact]
    public void An_override_that_reads_another_place_is_named_with_both_cells_and_what_is_sent_then()
    {
        var report = Compare([(Override, _plain)], [], Message());

        (report.Same, report.Changed, report.NewlyFailing, report.NewlyPassing).Should().Be((0, 1, 0, 0));
        var group = report.Differences.Should().ContainSingle().Subject;
        (group.Type, group.Field, group.Before, group.After, group.Messages).Should().Be(("patient", "phone_mobile", "(empty)", "value", 1));
        group.Causes.Should().ContainSingle().Which.Should().Be(new ReasonOfDifference("practices/1959/patient.map.md:11:28", "HL7 v2", "PID-13[3=CP]", "PID-14"));
        group.Examples.Should().ContainSingle().Which.Should().Be(new Example("m0", "(empty)", "+###########"));
        report.Sent.Select(sent => (sent.Format, sent.Place, sent.Change)).Should().Equal(
            ("FHIR R4", "telecom[system=phone,use=mobile].value", "would be sent"), ("HL7 v2", "PID-14", "would be sent"), ("athenaNet", "mobilephone", "would be sent"));
    }

    [Fact]
    public void A_value_that_the_new_place_does_not_hold_newly_fails_with_what_was_found_there()
    {
        var report = Compare([(Override, _plain)], [], Message(mobile: "SAME"), Message(mobile: "x214"), Message());

        (report.Changed, report.NewlyFailing).Should().Be((1, 2));
        var group = report.Differences.Single(one => one.FailsBy is not null);
        (group.Before, group.After, group.Place, group.FailsBy, group.Messages).Should().Be(("(empty)", "MAP504", "PID-14", "MAP504", 2));
        group.Shapes.Select(shape => shape.Reason).Should().BeEquivalentTo("(empty) → MAP504 XXX…", "(empty) → MAP504 x###");
        report.Failures.Should().Equal(new CountedReason("MAP504", 2));
        report.NotAccepted(["MAP510"]).Should().ContainSingle();
        report.NotAccepted(["map504"]).Should().BeEmpty();
    }

    [Fact]
    public void What_failed_and_is_taken_now_newly_passes()
    {
        var report = Compare([("athenahealth/codes/race.codes.md", DesignExample.Races.Replace(", White, W", "", StringComparison.Ordinal))], [], Message());

        (report.NewlyPassing, report.NewlyFailing).Should().Be((1, 0));
        var group = report.Differences.Should().ContainSingle().Subject;
        (group.Field, group.Before, group.After, group.Passes).Should().Be(("race", "MAP510", "value", true));
        group.Causes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { What = "codes race, HL7 v2", Before = "2106-3 = 2106-3", After = "2106-3 = 2106-3, White, W" });
    }

    [Fact]
    public void Fields_of_one_name_in_two_records_do_not_make_up_for_one_another()
    {
        // The contact's number failed and is read no more; the patient's is read now, and fails.
        const string Contact = "---\nmap: contact\nfor: athenahealth\neach: NK1\nkey: name\nlist: full\n---\n\n| Practice Studio | HL7 v2 | As | Rule |\n|---|---|---|---|\n| patient_id | PID-3[4=ATHENA?,5=MRN?].1 | ref patient | required |\n| name | NK1-2 | text | |\n| phone_mobile | NK1-5 | phone | |\n\n## Messages\n\n| Message | Does | Sets |\n|---|---|---|\n| ADT^A04 | create or update | |\n";
        const string Table = "athenahealth/contact.map.md";

        var report = Compare([(Table, Contact), (Override, _plain)], [(Table, Contact.Replace("| NK1-5 |", "| NK1-6 |", StringComparison.Ordinal))], Message(mobile: "SAME") + "\rNK1|1|ROE|SPO||NONE|");

        report.Failures.Should().Equal(new CountedReason("MAP504", 1));
        report.Differences.Select(group => (group.Type, group.Field, group.Before, group.After)).Should().BeEquivalentTo(
            [("contact", "phone_mobile", "MAP504", "(empty)"), ("patient", "phone_mobile", "(empty)", "MAP504")]);
    }

    [Fact]
    public void A_code_that_its_table_lost_newly_fails()
    {
        var report = Compare([], [("athenahealth/codes/race.codes.md", DesignExample.Races.Replace(", White, W", "", StringComparison.Ordinal))], Message());

        report.NewlyFailing.Should().Be(1);
        report.Differences.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Field = "race", Before = "value", After = "MAP510", FailsBy = "MAP510", Place = "PID-10" });
    }

    [Fact]
    public void A_code_that_is_read_the_same_and_spelled_otherwise_is_sent_otherwise_though_stored_the_same()
    {
        var report = Compare([], [("athenahealth/codes/race.codes.md", DesignExample.Races.Replace("2106-3, White, W", "White, 2106-3, W", StringComparison.Ordinal))], Message());

        (report.Same, report.Differences.Count).Should().Be((1, 0));
        report.Sent.Should().ContainSingle().Which.Should().Be(new SentGroup("patient", "race", "HL7 v2", "PID-10", "would be sent otherwise", 1));
    }

    [Fact]
    public void A_place_that_is_only_read_too_sends_nothing_otherwise()
    {
        var report = Compare([], [(Patient, DesignExample.Patient.Replace("| PID-13[3=CP] ", "| PID-13[3=CP] or ZPT-9 ", StringComparison.Ordinal))], Message());

        DesignExample.Patient.Should().Contain("| PID-13[3=CP] ");
        (report.Same, report.Sent.Count).Should().Be((1, 0));
    }

    [Fact]
    public void A_message_that_no_table_reads_any_more_newly_fails()
    {
        var report = Compare([], [(Patient, DesignExample.Patient.Replace("ADT^A04, ", "", StringComparison.Ordinal))], Message());

        report.Failures.Should().Equal(new CountedReason("unmapped", 1));
        var group = report.Differences.Should().ContainSingle().Subject;
        (group.Type, group.Before, group.After).Should().Be(("message", "applied", "not mapped"));
        group.Causes.Should().Contain(cause => cause.What == "patient messages" && cause.Before.StartsWith("ADT^A04") && cause.After == "(none)");
        report.Sent.Should().BeEmpty();
    }

    [Fact]
    public void A_message_that_a_new_filter_keeps_out_newly_fails()
    {
        const string Filters = "---\npractice: 1959\n---\n\n| When | Reason |\n|------|-----|\n| HL7:MSH-3 = 'ATHENA' | not ours |\n";

        var report = Compare([], [("practices/1959/filters.md", Filters)], Message());

        report.Failures.Should().Equal(new CountedReason("filtered", 1));
        report.Differences.Single().Causes.Single().Should().BeEquivalentTo(new { What = "filters", Before = "(none)", After = "HL7:MSH-3 = 'ATHENA'" });
    }

    [Fact]
    public void A_new_check_that_rejects_newly_fails_and_is_named()
    {
        var report = Compare([], [(Patient, DesignExample.Patient.Replace("## Not mapped", "| first_name != 'JOHN' | reject | no Johns |\n\n## Not mapped", StringComparison.Ordinal).Replace("|\n\n| first_name !=", "|\n| first_name !=", StringComparison.Ordinal))], Message());

        report.Failures.Should().Equal(new CountedReason("MAP550", 1));
        report.Differences.Should().Contain(group => group.After == "refused MAP550" && group.Causes.Any(cause => cause.What == "patient checks" && cause.Before == "(none)"));
    }

    [Fact]
    public void A_required_field_that_is_not_told_any_more_newly_fails()
    {
        var report = Compare([], [(Patient, DesignExample.Patient.Replace("| PID-7  ", "| PID-23 ", StringComparison.Ordinal))], Message());

        report.Failures.Should().Contain(new CountedReason("required", 1));
        report.Differences.Should().Contain(group => group.Field == "date_of_birth" && group.Before == "value" && group.After == "(empty)" && group.Causes[0].After == "PID-23");
    }

    [Theory]
    [InlineData("telecom[system=email].value             | email          |                  |", "telecom[system=email].value             | email          | required         |", "email", "(empty)")]
    [InlineData("address[use=home?].line[#2]             | name           |                  |", "address[use=home?].line[#2]             | name           | required         |", "address.line2", "(cleared)")]
    [InlineData("code language  |                  |", "code language  | required         |", "preferred_language", "MAP510")]
    public void A_field_that_becomes_required_newly_fails_where_it_is_not_told_though_nothing_else_is_otherwise(string from, string to, string field, string word)
    {
        var stricter = DesignExample.Patient.Replace(from, to, StringComparison.Ordinal);

        var report = Compare([], [(Patient, stricter)], Message().Replace("|ENG|", "|KLINGON|", StringComparison.Ordinal));

        stricter.Should().NotBe(DesignExample.Patient);
        (report.Same, report.NewlyFailing).Should().Be((0, 1));
        report.Failures.Should().Equal(new CountedReason("required", 1));
        var group = report.Differences.Should().ContainSingle().Subject;
        (group.Field, group.Before, group.After, group.FailsBy).Should().Be((field, word, $"{word}, required", "required"));
        group.Causes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { What = "Rule", Before = "(none)", After = "required" });
        report.Unmet.Should().BeEmpty();
        Compare([(Patient, stricter)], [], Message()).NewlyFailing.Should().Be(0);
    }

    [Fact]
    public void A_field_that_becomes_required_fails_nothing_where_it_is_told_or_where_the_record_is_cancelled()
    {
        var stricter = DesignExample.Patient.Replace("telecom[system=email].value             | email          |                  |", "telecom[system=email].value             | email          | required         |", StringComparison.Ordinal);

        Compare([], [(Patient, stricter)], Message().Replace("|(555)555-1234|", "|(555)555-1234~jo@example.org^NET|", StringComparison.Ordinal)).Same.Should().Be(1);
        Compare([(Patient, AsCancel(DesignExample.Patient))], [(Patient, AsCancel(stricter))], Message()).Same.Should().Be(1);

        static string AsCancel(string table) => table.Replace("ADT^A04, ADT^A01 | create or update |", "ADT^A04, ADT^A01 | cancel           |", StringComparison.Ordinal);
    }

    [Fact]
    public void A_required_field_that_loses_its_default_newly_fails_where_it_is_not_told()
    {
        var (standsIn, bare) = (DesignExample.Patient.Replace("| default unknown  |", "| required; default unknown |", StringComparison.Ordinal), DesignExample.Patient.Replace("| default unknown  |", "| required |", StringComparison.Ordinal));

        var report = Compare([(Patient, standsIn)], [(Patient, bare)], Message().Replace("|19800515|M|", "|19800515||", StringComparison.Ordinal));

        report.Failures.Should().Equal(new CountedReason("required", 1));
        report.Differences.Should().ContainSingle().Which.Field.Should().Be("gender");
    }

    [Fact]
    public void A_record_that_is_made_now_and_lacks_a_required_field_newly_fails()
    {
        const string Contact = "---\nmap: contact\nfor: athenahealth\neach: NK1\nkey: name\nlist: full\n---\n\n| Practice Studio | HL7 v2 | As | Rule |\n|---|---|---|---|\n| patient_id | PID-3[4=ATHENA?,5=MRN?].1 | ref patient | required |\n| name | NK1-2 | text | |\n| phone_mobile | NK1-5 | phone | required |\n\n## Messages\n\n| Message | Does | Sets |\n|---|---|---|\n| ADT^A04 | create or update | |\n";

        var report = Compare([], [("athenahealth/contact.map.md", Contact)], Message() + "\rNK1|1|ROE|SPO||(217)523-9999|", Message() + "\rNK1|1|ROE|SPO|||");

        (report.Changed, report.NewlyFailing).Should().Be((1, 1));
        report.Failures.Should().Equal(new CountedReason("required", 1));
        report.Differences.Single(group => group.FailsBy is not null).Should().BeEquivalentTo(new { Type = "contact", Field = "(record)", Before = "(none)", After = "made" });
    }

    [Fact]
    public void More_that_can_not_be_compared_than_can_is_a_failure_of_its_own_acknowledgements_aside()
    {
        var sets = Sets([(Override, _plain)], []);
        var tally = new DifferenceTally(showsValues: false);
        tally.AddNotCompared(ComparisonReport.Acknowledgements);
        sets.Report(tally).Failures.Should().BeEmpty();

        tally.AddNotCompared("unreadable as HL7");
        sets.Report(tally).Failures.Should().Equal(new CountedReason("not-compared", 1));
        sets.Report(tally).NotAccepted(["not-compared"]).Should().BeEmpty();

        tally.Add("m0", sets.For("1959")!.Compare(Parse(Message()), _received));
        sets.Report(tally).Failures.Should().BeEmpty();
    }

    [Fact]
    public void Another_name_of_a_record_is_said_for_it_would_be_another_record()
    {
        var report = Compare([], [(Patient, DesignExample.Patient.Replace("PID-3[4=ATHENA?,5=MRN?].1", "PID-2.1                  ", StringComparison.Ordinal))], Message().Replace("PID|1||12345", "PID|1|777|12345", StringComparison.Ordinal));

        report.Differences.Select(group => group.Field).Should().Contain(["(names)", "external_id"]);
        report.Differences.Should().OnlyContain(group => group.Causes.Any(cause => cause.What == "HL7 v2" && cause.After == "PID-2.1"));
    }

    [Fact]
    public void What_an_event_does_is_compared_too()
    {
        var report = Compare([], [(Patient, DesignExample.Patient.Replace("| create or update |      |\n| ADT^A08", "| update |      |\n| ADT^A08", StringComparison.Ordinal))], Message());

        report.Differences.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Field = "(does)", Before = "create or update", After = "update" });
    }

    [Fact]
    public void The_rows_of_a_unit_explain_one_another()
    {
        // Nothing of the address is read, so line2 is not cleared any more though its own row is as before.
        var report = Compare([], [(Patient, System.Text.RegularExpressions.Regex.Replace(DesignExample.Patient, @"\| PID-11\.[1345] +\|", "|  |"))], Message());

        var group = report.Differences.Single(one => one.Field == "address.line2");
        (group.Before, group.After).Should().Be(("(cleared)", "(empty)"));
        group.Causes.Should().Contain(cause => cause.Before == "PID-11.1" && cause.After == "(none)");
    }

    [Fact]
    public void Rows_of_a_file_and_documents_are_compared_by_their_own_columns()
    {
        var tally = new DifferenceTally(showsValues: false);
        var comparer = Sets([], [(Patient, DesignExample.Patient.Replace("| Zip  ", "| PostalCode ", StringComparison.Ordinal).Replace("| homephone  ", "| phone ", StringComparison.Ordinal).Replace("birthDate  ", "birthDay  ", StringComparison.Ordinal))]).For("1959")!;
        using var table = new CsvTable(new StringReader("PatientID,FirstName,LastName,DOB,Gender,Zip\n54321,Jane,Smith,1975-08-22,F,62702\n"));
        JsonBody.TryParse("""{"patientid":"54321","firstname":"Jane","lastname":"Smith","homephone":"5559876543"}"""u8.ToArray(), out var athena, out _).Should().BeTrue();
        JsonBody.TryParse("""{"resourceType":"Patient","id":"54321","birthDate":"1975-08-22"}"""u8.ToArray(), out var fhir, out _).Should().BeTrue();

        tally.Add("row", comparer.Compare(table.Rows().Single(), "Patients file", _received));
        tally.Add("athena", comparer.Compare(athena!, "GET /patients", _received));
        tally.Add("fhir", comparer.Compare(fhir!, "", _received));

        var groups = tally.Report("a", "b").Differences;
        groups.Single(group => group.Field == "address.postal_code").Causes.Single().Should().BeEquivalentTo(new { What = "CSV", Before = "Zip", After = "PostalCode" });
        groups.Where(group => group.Field is "phone_home" or "date_of_birth").Select(group => (group.Causes[0].What, group.Examples[0].Message)).Should().BeSubsetOf([("athenaNet", "athena"), ("FHIR R4", "fhir")]);
    }

    [Fact]
    public void What_no_message_shows_is_said_all_the_same()
    {
        var report = Compare(
            [],
            [
                (Patient, DesignExample.Patient.Replace("required; max 60 |                                 |\n| last_name", "max 60           |                                 |\n| last_name", StringComparison.Ordinal).Replace("| Phone     |", "| Tel       |", StringComparison.Ordinal)),
                (Override, DesignExample.Practice1959.Replace("language6392code", "languagecode    ", StringComparison.Ordinal)),
                ("athenahealth/codes/race.codes.md", DesignExample.Races.Replace(", Black", ", B", StringComparison.Ordinal)),
            ],
            Message());

        (report.Same, report.Differences.Count).Should().Be((1, 0));
        report.Unmet.Select(cause => (cause.What, cause.Before, cause.After)).Should().BeEquivalentTo(
            [("Rule", "required; max 60", "max 60"), ("codes race, HL7 v2", "2054-5 = 2054-5, Black", "2054-5 = 2054-5, B")],
            "two more would be sent otherwise, which is said");
        report.Sent.Select(sent => sent.Place).Should().BeEquivalentTo("languagecode", "Tel");
    }

    [Fact]
    public void A_practice_that_one_of_the_sets_cannot_serve_has_nothing_to_compare() =>
        Sets([], [(Override, DesignExample.Practice1959.Replace("PID-14", "PID-99", StringComparison.Ordinal))]).For("1959").Should().BeNull();

    [Fact]
    public void Threads_that_counted_apart_give_what_one_would_have_counted()
    {
        var sets = Sets([(Override, _plain)], []);
        string[] messages = [Message(), Message(mobile: "SAME"), Message(), Message(mobile: "x214")];
        var (whole, left, right) = (new DifferenceTally(false), new DifferenceTally(false), new DifferenceTally(false));
        for (var index = 0; index < messages.Length; index++)
        {
            var difference = sets.For("1959")!.Compare(Parse(messages[index]), _received);
            whole.Add($"m{index}", difference);
            (index % 2 == 0 ? left : right).Add($"m{index}", difference);
        }

        left.AddNotCompared("unreadable");
        whole.AddNotCompared("unreadable");
        right.Add(left);

        right.Report("a", "b").Should().BeEquivalentTo(whole.Report("a", "b"), options => options.WithStrictOrdering());
    }

    [Fact]
    public void Values_are_shown_when_they_are_asked_for()
    {
        var tally = new DifferenceTally(showsValues: true);
        tally.Add("m0", Sets([(Override, _plain)], []).For("1959")!.Compare(Parse(Message()), _received));

        tally.Report("a", "b").Differences.Single().Examples.Single().After.Should().Be("+12175235678");
    }

    private static ComparisonReport Compare((string, string?)[] before, (string, string?)[] after, params string[] messages)
    {
        var (sets, tally) = (Sets(before, after), new DifferenceTally(showsValues: false));
        foreach (var (index, message) in messages.Index())
        {
            tally.Add($"m{index}", sets.For("1959")!.Compare(Parse(message), _received));
        }

        return sets.Report(tally);
    }

    private static SetComparison Sets((string, string?)[] before, (string, string?)[] after) => new(DesignExample.Load(before), DesignExample.Load(after));

    private static Hl7Message Parse(string message) => Hl7Message.Parse(System.Text.Encoding.UTF8.GetBytes(message));

    private static string Message(string mobile = "(217)523-5678") => $"""
        MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A04|12345|P|2.3|
        PID|1||12345^^^ATHENA^MRN||DOE^JOHN^||19800515|M||White|123 MAIN ST^^SPRINGFIELD^IL^62701^USA^^^SANGAMON|SANGAMON|(555)555-1234|{mobile}|ENG|M|CHR|100000^^^ATHENA^FIN NBR|123-45-6789|||
        """.Replace("\n", "\r", StringComparison.Ordinal);

    private static string WithoutRow(string table, string field) =>
        string.Join('\n', table.Split('\n').Where(line => !line.TrimStart().StartsWith($"| {field} ", StringComparison.Ordinal)));
}
