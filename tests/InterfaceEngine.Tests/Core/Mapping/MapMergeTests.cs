using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping;

public sealed class MapMergeTests
{
    [Fact]
    public void The_override_of_the_design_changes_only_what_it_names()
    {
        var map = Patient(DesignExample.Load());

        Place(map, "phone_mobile", MapFormat.Hl7).Should().Be("PID-14");
        Place(map, "phone_mobile", MapFormat.AthenaNet).Should().Be("mobilephone");
        Place(map, "email", MapFormat.Fhir).Should().BeNull();
        Place(map, "email", MapFormat.Csv).Should().Be("Email");
        Place(map, "preferred_language", MapFormat.AthenaNet).Should().Be("language6392code");
        Place(map, "custom.referral_source", MapFormat.AthenaNet).Should().Be("customfields[customfieldid=12].customfieldvalue");
        map.Rows.Should().HaveCount(17);
        map.Definition.Find("custom.referral_source")!.Unit.Should().Be("custom.referral_source");
        map.Definition.Find("address.line1")!.Unit.Should().Be("address");
    }

    [Fact]
    public void Every_cell_tells_where_it_comes_from_and_what_it_overrides()
    {
        var view = DesignExample.Load().Show("patient", "1959")!;

        var row = view.Rows.Single(row => row.Name == "phone_mobile");
        row.ToString().Should().Be(
            "phone_mobile  HL7 v2: PID-14 (practices/1959/patient.map.md:11)  athenaNet: mobilephone (athenahealth/patient.map.md:24)  FHIR R4: telecom[system=phone,use=mobile].value (athenahealth/patient.map.md:24)");
        row[MapColumn.Hl7]!.Overridden.Select(cell => (cell.Text, cell.Reference.ToString())).Should().Equal(("PID-13[3=CP]", "athenahealth/patient.map.md:24:25"));
        row[MapColumn.Notes]!.Text.Should().Be("this practice sends the cell number in PID-14 (ticket 4471)");
        view.Rows.Single(row => row.Name == "email")[MapColumn.Fhir]!.Text.Should().Be("-");
        view.Versions.Should().Equal("athenahealth 7");
    }

    [Fact]
    public void A_pack_is_shown_without_a_practice()
    {
        var set = DesignExample.Load();

        set.Show("patient", null)!.Rows.Single(row => row.Name == "phone_mobile")[MapColumn.Hl7]!.Text.Should().Be("PID-13[3=CP]");
        set.Show("patient", "2210").Should().BeNull();
        set.Show("claim", "1959").Should().BeNull();
    }

    [Fact]
    public void The_order_is_pack_profile_practice()
    {
        var set = DesignExample.Load(
            ("athenahealth/profiles/guide/patient.map.md", Override("profile: guide", "| phone_mobile | PID-40.1 | cellular |", "| external_id | PID-2 | |", "| email | PID-13[2=NET] | |")),
            ("athenahealth/profiles/other/patient.map.md", Override("profile: other", "| gender | PID-1 | |")));

        var map = Patient(set);
        Place(map, "phone_mobile", MapFormat.Hl7).Should().Be("PID-14");
        Place(map, "phone_mobile", MapFormat.AthenaNet).Should().Be("cellular");
        Place(map, "external_id", MapFormat.Hl7).Should().Be("PID-2", "a profile says where a vendor's ids stand, so sealed does not bind it");
        Place(map, "gender", MapFormat.Hl7).Should().Be("PID-8");
        set.Show("patient", "1959")!.Rows.Single(row => row.Name == "phone_mobile")[MapColumn.Hl7]!.Overridden.Select(cell => cell.Text).Should().Equal("PID-40.1", "PID-13[3=CP]");
    }

    [Fact]
    public void Another_vendors_pack_extends_the_first_and_has_its_own_ids()
    {
        var files = DesignExample.Files(("eclinicalworks/patient.map.md", Override("for: eclinicalworks\nextends: athenahealth", "| external_id | PID-2 | |")));
        var set = MappingSet.Load(files, [DesignExample.Practice(), DesignExample.Practice("88", "eclinicalworks")]);

        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
        var map = set.For("88")!.Maps[0];
        map.Definition.IdSystem.Should().Be("eclinicalworks");
        Place(map, "external_id", MapFormat.Hl7).Should().Be("PID-2");
        Place(map, "gender", MapFormat.Hl7).Should().Be("PID-8");
        Place(Patient(set), "external_id", MapFormat.Hl7).Should().Be("PID-3[4=ATHENA?,5=MRN?].1");
    }

    [Fact]
    public void Several_rows_of_a_field_are_several_places_and_the_condition_of_an_override_comes_first()
    {
        var set = DesignExample.Load(("practices/1959/patient.map.md", """
            | Practice Studio | HL7 v2 | When                     |
            |-----------------|--------|--------------------------|
            | phone_mobile    | PID-14 | HL7:MSH-3 = 'FRONT DESK' |
            """));

        var rows = Patient(set).Rows.Where(row => row.Name == "phone_mobile").ToList();

        rows.Select(row => (row.When?.Text, ((Hl7Place)row.Cells[MapFormat.Hl7].Alternatives[0]).Path.ToString())).Should().Equal(("HL7:MSH-3 = 'FRONT DESK'", "PID-14"), (null, "PID-13[3=CP]"));
        rows[0].Definition.Should().BeSameAs(rows[1].Definition);
        rows[0].As.Type.Should().Be("phone");
        Place(rows[0], MapFormat.AthenaNet).Should().Be("mobilephone");
    }

