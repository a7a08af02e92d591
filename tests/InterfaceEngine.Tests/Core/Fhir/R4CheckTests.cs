using System.Text;
using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Tests.Core.Fhir;

public sealed class R4CheckTests
{
    [Theory]
    [InlineData("{'resourceType':'Observation','status':'final','code':{'text':'x'},'valueQuantity':{'value':1.50}}")]
    [InlineData("{'resourceType':'Coverage','status':'active','beneficiary':{'reference':'Patient/1'},'payor':[{'display':'x'}]}")]
    [InlineData("{'resourceType':'Patient','_birthDate':{'extension':[{'url':'x','valueCode':'unknown'}]},'unknownElement':[1]}")]
    [InlineData("{'resourceType':'Device','anything':1}")]
    [InlineData("{'resourceType':'MedicationRequest','status':'active','intent':'order','subject':{'reference':'Patient/1'},'medicationReference':{'display':'x'}}")]
    [InlineData("{'resourceType':'Immunization','status':'completed','vaccineCode':{'text':'x'},'patient':{'display':'x'},'_occurrenceDateTime':{'extension':[{'url':'x','valueCode':'unknown'}]}}")]
    [InlineData("{'resourceType':'CarePlan','status':'active','intent':'plan','subject':{'display':'x'},'activity':[{'detail':{'status':'in-progress','scheduledTiming':{'repeat':{'frequency':2,'period':1,'periodUnit':'d'}}}}]}")]
    public void A_resource_that_R4_allows_passes(string resource) => Faults(resource).Should().BeEmpty();

    [Theory]
    [InlineData("{'a':1}", "resourceType Missing a resource says what it is.")]
    [InlineData("{'resourceType':'Observation','status':'final'}", "code Missing a Observation has one, and there is none.")]
    [InlineData("{'resourceType':'Coverage','status':'active','beneficiary':{'display':'x'},'payor':[]}", "payor Missing a Coverage has at least one, and there is none.")]
    [InlineData("{'resourceType':'Observation','status':'done','code':{'text':'x'}}", "status Code none of registered, preliminary, final, amended, corrected, cancelled, entered-in-error, unknown.")]
    [InlineData("{'resourceType':'Observation','status':'final','code':{'text':'x'},'valueString':'a','issued':'x','valueInteger':1}", "valueInteger TwoChoices only one value[x] may be there, and there are two.")]
    [InlineData("{'resourceType':'Patient','name':{'family':'x'}}", "name Shape a list is expected.")]
    [InlineData("{'resourceType':'Patient','birthDate':['x']}", "birthDate Shape one is expected, and there is a list.")]
    [InlineData("{'resourceType':'Patient','birthDate':{'x':1}}", "birthDate Shape one value is expected (date).")]
    [InlineData("{'resourceType':'Patient','maritalStatus':'M'}", "maritalStatus Shape an object is expected (CodeableConcept).")]
    [InlineData("{'resourceType':'Patient','active':'true'}", "active Shape not a value of type boolean.")]
    [InlineData("{'resourceType':'Patient','name':[{}]}", "name[1] Shape an object that says nothing.")]
    [InlineData("{'resourceType':'Patient','name':[{'family':''}]}", "name[1].family Shape not a value of type string.")]
    [InlineData("{'resourceType':'Patient','link':[{'other':{'display':'x'},'type':'same'}]}", "link[1].type Code none of replaced-by, replaces, refer, seealso.")]
    [InlineData("{'resourceType':'Patient','telecom':[{'value':'1'}]}", "telecom.system Missing a contact with a value has one (cpt-2), and there is none.")]
    [InlineData("{'resourceType':'AllergyIntolerance','patient':{'display':'x'}}", "clinicalStatus Missing an allergy that was not entered in error has one (ait-1), and there is none.")]
    [InlineData("{'resourceType':'Condition','subject':{'display':'x'},'clinicalStatus':{'coding':[{'code':'active'}]},'verificationStatus':{'coding':[{'code':'entered-in-error'}]}}", "clinicalStatus TwoChoices what was entered in error has none (ait-2, con-5).")]
    [InlineData("{'resourceType':'Condition','subject':{'display':'x'},'clinicalStatus':{'coding':[{'code':'ill'}]}}", "clinicalStatus Code none of active, recurrence, relapse, inactive, remission, resolved.")]
    [InlineData("{'resourceType':'Patient','contained':[{'resourceType':'Specimen','status':'lost'}]}", "contained[1].status Code none of available, unavailable, unsatisfactory, entered-in-error.")]
    [InlineData("{'resourceType':'MedicationRequest','status':'active','intent':'order','subject':{'reference':'Patient/1'}}", "medication[x] Missing a MedicationRequest has one, and there is none.")]
    [InlineData("{'resourceType':'MedicationRequest','status':'active','intent':'order','subject':{'reference':'Patient/1'},'medicationReference':null}", "medication[x] Missing a MedicationRequest has one, and there is none.")]
    [InlineData("{'resourceType':'Immunization','status':'given','vaccineCode':{'text':'x'},'patient':{'display':'x'},'occurrenceString':'x'}", "status Code none of completed, entered-in-error, not-done.")]
    [InlineData("{'resourceType':'Procedure','status':'completed'}", "subject Missing a Procedure has one, and there is none.")]
    [InlineData("{'resourceType':'CarePlan','status':'active','intent':'order','subject':{'display':'x'},'activity':[{'detail':{'description':'x'}}]}", "activity[1].detail.status Missing a CarePlan.activity.detail has one, and there is none.")]
    [InlineData("{'resourceType':'Communication','status':'completed','payload':[{'id':'x'}]}", "payload[1].content[x] Missing a Communication.payload has one, and there is none.")]
    [InlineData("{'resourceType':'Task','status':'open','intent':'order'}", "status Code none of draft, requested, received, accepted, rejected, ready, cancelled, in-progress, on-hold, failed, completed, entered-in-error.")]
    [InlineData("{'resourceType':'Patient','id':'a/b'}", "id Shape not a value of type id.")]
    [InlineData("{'resourceType':'Coverage','status':'active','beneficiary':{'display':'x'},'payor':[{'display':'x'}],'order':0}", "order Shape not a value of type positiveInt.")]
    public void What_R4_does_not_allow_is_said_with_its_place(string resource, string fault) => Faults(resource).Should().Equal(fault);

    [Fact]
    public void Every_type_that_is_named_is_described_or_is_one_that_is_left_alone()
    {
        string[] leftAlone =
        [
            "BackboneElement", "Resource", "SampledData", "Timing", "Age", "Count", "Distance", "Duration", "Signature",
            "ContactDetail", "Contributor", "DataRequirement", "Dosage", "Expression", "ParameterDefinition", "RelatedArtifact", "TriggerDefinition", "UsageContext",
        ];
        var types = R4Definitions.Resources.Keys.Concat(R4Definitions.Elements.Keys).Select(name => R4Type.Find(name)!).ToList();
        string[] texts = [.. R4Definitions.Resources.Values, .. R4Definitions.Elements.Values];

        var named = texts.SelectMany(text => text.Split("; ")).SelectMany(element => element.Split(" = ")[0].Split(' ').Skip(1)).Where(type => char.IsAsciiLetterUpper(type[0])).Distinct();
        named.Except(types.Select(type => type.Name)).Should().BeSubsetOf(leftAlone);
    }

    private static List<string> Faults(string resource) =>
        [.. R4Check.Run(JsonDraft.From(JsonBody.Parse(Encoding.UTF8.GetBytes(resource.Replace('\'', '"'))).Root)).Select(fault => $"{fault.Path} {fault.Kind} {fault.Reason}")];
}
