using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>A cell that names what FHIR R4 has not would never read anything, so it does not load.</summary>
public sealed class FhirPlaceTests
{
    [Theory]
    [InlineData("birthdate", "birthdate does not exist: Patient has no birthdate in FHIR R4.", "Did you mean birthDate?")]
    [InlineData("name[use=official?].familly", "name[use=official?].familly does not exist: HumanName has no familly in FHIR R4.", "Did you mean family?")]
    [InlineData("telecom[sytem=phone,use=home?].value", "telecom[sytem=phone,use=home?].value does not exist: ContactPoint has no sytem in FHIR R4.", "Did you mean system?")]
    [InlineData("identifier[type.coding.codes=MR].value", "identifier[type.coding.codes=MR].value does not exist: Coding has no codes in FHIR R4.", "Did you mean code?")]
    [InlineData("deceased", "deceased does not exist: Patient has no deceased in FHIR R4.", "Of deceased[x] a path names the type: deceasedBoolean or deceasedDateTime.")]
    [InlineData("deceasedDate", "deceasedDate does not exist: Patient has no deceasedDate in FHIR R4.", "Did you mean deceasedDateTime?")]
    [InlineData("birthDate.year", "birthDate.year does not exist: birthDate is one value in FHIR R4 (date), with nothing below it.", "")]
    [InlineData("gender[code=m]", "gender[code=m] does not exist: gender is one value in FHIR R4 (code), with nothing below it.", "")]
    [InlineData("contained[resourceType=Organization].nmae", "contained[resourceType=Organization].nmae does not exist: Organization has no nmae in FHIR R4.", "Did you mean name?")]
    [InlineData("$home.zip", "$home.zip (address[use=home?].zip) does not exist: Address has no zip in FHIR R4.", "")]
    [InlineData("$home.zipcode or birthDate", "$home.zipcode (address[use=home?].zipcode) does not exist: Address has no zipcode in FHIR R4.", "")]
    [InlineData("read: id & birthdate", "birthdate does not exist: Patient has no birthdate in FHIR R4.", "")]
    [InlineData("write: maritalStatus.txt = 'x'", "maritalStatus.txt does not exist: CodeableConcept has no txt in FHIR R4.", "Did you mean text?")]
    public void An_element_that_R4_has_not_is_an_error(string cell, string text, string help)
    {
        var problem = Load(cell, "FHIR Patient").Should().ContainSingle().Which;

        problem.Severity.Should().Be(MappingSeverity.Error);
        problem.Text.Should().Contain(text);
        if (!cell.StartsWith("read", StringComparison.Ordinal))
        {
            (problem.Code, problem.Help).Should().Be(("MAP201", help));
        }
    }

    [Fact]
    public void The_error_points_at_the_name() =>
        Load("name[use=official?].familly", "FHIR Patient").Single().ToShortText().Should().StartWith("mappings/athenahealth/note.map.md:7:30: error MAP201 name");

