using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>What a vendor has of one person.</summary>
public sealed class VendorPatient
{
    internal VendorPatient(Person person, DateTimeOffset since) => (Person, LastModified) = (person, since);

    /// <summary>As the practice knows it now.</summary>
    public Person Person { get; internal set; }

    /// <summary><c>active</c>, <c>inactive</c>, <c>prospective</c> or <c>deleted</c>.</summary>
    public string Status { get; internal set; } = "active";

    /// <summary>Rose with every change: the version that FHIR tells.</summary>
    public int Version { get; internal set; } = 1;

    public DateTimeOffset LastModified { get; internal set; }

    /// <summary>The number that it was merged into; null while it stands by itself.</summary>
    public string? MergedInto { get; internal set; }

    /// <summary>The department where it was registered.</summary>
    public string Department { get; internal set; } = "";

    /// <summary>Whether there is a chart of before the day; who came since has none.</summary>
    internal bool HasPast { get; init; }

    /// <summary>The chart of before the day, once it was asked for.</summary>
    internal MedicalHistory? Past { get; set; }

    /// <summary>Results that came since.</summary>
    internal List<FiledReport> Reports { get; } = [];

    /// <summary>Documents, once they were asked for.</summary>
    internal List<VendorDocument>? Documents { get; set; }

    /// <summary>What a client that wrote the patient over FHIR calls it.</summary>
    internal List<JsonObject> Identifiers { get; } = [];

    /// <summary>The numbers of the patient's insurances, in their order: one that ends takes its own along.</summary>
    internal List<string> InsuranceNumbers { get; } = [];

    /// <summary>How many were given.</summary>
    internal int InsurancesNumbered { get; set; }

    /// <summary>Said to the practice, but no part of an invented person: <c>declined</c> races, custom fields, consents.</summary>
    internal Dictionary<string, string> Others { get; } = new(StringComparer.OrdinalIgnoreCase);
}
