using InterfaceEngine.Api.Guides;
using InterfaceEngine.Api.Tools;

namespace InterfaceEngine.Api;

/// <summary>Everything that can be called, in the order of the document. What is not here is not mapped.</summary>
internal static class ApiEndpoints
{
    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        .. EhrEndpoints.All,
        .. PatientEndpoints.All,
        .. AppointmentEndpoints.All,
        .. RecordEndpoints.All,
        .. ChangeEndpoints.All,
        .. ToolEndpoints.All,
        .. OperationEndpoints.All,
        .. LogEndpoints.All,
        .. VendorEndpoints.All,
    ];
}