    [Fact]
    public void Sections_add_and_a_message_that_is_named_again_is_redefined()
    {
        var set = DesignExample.Load(("practices/1959/patient.map.md", """
            ---
            region: CA
            CSV empty: clear
            ---
            ## Messages

            | Message          | Does             |
            |------------------|------------------|
            | ADT^A04          | create           |
            | ADT^A31          | update           |
            | Patients file    | -                |

            ## Checks

            | Must hold            | If not | Say                 |
            |----------------------|--------|---------------------|
            | present(phone_home)  | hold   | no home phone       |

            ## Not mapped

            | Source        | Why           |
            |---------------|---------------|
            | HL7 ZPT, ZPV-2 | their own      |
            """));

        var map = Patient(set);
        map.Messages.Select(rule => (rule.Message, rule.Verb)).Should().Equal(
            ("ADT^A01", Verb.CreateOrUpdate), ("ADT^A08", Verb.Update), ("ADT^A04", Verb.Create), ("ADT^A31", Verb.Update));
        map.Checks.Select(check => check.IfNot).Should().Equal(CheckOutcome.Reject, CheckOutcome.Warn, CheckOutcome.Hold);
        map.NotMapped.Select(item => item.Source).Should().ContainInOrder("MemberID", "PID-19", "ZPT", "ZPV-2");
        (map.Region, map.ClearsEmptyCsv).Should().Be(("CA", true));
    }

    [Fact]
    public void A_practice_can_add_a_field_that_only_travels_with_its_own_code_table()
    {
        var set = DesignExample.Load(
            ("practices/1959/appointment.map.md", """
                | Practice Studio | athenaNet    | As          |
                |-----------------|--------------|-------------|
                | (reason_id)     | reasonid:int | code reason |
                """),
            ("practices/1959/codes/reason.codes.md", DesignExample.Codes("reason", "checkup: 123")));

        var row = set.For("1959")!.Find("appointment")!.Rows[^1];
        (row.IsTransient, row.As.Codes!.Name).Should().Be((true, "reason"));
        set.For("1959")!.Find("appointment")!.Definition.Find("reason_id").Should().BeNull();
    }

    [Fact]
    public void An_override_that_changes_nothing_is_noted()
    {
        var set = DesignExample.Load(("practices/1959/patient.map.md", """
            | Practice Studio | CSV |
            |-----------------|-----|
            | race            | -   |

            ## Messages

            | Message | Does |
            |---------|------|
            | ADT^A40 | -    |
            """));

        set.Problems.Where(problem => problem.Code == "MAP342").Select(problem => problem.ToShortText()).Should().Equal(
            "mappings/practices/1959/patient.map.md:3:21: note MAP342 race has no CSV cell that - could remove.",
            "mappings/practices/1959/patient.map.md:9:3: note MAP342 ADT^A40 is not taken anyway.");
    }

    [Fact]
    public void A_practice_with_errors_has_no_maps_and_the_others_do()
    {
        var files = DesignExample.Files(
            ("practices/22/patient.map.md", Override("practice: 22", "| phone_mobile | PID-134 | |")),
            ("practices/23/patient.map.md", Override("practice: 23", "| phone_mobile | PID-14 | | too many |")));
        var set = MappingSet.Load(files, [DesignExample.Practice(), DesignExample.Practice("22"), DesignExample.Practice("23"), DesignExample.Practice("24")]);

        set.IsValid.Should().BeFalse();
        set.Practices.Select(maps => maps.Practice.Id).Should().Equal("1959", "24");
    }

    [Fact]
    public void An_error_in_a_pack_stops_every_practice_of_it()
    {
        var files = DesignExample.Files(("athenahealth/patient.map.md", DesignExample.Patient.Replace("code sex ", "code six ", StringComparison.Ordinal)), ("other/note.map.md", DesignExample.Map("| Practice Studio | As | Rule |\n|--|--|--|\n| id | text | key |")));

        MappingSet.Load(files, [DesignExample.Practice(), DesignExample.Practice("22")]).Practices.Should().BeEmpty();
    }

    [Fact]
    public void An_error_that_only_an_override_makes_stops_only_its_practice()
    {
        // The shortcut is used by the pack's own row; the practice breaks it for itself.
        var files = DesignExample.Files(("practices/22/patient.map.md", "## Shortcuts\n\n| Name | Stands for |\n|------|------------|\n| $us-core-race | a[ |\n"));
        var set = MappingSet.Load(files, [DesignExample.Practice(), DesignExample.Practice("22")]);

        set.Practices.Select(maps => maps.Practice.Id).Should().Equal("1959");
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().ContainSingle(problem => problem.Code == "MAP206");
    }

    internal static string Override(string header, params string[] rows) =>
        $"---\n{header}\n---\n| Practice Studio | HL7 v2 | athenaNet |\n|-----------------|--------|-----------|\n{string.Join('\n', rows)}\n";

    private static RecordMap Patient(MappingSet set) => set.For("1959")!.Maps[0];

    private static string? Place(RecordMap map, string field, MapFormat format) => Place(map.Rows.Single(row => row.Name == field), format);

    private static string? Place(FieldRow row, MapFormat format) => !row.Cells.TryGetValue(format, out var cell) ? null : cell.Alternatives[0] switch
    {
        Hl7Place hl7 => hl7.Path.ToString(),
        CsvPlace csv => string.Join('+', csv.Columns),
        JsonPlace json => string.Join('+', json.Paths),
        LiteralPlace literal => literal.Text,
        _ => "expression",
    };
}
