using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>What was measured: at a visit, and by a laboratory.</summary>
internal static class ObservationResources
{
    public static IEnumerable<FhirResource> All(ChartSource source, FhirIds ids, Practice house) =>
        source.History.Vitals.SelectMany(signs => Vitals(source, signs, ids, house)).Concat(source.History.Reports.SelectMany(report => Lines(source, report, ids, house)));

    public static IEnumerable<FhirResource> Reports(ChartSource source, FhirIds ids, Practice house) => source.History.Reports.Select(report =>
    {
        var (panel, reported) = (report.Panel, FhirText.Moment(report.Reported, house.Departments[0]));
        return FhirResource.Of("DiagnosticReport", ids.Piece("labresult", panel.FillerId), source.Person.Id, reported, 1, new JsonObject
        {
            ["identifier"] = FhirText.List(Numbered("FILL", panel.FillerId), Numbered("PLAC", panel.PlacerId)),
            ["status"] = Status(report.Status),
            ["category"] = FhirText.List(FhirText.Code("v2-0074", "LAB")),
            ["code"] = FhirText.Concept(FhirText.Loinc, panel.Code, panel.Text),
            ["subject"] = FhirText.Reference("Patient", ids.Patient(source.Person.Id)),
            ["effectiveDateTime"] = FhirText.Instant(FhirText.Moment(report.Collected, house.Departments[0])),
            ["issued"] = FhirText.Instant(reported),
            ["performer"] = FhirText.List(FhirText.Reference("Practitioner", ids.Provider(report.OrderedBy.Id))),
            ["result"] = FhirText.List(panel.Observations.Select((_, index) => FhirText.Reference("Observation", LineId(ids, panel, index)))),
            ["conclusion"] = panel.Observations.All(line => line.Flag.Length == 0) ? "All values within normal limits" : "Some values outside of the reference range",
        });
    });

    private static IEnumerable<FhirResource> Vitals(ChartSource source, VitalSigns signs, FhirIds ids, Practice house)
    {
        var at = FhirText.Moment(signs.At, house.Departments[0]);
        FhirResource Make(string kind, string code, string text, params (string Name, JsonNode Value)[] values)
        {
            var elements = new JsonObject
            {
                ["status"] = "final",
                ["category"] = FhirText.List(FhirText.Code("observation-category", "vital-signs")),
                ["code"] = FhirText.Concept(FhirText.Loinc, code, text),
                ["subject"] = FhirText.Reference("Patient", ids.Patient(source.Person.Id)),
                ["effectiveDateTime"] = FhirText.Instant(at),
            };
            foreach (var (name, value) in values)
            {
                elements[name] = value;
            }

            return FhirResource.Of("Observation", ids.Piece("vitals", $"{signs.Id}-{kind}"), source.Person.Id, at, 1, elements);
        }

        JsonObject Part(string code, string text, int value) =>
            new() { ["code"] = FhirText.Concept(FhirText.Loinc, code, text), ["valueQuantity"] = FhirText.Quantity(value, "mmHg", "mm[Hg]") };
        yield return Make("bp", "85354-9", "Blood pressure panel with all children optional", ("component", FhirText.List(Part("8480-6", "Systolic blood pressure", signs.Systolic), Part("8462-4", "Diastolic blood pressure", signs.Diastolic))));
        yield return Make("hr", "8867-4", "Heart rate", ("valueQuantity", FhirText.Quantity(signs.Pulse, "beats/minute", "/min")));
        yield return Make("wt", "29463-7", "Body weight", ("valueQuantity", FhirText.Quantity(signs.Kilograms, "kg", "kg")));
        yield return Make("ht", "8302-2", "Body height", ("valueQuantity", FhirText.Quantity(signs.Centimetres, "cm", "cm")));
        yield return Make("tp", "8310-5", "Body temperature", ("valueQuantity", FhirText.Quantity(signs.Celsius, "C", "Cel")));
    }

    private static IEnumerable<FhirResource> Lines(ChartSource source, FiledReport report, FhirIds ids, Practice house) => report.Panel.Observations.Select((line, index) =>
    {
        var (panel, at) = (report.Panel, FhirText.Moment(report.Collected, house.Departments[0]));
        var elements = new JsonObject
        {
            ["basedOn"] = FhirText.List(new JsonObject { ["identifier"] = new JsonObject { ["value"] = panel.FillerId } }),
            ["status"] = Status(line.Status),
            ["category"] = FhirText.List(FhirText.Code("observation-category", "laboratory")),
            ["code"] = FhirText.Concept(FhirText.Loinc, line.Code, line.Text),
            ["subject"] = FhirText.Reference("Patient", ids.Patient(source.Person.Id)),
            ["effectiveDateTime"] = FhirText.Instant(at),
            ["issued"] = FhirText.Instant(FhirText.Moment(report.Reported, house.Departments[0])),
        };
        if (line.Type == "NM")
        {
            elements["valueQuantity"] = FhirText.Quantity(decimal.Parse(line.Value[0], CultureInfo.InvariantCulture), line.Units, line.Units);
            elements["interpretation"] = FhirText.List(FhirText.Code("v3-ObservationInterpretation", line.Flag.Length > 0 ? line.Flag : "N"));
            elements["referenceRange"] = FhirText.List(new JsonObject { ["text"] = line.Range });
        }
        else if (line is { Type: "SN", Value: [var comparator, var number] })
        {
            elements["valueQuantity"] = FhirText.Quantity(decimal.Parse(number, CultureInfo.InvariantCulture), line.Units, line.Units);
            elements["valueQuantity"]!["comparator"] = comparator;
            elements["referenceRange"] = FhirText.List(new JsonObject { ["text"] = line.Range });
        }
        else
        {
            elements["valueString"] = line.Value[0];
        }

        return FhirResource.Of("Observation", LineId(ids, panel, index), source.Person.Id, FhirText.Moment(report.Reported, house.Departments[0]), 1, elements);
    });

    private static string Status(char status) => status switch { 'P' => "preliminary", 'C' => "corrected", _ => "final" };

    private static string LineId(FhirIds ids, LabPanel panel, int index) => ids.Piece("analyte", string.Create(CultureInfo.InvariantCulture, $"{panel.FillerId}-{index + 1}"));

    private static JsonObject Numbered(string type, string value) => new() { ["type"] = FhirText.Code("v2-0203", type), ["value"] = value };
}
