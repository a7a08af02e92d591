using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>A practice's own fields: what there is, and what of it a patient has. Both are bare lists.</summary>
internal static class CustomFieldCalls
{
    private static readonly string[] _sources = ["Friend or family", "Search engine", "Another clinic"];

    public static IEnumerable<RestCall> All =>
    [
        new("GET", "/customfields", request => request.Json(new JsonArray(Field("1", "Preferred pharmacy", isSelect: false), Field("2", "How did you hear of us", isSelect: true)))),
        new("GET", "/patients/{patientid}/customfields", request => request.Missing("departmentid") is { Count: > 0 } missing ? RestErrors.Missing(missing) : PatientCalls.Of(request, patient => request.Json(Values(patient)))),
    ];

    private static JsonObject Field(string id, string name, bool isSelect)
    {
        var field = new JsonObject { ["customfieldid"] = id, ["name"] = name, ["type"] = "TEXT", ["select"] = isSelect, ["searchable"] = false, ["casesensitive"] = false, ["disallowupdate"] = false };
        if (isSelect)
        {
            field["selectlist"] = new JsonArray([.. _sources.Select((source, index) => new JsonObject { ["optionid"] = $"{index + 1}", ["optionvalue"] = source })]);
        }

        return field;
    }

    /// <summary>Everybody came from somewhere, and every second one has a pharmacy.</summary>
    private static JsonArray Values(VendorPatient patient)
    {
        var chance = Scatter.Of(Scatter.Of(patient.Person.Id));
        var source = (int)(chance % (ulong)_sources.Length);
        var values = new JsonArray(new JsonObject { ["customfieldid"] = "2", ["customfieldvalue"] = _sources[source], ["optionid"] = $"{source + 1}" });
        if (chance % 2 == 0)
        {
            values.Add(new JsonObject { ["customfieldid"] = "1", ["customfieldvalue"] = "Main St Pharmacy" });
        }

        return values;
    }
}
