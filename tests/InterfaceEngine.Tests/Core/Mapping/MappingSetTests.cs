using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping;

public sealed class MappingSetTests
{
    [Fact]
    public void The_patient_of_the_design_is_compiled_whole()
    {
        var map = DesignExample.Load().For("1959")!.Find("patient")!;

        map.Definition.IdSystem.Should().Be("athenahealth");
        map.Definition.Fields.Should().HaveCount(17);
        map.Rows.Single(row => row.IsKey).Name.Should().Be("external_id");
        Field(map, "external_id").Should().Match<FieldDefinition>(field => field.IsSealed && field.IsKey && !field.IsRequired);
        Field(map, "first_name").Should().Match<FieldDefinition>(field => field.IsRequired && field.IgnoresCase);
        Field(map, "gender").Default.Should().Be("unknown");
        map.Rows.Single(row => row.Name == "address.state").LengthMax.Should().Be(2);
        map.Messages.Select(rule => (rule.Format, rule.Message, rule.Verb)).Should().Equal(
            (MapFormat.Hl7, "ADT^A04", Verb.CreateOrUpdate),
            (MapFormat.Hl7, "ADT^A01", Verb.CreateOrUpdate),
            (MapFormat.Hl7, "ADT^A08", Verb.Update),
            (MapFormat.Csv, "Patients file", Verb.CreateOrUpdate));
        map.Checks.Select(check => (check.IfNot, check.Say)).Should().Equal((CheckOutcome.Reject, "born after the message was sent"), (CheckOutcome.Warn, "no way to reach this patient"));
        map.NotMapped.Select(item => (item.Format, item.Source)).Should().StartWith([(MapFormat.Csv, "InsuranceProvider"), (MapFormat.Csv, "MemberID")]);
        map.UsesLocationZone.Should().BeFalse();
        var email = map.Rows.Single(row => row.Name == "email").Cells[MapFormat.Hl7];
        email.Alternatives.Cast<Hl7Place>().Select(place => place.Path.ToString()).Should().Equal("PID-13[2=NET].1", "PID-13[3=Internet].4");
    }

    [Fact]
    public void The_appointment_of_the_design_is_compiled_whole()
    {
        var map = DesignExample.Load().For("1959")!.Find("appointment")!;

        map.UsesLocationZone.Should().BeTrue();
        map.Definition.Find("duration").Should().BeNull("it only travels");
        map.Rows.Single(row => row.IsTransient).Name.Should().Be("duration");
        var equation = map.Equations.Single();
        (equation.Sum.Name, equation.Left.Name, equation.Right.Name).Should().Be(("end_time", "start_time", "duration"));
        var cancel = map.Messages.Single(rule => rule.Verb == Verb.Cancel);
        (cancel.Sets.Single().Field.Name, cancel.Sets.Single().Value.Text).Should().Be(("status", "status = cancelled"));
        map.Messages.Single(rule => rule.Format == MapFormat.AthenaNet).Message.Should().Be("POST /appointments/open");
        var patient = (JsonPlace)map.Rows.Single(row => row.Name == "patient_id").Cells[MapFormat.Fhir].Alternatives[0];
        patient.Paths[0].Text.Should().Be("$patient");
        patient.Paths[0].Steps.Select(step => step.Name).Should().Equal("participant", "actor", "reference");
        patient.Paths[0].Steps[0].Selectors.Should().BeEquivalentTo([
            new JsonSelector(["actor", "reference"], JsonMatch.StartsWith, "Patient/", 0),
            new JsonSelector(["status"], JsonMatch.Sets, "accepted", 0)]);
        Field(map, "patient_id").ReferenceKind.Should().Be("patient");
    }

    [Fact]
    public void Every_rule_is_read()
    {
        var set = DesignExample.Load(("athenahealth/note.map.md", DesignExample.Map("""
            | Practice Studio | HL7 v2          | CSV              | athenaNet | As                                  | Rule |
            |-----------------|-----------------|------------------|-----------|-------------------------------------|------|
            | id              | SCH-1           |                  |           | text like 'a-{practice}.E-{}'       | key |
            | other           | SCH-2           |                  |           | text                                | alias placer; matches '[a-z\|0-9]+'; one of a, 'b, c' |
            | state           | SCH-25          |                  |           | code appt-status                    | closed by cancelled, no_show; reopened by SCHEDULED; on change review |
            | start           | read: 'x'       | Day + Time       | a + b     | instant                             | look up by day; prefer athenaNet |
            | name            | write: SCH-5    | "Full Name"      |           | name                                | look up |
            | (raw)           |                 |                  |           | partial date                        | |
            | code            | read: upper(SCH-6) |               |           | quantity                            | |
            """)));

        set.Problems.Where(problem => problem.File == "athenahealth/note.map.md").Should().BeEmpty();
        var rows = set.For("1959")!.Find("note")!.Rows.ToDictionary(row => row.Name);
        rows["id"].As.Frame.Should().Be("a-1959.E-{}");
        rows["other"].AliasSystem.Should().Be("placer");
        rows["other"].Choices.Should().Equal("a", "b, c");
        rows["other"].Pattern!.IsMatch("a|9").Should().BeTrue();
        rows["other"].Pattern!.IsMatch("a9\n").Should().BeFalse("the whole value must fit");
        rows["state"].Definition.Should().Match<FieldDefinition>(field => field.IsReviewedOnChange && field.ReopeningValues.Single() == "scheduled");
        rows["state"].Definition.ClosedValues.Should().Equal("cancelled", "no_show");
        rows["start"].Definition.Should().Match<FieldDefinition>(field => field.LookUp == LookUpKind.Day && field.PreferredFormat == "athenaNet");
        rows["start"].Cells[MapFormat.Csv].Alternatives.Should().Equal([new CsvPlace(["Day", "Time"])], (a, b) => ((CsvPlace)a).Columns.SequenceEqual(((CsvPlace)b).Columns));
        ((JsonPlace)rows["start"].Cells[MapFormat.AthenaNet].Alternatives[0]).Paths.Should().HaveCount(2);
        rows["start"].Cells[MapFormat.Hl7].Should().Match<FormatCell>(cell => cell.IsRead && !cell.IsWritten && ((LiteralPlace)cell.Alternatives[0]).Text == "x");
        rows["name"].Cells[MapFormat.Hl7].Should().Match<FormatCell>(cell => !cell.IsRead && cell.IsWritten);
        ((CsvPlace)rows["name"].Cells[MapFormat.Csv].Alternatives[0]).Columns.Should().Equal("Full Name");
        rows["name"].Definition.LookUp.Should().Be(LookUpKind.Value);
        (rows["raw"].IsTransient, rows["raw"].As.Type).Should().Be((true, "partial date"));
        rows["code"].Cells[MapFormat.Hl7].Alternatives[0].Should().BeOfType<ExpressionPlace>();
    }

