using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>Which types a synchronisation asks for, by which way each comes, and why one does not.</summary>
/// <param name="connection">To the vendor.</param>
/// <param name="practice">Whose.</param>
/// <param name="documents">Knows what the practice's tables read.</param>
internal sealed class SyncPlan(ConnectionOptions connection, string practice, VendorDocuments documents)
{
    /// <summary>Types that are wanted, in the order in which they are asked for.</summary>
    public IReadOnlyList<(string Type, bool IsEnhanced)> Types(SyncRequest request)
    {
        IEnumerable<string> standard = request.IncludeStandard ? SyncTypes.Standard : [];
        var enhanced = !request.IncludeEnhanced ? [] : request.Types?.Distinct(StringComparer.Ordinal) ?? Enhanced();
        List<(string Type, bool IsEnhanced)> types = [.. standard.Select(type => (type, false)), .. enhanced.Except(standard).Select(type => (type, true))];
        if (connection.IsChartByRest && types.FindIndex(one => one.Type == RestChart.Vitals) is >= 0 and var vitals && !types.Exists(one => one.Type == RestChart.Results))
        {
            // Who wants observations wants those of the laboratory as well.
            types.Insert(vitals + 1, (RestChart.Results, types[vitals].IsEnhanced));
        }

        return types;
    }

    /// <summary>Types that were named, and that none of those that are asked for is.</summary>
    public IEnumerable<string> LeftOut(SyncRequest request) =>
        request.IncludeEnhanced || request.Types is null ? [] : request.Types.Except(Types(request).Select(one => one.Type), StringComparer.Ordinal);

    /// <summary>It comes from a patient's chart in athenaNet.</summary>
    public bool IsOfChart(string type) => connection.WayOf(type) == SyncWay.Chart && type != RestChart.Patient;

    /// <summary>Whether a type is asked for patient by patient.</summary>
    public bool IsByPatient(string type) => connection.WayOf(type) switch
    {
        SyncWay.Booked => false,
        SyncWay.Fhir => FhirSearch.IsByPatient(type, connection.Dialect) || (type == "Patient" && connection.Dialect.IsSearchedByPatient),
        _ => true,
    };

    /// <summary>Why a type is not asked for; null when it is.</summary>
    /// <param name="type">The type.</param>
    /// <param name="can">What the server says that it can do; null where it does not say.</param>
    public string? WhyNot(string type, FhirCapabilities? can) => !FhirResource.IsType(type) ? "it is no type of resource" : connection.WayOf(type) switch
    {
        SyncWay.Booked or SyncWay.Chart when connection.IsOfUser => "it comes by athenaNet, which opens nothing to a user's token (Client:Grant)",
        SyncWay.Booked => Unread(BookedVisits.DocumentKind, $"'{BookedVisits.DocumentKind}'"),
        SyncWay.Insurances => Unread(AthenaInsurances.DocumentKind, $"'{AthenaInsurances.DocumentKind}'"),
        SyncWay.Chart => RestChart.KindOf(type) is { } kind ? Unread(kind, $"'{kind}'") : "charts come by athenaNet here, and it has no call for it that a table could read",
        _ => Unread(FhirResource.KindOf(type), "it") ?? Unsought(type, can),
    };

    private string? Unread(string kind, string word) => documents.IsRead(practice, kind) ? null : $"no table of practice {practice} reads {word}";

    private string? Unsought(string type, FhirCapabilities? can) =>
        type == "Appointment" && connection.Dialect.HasNoAppointmentSearch ? "the vendor has no search for appointments"
        : can is { Types.Count: > 0 } && !can.Can(type, "search-type") ? "the server has no search for it"
        : null;

    private IReadOnlyList<string> Enhanced()
    {
        var own = SyncTypes.Enhanced(connection.System);
        return connection.WayOf(SyncTypes.Coverage) == SyncWay.Insurances || ReachesCoverage() ? [.. own, SyncTypes.Coverage] : own;
    }

    /// <summary>A server may refuse the token altogether for a scope that the application was not granted, so none is added to those of the settings.</summary>
    private bool ReachesCoverage() => connection.Scopes.Fhir.Split(' ')
        .Any(scope => scope.StartsWith("system/Coverage.", StringComparison.Ordinal) || scope.StartsWith("system/*.", StringComparison.Ordinal));
}
