using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api.Tools;

/// <summary>The receptionist guide's functions, in the form that OpenAI's interface takes, and calling them.</summary>
internal static class ToolEndpoints
{
    /// <summary>The guide's kinds of visits; the settings say what they are called in the practice's tables.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["new_patient", "follow_up", "physical"];

    /// <summary>What the shipped tables call a kind of the guide's.</summary>
    public static string CodeOf(string kind) => kind == "physical" ? "annual_physical" : kind;

    /// <summary>The guide's tools and whoever answers each. Its flow calls the second by another name as well.</summary>
    private static readonly Dictionary<string, Func<ApiCall, Task>> _tools = new(StringComparer.Ordinal)
    {
        ["lookup_patient"] = ReceptionistTools.LookupPatientAsync,
        ["check_ehr_availability"] = ReceptionistTools.CheckAvailabilityAsync,
        ["get_ehr_slots"] = ReceptionistTools.CheckAvailabilityAsync,
        ["create_ehr_appointment"] = ReceptionistTools.CreateAppointmentAsync,
    };

    private static readonly byte[] _definitions = Encoding.UTF8.GetBytes(new JsonArray(
        Tool("lookup_patient", "Look up patient in EHR system to verify identity or find records", new JsonObject
        {
            ["first_name"] = Text(),
            ["last_name"] = Text(),
            ["date_of_birth"] = Text("MM/DD/YYYY format"),
        }, "last_name"),
        Tool("check_ehr_availability", "Check appointment availability in EHR for specific appointment type", Availability()),
        Tool("get_ehr_slots", "The same as check_ehr_availability", Availability()),
        Tool("create_ehr_appointment", "Book an appointment in EHR for a patient who was looked up, at a time that was offered", new JsonObject
        {
            ["patient_id"] = Text("From lookup_patient"),
            ["slot_id"] = Text("From check_ehr_availability; give this or start_time"),
            ["start_time"] = Text("YYYY-MM-DDTHH:MM by the clinic's clock"),
            ["appointment_type"] = Kind(),
            ["reason"] = Text("Why the patient comes, in a few words"),
        }, "patient_id")).ToJsonString());

    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("GET", "/api/tools", Roles.Receptionists, ApiScope.Nobody, "The receptionist's functions as tool definitions for a language model.", DefineAsync)
        {
            Group = "Receptionist",
            ResultExample = """[{"type":"function","function":{"name":"lookup_patient","parameters":{"type":"object","properties":{"last_name":{"type":"string"}},"required":["last_name"]}}}]""",
        },
        new("POST", "/api/tools/{name}", Roles.Receptionists, ApiScope.OnePractice, "Calls a function with the arguments that the model gave. The answer holds no more of a patient than the caller said.", CallAsync)
        {
            Group = "Receptionist",
            Parameters =
            [
                ApiParameter.Path("name", "The function.") with { Choices = [.. _tools.Keys], Example = "lookup_patient" },
                AppointmentEndpoints.Connection, RecordEndpoints.Practice,
                new ApiParameter("Idempotency-Key", "header", "The caller's own name for a booking; without one, the same patient at the same time is one booking."),
            ],
            Bodies = [ApiJson.Snake.LookupPatientArguments, ApiJson.Snake.AvailabilityArguments, ApiJson.Snake.CreateAppointmentArguments],
            Results = [ApiJson.Snake.ToolResultLookupPatientResult, ApiJson.Snake.ToolResultAvailabilityResult, ApiJson.Snake.ToolResultCreateAppointmentResult],
            BodyExample = """{"first_name":"Ada","last_name":"Sample","date_of_birth":"05/15/1980"}""",
            ResultExample = """{"tool":"lookup_patient","result":{"found":1,"identity_verified":true,"patients":[{"patient_id":"31001","first_name":"Ada","last_name":"Sample","date_of_birth":"1980-05-15","phone":"***1234"}]}}""",
        },
    ];

    private static Task DefineAsync(ApiCall call) => call.SendAsync(StatusCodes.Status200OK, "application/json; charset=utf-8", _definitions);

    private static Task CallAsync(ApiCall call) => _tools.TryGetValue(call.Route("name"), out var tool)
        ? tool(call)
        : throw ApiException.NotFound($"There is no such function; there are {string.Join(", ", _tools.Keys)}.");

    private static JsonObject Tool(string name, string description, JsonObject properties, params string[] required)
    {
        var parameters = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Length > 0)
        {
            parameters["required"] = new JsonArray([.. required.Select(one => JsonValue.Create(one))]);
        }

        return new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = name, ["description"] = description, ["parameters"] = parameters } };
    }

    private static JsonObject Availability() => new() { ["appointment_type"] = Kind(), ["preferred_date"] = Text() };

    private static JsonObject Kind() => new() { ["type"] = "string", ["enum"] = new JsonArray([.. Kinds.Select(kind => JsonValue.Create(kind))]) };

    private static JsonObject Text(string? description = null) => description is null ? new() { ["type"] = "string" } : new() { ["type"] = "string", ["description"] = description };
}
