namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>A document of a patient, with its file.</summary>
public sealed class VendorDocument
{
    public required string Id { get; init; }

    /// <summary>In capitals: <c>ADMIN</c>, <c>CLINICALDOCUMENT</c>, ….</summary>
    public required string Class { get; init; }

    public string Subclass { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>The provider's number; empty for none.</summary>
    public string Provider { get; init; } = "";

    /// <summary><c>REVIEW</c>, <c>CLOSED</c> or <c>DELETED</c>.</summary>
    public string Status { get; internal set; } = "CLOSED";

    public DateTimeOffset Created { get; init; }

    public byte[] Content { get; init; } = [];

    public string ContentType { get; init; } = "application/pdf";
}