    [Theory]
    [InlineData("_birthDate.extension[url=http://hl7.org/fhir/StructureDefinition/patient-birthTime].valueDateTime", "FHIR Patient")]
    [InlineData("contact[relationship.coding.code=N].name.text", "FHIR Patient")]
    [InlineData("contained[resourceType=Practitioner].anything", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueQuantity.value", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueContactDetail.name", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueContributor.name", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueDataRequirement.type", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueDosage.text", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueExpression.expression", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueParameterDefinition.name", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueRelatedArtifact.label", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueTriggerDefinition.name", "FHIR Patient")]
    [InlineData("extension[url=urn:x].valueUsageContext.code", "FHIR Patient")]
    [InlineData("meta.lastUpdated", "FHIR Patient")]
    [InlineData("hospitalization.admitSource", "FHIR Encounter")]
    [InlineData("anything.at.all", "FHIR Device")]
    [InlineData("anything.at.all", "GET /things")]
    public void What_R4_has_or_what_is_not_described_here_is_taken(string cell, string message) => Load(cell, message).Should().BeEmpty();

    [Fact]
    public void A_place_of_one_of_several_resources_is_taken() => Load("photo[#1].url", "FHIR Patient, FHIR Coverage").Should().BeEmpty();

    [Theory]
    [InlineData("participant", "actor.reference", "Appointment")]
    [InlineData("participant", "required", "Appointment")]
    [InlineData("participant", "participant[#1].actor.reference", "Appointment")]
    [InlineData("participant", "start", "Appointment")]
    [InlineData("contact", "relationship.coding.code", "Patient")]
    [InlineData("contact", "birthDate", "Patient")]
    [InlineData("reaction", "manifestation.text", "AllergyIntolerance")]
    [InlineData("content", "attachment.url", "DocumentReference")]
    [InlineData("statusHistory", "anything", "Encounter")]
    public void With_a_record_for_each_element_of_a_list_a_path_is_of_the_element_or_of_the_whole(string list, string cell, string resource) =>
        Load(cell, $"FHIR {resource}", $"map: note\neach: NK1, FHIR R4 {list}").Where(problem => problem.Code == "MAP201").Should().BeEmpty();

    [Theory]
    [InlineData("participant", "actor.refrence", "Appointment", "actor.refrence does not exist: Reference has no refrence in FHIR R4.")]
    [InlineData("participant", "begin", "Appointment", "begin does not exist: Appointment has no begin in FHIR R4.")]
    [InlineData("nothing", "actor.reference", "Appointment", "actor.reference does not exist: Appointment has no actor in FHIR R4.")]
    public void With_a_record_for_each_element_of_a_list_what_neither_has_is_an_error(string list, string cell, string resource, string text) =>
        Load(cell, $"FHIR {resource}", $"map: note\neach: NK1, FHIR R4 {list}").Should().ContainSingle(problem => problem.Code == "MAP201").Which.Text.Should().Be(text);

    [Theory]
    [InlineData("name[use=official?].familly", "Warning MAP201 name[use=official?].familly does not exist: HumanName has no familly in FHIR R4.")]
    [InlineData("read: id & birthdate", null)]
    public void In_a_set_that_was_in_use_with_an_earlier_version_it_is_a_warning_and_the_map_is_used(string cell, string? warning)
    {
        var set = MappingSet.LoadInUse(DesignExample.Files(("athenahealth/note.map.md", Map(cell, "FHIR Patient"))), [DesignExample.Practice()]);

        var found = set.Problems.Where(problem => problem.File == "athenahealth/note.map.md").ToList();
        found.Select(problem => $"{problem.Severity} {problem.Code} {problem.Text}").Should().Equal(warning is null ? [] : [warning]);
        set.For(DesignExample.Practice().Id)!.Find("note")!.Rows.Should().HaveCount(2).And.OnlyContain(row => row.Cells.Count == 1);
    }

    [Fact]
    public void What_every_version_refused_stays_an_error_in_a_set_that_was_in_use() =>
        MappingSet.LoadInUse(DesignExample.Files(("athenahealth/note.map.md", Map("name[", "FHIR Patient"))), [DesignExample.Practice()]).IsValid.Should().BeFalse();

    private static List<MappingProblem> Load(string cell, string messages, string header = "map: note") =>
        [.. DesignExample.Load(("athenahealth/note.map.md", Map(cell, messages, header))).Problems.Where(problem => problem.File == "athenahealth/note.map.md")];

    private static string Map(string cell, string messages, string header = "map: note")
    {
        var rows = string.Join('\n', messages.Split(", ").Select(message => $"| {message} | update | |"));
        return DesignExample.Map($"| Practice Studio | FHIR R4 | As | Rule |\n|---|---|---|---|\n| id | id | text | key |\n| text | {cell} | text | |\n\n## Messages\n\n| Message | Does | Sets |\n|---|---|---|\n{rows}\n\n## Shortcuts\n\n| Name | Stands for |\n|---|---|\n| $home | address[use=home?] |\n", header);
    }
}
