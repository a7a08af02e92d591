using System.Globalization;
using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>A call of FHIR, with the practice that it is about.</summary>
internal sealed class FhirRequest(VendorRequest request, VendorPractice practice, string type)
{
    public VendorRequest Call => request;

    public VendorPractice Practice => practice;

    /// <summary>The type that is asked for.</summary>
    public string Type => type;

    public VendorProfile Profile => request.Vendor.Profile;

    /// <summary>Of the whole interface, without a slash at the end.</summary>
    public string Base => request.Vendor.Address + Profile.Fhir.Replace("{}", practice.House.Id, StringComparison.Ordinal);

    public FhirChart Chart { get; } = new(practice, new FhirIds(practice.House.Id, request.Vendor.Profile is { IsAthena: true, IsGuide: false }));

    /// <summary>A parameter of a search; empty where it is not there.</summary>
    public string this[string name] => request.Query[name].ToString();

    public bool Has(string name) => this[name].Length > 0;

    /// <summary>Which page is asked for: how many come before it.</summary>
    public int Skipped => this["cursor"] is ['c', .. var digits] && int.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var skipped) ? skipped : 0;

    /// <summary>The number of the patient of a search, plain or as a reference; null where none is said, empty where there is none of that id.</summary>
    public string? PatientNumber => this["patient"] is { Length: > 0 } text || (text = this["subject"]).Length > 0 ? Chart.Ids.NumberOf("E", text.Split('/')[^1]) ?? "" : null;
}
