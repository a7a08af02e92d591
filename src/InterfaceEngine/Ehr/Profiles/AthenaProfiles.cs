using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Ehr.Tokens;

namespace InterfaceEngine.Ehr.Profiles;

/// <summary>athenahealth as it is, and as the guides have it.</summary>
internal static class AthenaProfiles
{
    private const string RestScope = "athena/service/Athenanet.MDP.*";

    private const string FhirScope =
        "system/Patient.read system/AllergyIntolerance.read system/CarePlan.read system/Condition.read system/DiagnosticReport.read system/DocumentReference.read " +
        "system/Encounter.read system/Immunization.read system/MedicationRequest.read system/Observation.read system/Procedure.read";

    private const string EventScope = "system/SubscriptionTopic.read system/Subscription.read system/Subscription.write";

    public static EhrProfile Real { get; } = new()
    {
        Name = "athena-real",
        System = "athenahealth",
        Production = new EhrPlace
        {
            Base = "https://api.platform.athenahealth.com/v1",
            Fhir = "https://api.platform.athenahealth.com/fhir/r4",
            // About 150 a second are granted; one application of several keeps below.
            Rate = new RateOptions { PerSecond = 100, PerDay = 500_000, TokensPerMinute = 50 },
        },
        Sandbox = new EhrPlace
        {
            Base = "https://api.preview.platform.athenahealth.com/v1",
            Fhir = "https://api.preview.platform.athenahealth.com/fhir/r4",
            Rate = new RateOptions { PerSecond = 15, PerDay = 50_000, TokensPerMinute = 5 },
        },
        Rest = "{base}/{practice}",
        Fhir = "{origin}/fhir/r4",
        Token = "{origin}/oauth2/v1/token",
        Dialect = new EhrDialect
        {
            FhirTenant = "ah-practice=Organization/a-1.Practice-{}",
            FhirPatientId = "a-{practice}.E-{}",
            HasNoAppointmentSearch = true,
            ExportGroup = "Group/a-1.c-{}",
            HasAthenaEvents = true,
        },
        Scopes = new EhrScopes { Rest = RestScope, Fhir = FhirScope, Export = $"{FhirScope} system/Group.read", Events = EventScope, User = "openid launch/patient patient/*.read offline_access" },
        Variables = ["ATHENAHEALTH_", "ATHENA_"],
    };

    public static EhrProfile Guide { get; } = new()
    {
        Name = "athena-guide",
        System = "athenahealth",
        Production = new EhrPlace
        {
            Base = "https://api.athenahealth.com/v1",
            Fhir = "https://api.platform.athenahealth.com/fhir/r4",
            Rate = GuideRate(8),
        },
        Sandbox = new EhrPlace
        {
            Base = "https://api.preview.platform.athenahealth.com/v1",
            // It is below the production host, so it counts as one.
            Fhir = "https://api.platform.athenahealth.com/fhir/r4/sandbox",
            Rate = GuideRate(8),
        },
        Rest = "{base}/{practice}",
        Fhir = "{origin}/fhir/r4",
        Token = "{base}/oauth2/token",
        Dialect = new EhrDialect { IsJsonBody = true, PatientSearch = "/patients/search", Booking = BookingForm.PostOpen },
        Scopes = new EhrScopes { User = "patient/*.read launch/patient" },
        Variables = ["ATHENAHEALTH_", "ATHENA_"],
    };

    /// <summary>As both guides have it, each with its own figure.</summary>
    internal static RateOptions GuideRate(int perSecond) => new() { PerSecond = perSecond, Burst = perSecond * 2, PerDay = 100_000 };
}
