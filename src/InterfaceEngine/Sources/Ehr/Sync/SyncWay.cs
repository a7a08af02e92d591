using InterfaceEngine.Ehr;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>By which of a vendor's interfaces a type comes.</summary>
internal enum SyncWay
{
    /// <summary>By a search of FHIR.</summary>
    Fhir,

    /// <summary>By athenaNet's calls for a patient and what is in the chart (<see cref="RestChart"/>).</summary>
    Chart,

    /// <summary>By athenaNet's list of what is booked, department by department (<see cref="BookedVisits"/>).</summary>
    Booked,

    /// <summary>By athenaNet's list of a patient's insurances: it tells all of them together, so that what is no longer among them is known to have ended.</summary>
    Insurances,
}

/// <summary>Which way is whose.</summary>
internal static class SyncWays
{
    /// <summary>Visits come from athenaNet's list, where the vendor has no search for them in FHIR, or nothing is asked for by FHIR; who pays, wherever there is an athenaNet that is open to us.</summary>
    public static SyncWay WayOf(this ConnectionOptions connection, string type) => type switch
    {
        "Appointment" when connection.Rest is not null && (connection.Dialect.HasNoAppointmentSearch || connection.IsChartByRest) => SyncWay.Booked,
        SyncTypes.Coverage when connection is { Rest: not null, IsOfUser: false } => SyncWay.Insurances,
        _ => connection.IsChartByRest ? SyncWay.Chart : SyncWay.Fhir,
    };
}
