using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>What is known of a person's health: problems, medicines, allergies, vaccinations, treatments, plans.</summary>
internal static class ClinicalResources
{
    public static IEnumerable<FhirResource> Conditions(ChartSource source, FhirIds ids, Practice house) => source.History.Problems.Select(problem =>
        Make("Condition", ids.Piece("problem", problem.Id), source, problem.Since, house, new JsonObject
        {
            ["clinicalStatus"] = FhirText.Code("condition-clinical", problem.IsOver ? "resolved" : "active"),
            ["verificationStatus"] = FhirText.Code("condition-ver-status", "confirmed"),
            ["category"] = FhirText.List(FhirText.Code("condition-category", "problem-list-item")),
            ["code"] = FhirText.Concept(FhirText.Icd10, problem.Code, problem.Text),
            ["subject"] = Subject(source, ids),
            ["onsetDateTime"] = FhirText.Day(problem.Since),
            ["asserter"] = FhirText.Reference("Practitioner", ids.Provider(source.Person.PrimaryProvider.Id)),
        }));

    public static IEnumerable<FhirResource> Medications(ChartSource source, FhirIds ids, Practice house) => source.History.Medications.Select(medication =>
        Make("MedicationRequest", ids.Piece("prescription", medication.Id), source, medication.Since, house, new JsonObject
        {
            ["status"] = medication.IsOver ? "stopped" : "active",
            ["intent"] = "order",
            ["medicationCodeableConcept"] = FhirText.Concept(FhirText.RxNorm, medication.Code, medication.Text),
            ["subject"] = Subject(source, ids),
            ["authoredOn"] = FhirText.Day(medication.Since),
            ["requester"] = FhirText.Reference("Practitioner", ids.Provider(medication.Prescriber.Id)),
            ["dosageInstruction"] = FhirText.List(new JsonObject { ["text"] = medication.Dose }),
        }));

    public static IEnumerable<FhirResource> Allergies(ChartSource source, FhirIds ids, Practice house) => source.History.Allergies.Select(allergy =>
        Make("AllergyIntolerance", ids.Piece("allergy", allergy.Id), source, allergy.Since, house, new JsonObject
        {
            ["clinicalStatus"] = FhirText.Code("allergyintolerance-clinical", "active"),
            ["verificationStatus"] = FhirText.Code("allergyintolerance-verification", "confirmed"),
            ["category"] = FhirText.List(allergy.Code is "PNUT" ? "food" : allergy.Code is "LTX" ? "environment" : "medication"),
            ["code"] = new JsonObject { ["coding"] = FhirText.List(new JsonObject { ["code"] = allergy.Code, ["display"] = allergy.Text }), ["text"] = allergy.Text },
            ["patient"] = Subject(source, ids),
            ["onsetDateTime"] = FhirText.Day(allergy.Since),
            ["reaction"] = FhirText.List(new JsonObject
            {
                ["manifestation"] = FhirText.List(new JsonObject { ["text"] = allergy.Reaction }),
                ["severity"] = allergy.Severity switch { "SV" => "severe", "MO" => "moderate", _ => "mild" },
            }),
        }));

    public static IEnumerable<FhirResource> Immunizations(ChartSource source, FhirIds ids, Practice house) => source.History.Vaccinations.Select(vaccination =>
        Make("Immunization", ids.Piece("vaccine", vaccination.Id), source, vaccination.On, house, new JsonObject
        {
            ["status"] = "completed",
            ["vaccineCode"] = FhirText.Concept(FhirText.Cvx, vaccination.Code, vaccination.Text),
            ["patient"] = Subject(source, ids),
            ["occurrenceDateTime"] = FhirText.Day(vaccination.On),
            ["primarySource"] = true,
            ["lotNumber"] = vaccination.Lot,
        }));

    public static IEnumerable<FhirResource> Procedures(ChartSource source, FhirIds ids, Practice house) => source.History.Treatments.Select(treatment =>
        FhirResource.Of("Procedure", ids.Piece("procedure", treatment.Id), source.Person.Id, FhirText.Moment(treatment.At, house.Departments[0]), 1, new JsonObject
        {
            ["status"] = "completed",
            ["code"] = FhirText.Concept(FhirText.Cpt, treatment.Code, treatment.Text),
            ["subject"] = Subject(source, ids),
            ["performedDateTime"] = FhirText.Instant(FhirText.Moment(treatment.At, house.Departments[0])),
            ["performer"] = FhirText.List(new JsonObject { ["actor"] = FhirText.Reference("Practitioner", ids.Provider(treatment.By.Id)) }),
        }));

    public static IEnumerable<FhirResource> CarePlans(ChartSource source, FhirIds ids, Practice house) => source.History.Plans.Select(plan =>
        Make("CarePlan", ids.Piece("careplan", plan.Id), source, plan.From, house, new JsonObject
        {
            ["status"] = "active",
            ["intent"] = "plan",
            ["category"] = FhirText.List(new JsonObject { ["coding"] = FhirText.List(new JsonObject { ["system"] = "http://hl7.org/fhir/us/core/CodeSystem/careplan-category", ["code"] = "assess-plan" }) }),
            ["title"] = plan.Title,
            ["description"] = plan.Text,
            ["subject"] = Subject(source, ids),
            ["period"] = new JsonObject { ["start"] = FhirText.Day(plan.From), ["end"] = FhirText.Day(plan.To) },
            ["author"] = FhirText.Reference("Practitioner", ids.Provider(source.Person.PrimaryProvider.Id)),
            ["activity"] = FhirText.List(new JsonObject { ["detail"] = new JsonObject { ["status"] = "in-progress", ["description"] = plan.Text } }),
        }));

    private static JsonObject Subject(ChartSource source, FhirIds ids) => FhirText.Reference("Patient", ids.Patient(source.Person.Id));

    private static FhirResource Make(string type, string id, ChartSource source, DateOnly since, Practice house, JsonObject elements) =>
        FhirResource.Of(type, id, source.Person.Id, FhirText.Moment(since.ToDateTime(new TimeOnly(12, 0)), house.Departments[0]), 1, elements);
}
