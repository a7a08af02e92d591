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
    [InlineData("meta.lastUpdated", "FHIR Patient")]
    [InlineData("hospitalization.admitSource", "FHIR Encounter")]
    [InlineData("anything.at.all", "FHIR Immunization")]
    [InlineData("anything.at.all", "GET /things")]
    public void What_R4_has_or_what_is_not_described_here_is_taken(string cell, string message) => Load(cell, message).Should().BeEmpty();

    [Fact]
    public void A_place_of_one_of_several_resources_is_taken() => Load("photo[#1].url", "FHIR Patient, FHIR Coverage").Should().BeEmpty();

    private static List<MappingProblem> Load(string cell, string messages)
    {
        var rows = string.Join('\n', messages.Split(", ").Select(message => $"| {message} | update | |"));
        var map = DesignExample.Map($"| Practice Studio | FHIR R4 | As | Rule |\n|---|---|---|---|\n| id | id | text | key |\n| text | {cell} | text | |\n\n## Messages\n\n| Message | Does | Sets |\n|---|---|---|\n{rows}\n\n## Shortcuts\n\n| Name | Stands for |\n|---|---|\n| $home | address[use=home?] |\n");
        return [.. DesignExample.Load(("athenahealth/note.map.md", map)).Problems.Where(problem => problem.File == "athenahealth/note.map.md")];
    }
}
