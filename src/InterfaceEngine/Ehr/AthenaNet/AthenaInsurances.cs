using System.Text.Json;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>What pays for a patient, as athenaNet has it now.</summary>
/// <param name="Patient">The patient's number.</param>
/// <param name="Rows">The insurances.</param>
/// <param name="ServerTime">When it was so, by the vendor's clock.</param>
/// <param name="IsWhole">As many came as the vendor says that there are.</param>
internal sealed record AthenaInsurances(string Patient, IReadOnlyList<JsonElement> Rows, DateTimeOffset ServerTime, bool IsWhole)
{
    public const string Template = "/patients/{patientid}/insurances";

    /// <summary>The name of the list in the answer.</summary>
    public const string List = "insurances";

    /// <summary>The call by which the maps list it.</summary>
    public const string DocumentKind = $"GET {Template}";

    /// <summary>
    /// For the intake: the list in one document, so that what it does not name has ended. Of a list that may not be whole each by itself, so that nothing
    /// ends for having been lost on the way.
    /// </summary>
    public IReadOnlyList<EhrDocument> Documents
    {
        get
        {
            var (call, said) = (AthenaCalls.Get(Template), ("patientid", Patient));
            return IsWhole ? [AthenaDocument.OfList(call, List, Rows, said)] : [.. Rows.Select(row => AthenaDocument.Of(call, row, said))];
        }
    }
}