    [Fact]
    public void A_list_says_its_segment_its_key_and_how_whole_it_is()
    {
        var set = DesignExample.Load(("athenahealth/coverage.map.md", """
            ---
            each: IN1
            key:  plan, member_id
            list: full, CSV partial
            when: any(HL7:IN1-2, CSV:MemberID)
            ---
            | Practice Studio | HL7 v2   | CSV       | As          |
            |-----------------|----------|-----------|-------------|
            | patient_id      | PID-3.1  | PatientID | ref patient |
            | plan            | IN1-2    | Plan      | text        |
            | member_id       | IN1-36   | MemberID  | text        |
            """));

        var map = set.For("1959")!.Find("coverage")!;
        (map.Each, map.When!.Text).Should().Be(("IN1", "any(HL7:IN1-2, CSV:MemberID)"));
        map.Key.Should().Equal("plan", "member_id");
        (map.Definition.List, map.Lists[MapFormat.Hl7], map.Lists[MapFormat.Csv]).Should().Be((ListKind.Full, ListKind.Full, ListKind.Partial));
        set.For("1959")!.Maps.Select(one => one.Type).Should().Equal("patient", "appointment", "coverage");
    }

    [Fact]
    public void What_each_format_carries_is_counted()
    {
        var set = DesignExample.Load();

        var patient = MapSummary.Of(set.For("1959")!.Maps[0]);
        (patient.Fields, patient.Carried[MapFormat.Hl7], patient.Carried[MapFormat.Csv], patient.Carried[MapFormat.Fhir], patient.OneWay).Should().Be((17, 17, 12, 15, 0));
        var appointment = MapSummary.Of(set.For("1959")!.Maps[1]);
        (appointment.Fields, appointment.Carried[MapFormat.Csv], appointment.Equations).Should().Be((10, 9, 1));
    }

    [Fact]
    public void The_set_is_named_by_the_contents_of_its_maps_and_tables()
    {
        var set = DesignExample.Load();

        set.Hash.Should().HaveLength(12).And.Be(set.FullHash[..12]).And.Be(set.For("1959")!.Hash);
        set.FullHash.Should().MatchRegex("^[0-9a-f]{64}$");
        DesignExample.Load().Hash.Should().Be(set.Hash);
        DesignExample.Load(("athenahealth/patient.map.md", DesignExample.Patient + " ")).Hash.Should().NotBe(set.Hash);
        DesignExample.Load(("athenahealth/profiles/x/patient.map.md", "")).Hash.Should().NotBe(set.Hash);
        DesignExample.Load(("tests/patient.test.md", null), ("README.md", "words"), ("athenahealth/notes.md", "| a |")).Hash.Should().Be(set.Hash, "tests and other files do not change what is read");
    }

    [Fact]
    public void An_empty_folder_has_a_name_and_no_maps()
    {
        var set = MappingSet.Load(new Dictionary<string, string>(), []);

        (set.IsValid, set.Hash.Length).Should().Be((true, 12));
        set.Practices.Should().BeEmpty();
    }

    [Fact]
    public void Whatever_the_files_say_loading_does_not_throw()
    {
        const int seed = 20260112;
        var random = new Random(seed);
        var files = DesignExample.Files(("practices/1959/providers.ref.md", "| Id | Vendor | Zone |\n|---|---|---|\n| a | 1 | UTC |\n"));
        var paths = files.Keys.ToList();
        const string alphabet = "|-\\`'\"[](){}#.,;:=?*&^$ \n\tPID13aé\u0001";
        for (var round = 0; round < 300; round++)
        {
            var changed = new Dictionary<string, string>(files);
            for (var change = 0; change < 6; change++)
            {
                var path = paths[random.Next(paths.Count)];
                var text = changed[path];
                var at = random.Next(text.Length);
                var length = Math.Min(random.Next(12), text.Length - at);
                var inserted = string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => alphabet[random.Next(alphabet.Length)]));
                changed[path] = string.Concat(text.AsSpan(0, at), inserted, text.AsSpan(at + length));
            }

            var load = () =>
            {
                var set = MappingSet.Load(changed, [DesignExample.Practice()]);
                _ = set.Problems.Select(problem => problem.ToText()).ToList();
                _ = InterfaceEngine.Core.Mapping.Testing.MappingTestRun.Run(set);
                foreach (var problem in set.Problems)
                {
                    (problem.Line, problem.Column).Should().Match<(int, int)>(place => place.Item1 >= 1 && place.Item2 >= 1);
                }
            };
            load.Should().NotThrow($"seed {seed}, round {round}");
        }
    }

    private static FieldDefinition Field(RecordMap map, string name) => map.Definition.Find(name)!;
}
