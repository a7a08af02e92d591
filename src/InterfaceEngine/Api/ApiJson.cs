using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using InterfaceEngine.Api.Guides;
using InterfaceEngine.Api.Tools;

namespace InterfaceEngine.Api;

/// <summary>Bodies and answers as JSON. What a body says beyond its shape is refused; what an answer does not know is left out.</summary>
[JsonSerializable(typeof(BulkExportBody))]
[JsonSerializable(typeof(EnhancedSyncBody))]
[JsonSerializable(typeof(GuideAnswer<BulkExportStarted>))]
[JsonSerializable(typeof(GuideAnswer<BulkExportState>))]
[JsonSerializable(typeof(GuideAnswer<EnhancedSyncResult>))]
[JsonSerializable(typeof(GuideAnswer<EnhancedSyncState>))]
[JsonSerializable(typeof(GuideAnswer<CapabilitiesResult>))]
[JsonSerializable(typeof(GuideAnswer<AuthorizedResult>))]
[JsonSerializable(typeof(AppointmentBody))]
[JsonSerializable(typeof(AppointmentChangeBody))]
[JsonSerializable(typeof(CancellationBody))]
[JsonSerializable(typeof(AppointmentResult))]
[JsonSerializable(typeof(SlotsResult))]
[JsonSerializable(typeof(VisitDeliveriesResult))]
[JsonSerializable(typeof(PatientsResult))]
[JsonSerializable(typeof(PatientBody))]
[JsonSerializable(typeof(PatientChangeBody))]
[JsonSerializable(typeof(PatientResult))]
[JsonSerializable(typeof(ChangesOfRecordResult))]
[JsonSerializable(typeof(ChangesResult))]
[JsonSerializable(typeof(HealthResult))]
[JsonSerializable(typeof(CallsResult))]
[JsonSerializable(typeof(CallView))]
[JsonSerializable(typeof(LookupPatientArguments))]
[JsonSerializable(typeof(AvailabilityArguments))]
[JsonSerializable(typeof(CreateAppointmentArguments))]
[JsonSerializable(typeof(ToolResult<LookupPatientResult>))]
[JsonSerializable(typeof(ToolResult<AvailabilityResult>))]
[JsonSerializable(typeof(ToolResult<CreateAppointmentResult>))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    private const int DepthMax = 16;

    /// <summary>The relaxed encoder keeps names readable: nothing of this is put into a web page.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Names as Practice Studio has them: <c>connectionId</c>.</summary>
    public static ApiJson Camel { get; } = new(Make(JsonNamingPolicy.CamelCase));

    /// <summary>Names as language models' tools have them: <c>patient_id</c>.</summary>
    public static ApiJson Snake { get; } = new(Make(JsonNamingPolicy.SnakeCaseLower));

    private static JsonSerializerOptions Make(JsonNamingPolicy naming) => new()
    {
        PropertyNamingPolicy = naming,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        MaxDepth = DepthMax,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new ApiTime(), new FieldChangeJson(), new SaidFieldsJson() },
    };
}
