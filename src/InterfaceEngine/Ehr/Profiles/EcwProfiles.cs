using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Ehr.Tokens;

namespace InterfaceEngine.Ehr.Profiles;

/// <summary>eClinicalWorks as it is, and as the guide has it.</summary>
internal static class EcwProfiles
{
    private const string Scope =
        "system/Patient.read system/AllergyIntolerance.read system/CarePlan.read system/Condition.read system/DiagnosticReport.read system/DocumentReference.read " +
        "system/Encounter.read system/Immunization.read system/MedicationRequest.read system/Observation.read system/Procedure.read";

    private static readonly EhrPlace _real = new()
    {
        Fhir = "https://fhir4.eclinicalworks.com/fhir/r4/{practice}",
        Hosts = ["oauthserver.eclinicalworks.com"],
        // 250 a minute are granted, requests for tokens among them.
        Rate = new RateOptions { PerSecond = 4, PerMinute = 240, IsBareLimitToTheMinute = true },
    };

    public static EhrProfile Real { get; } = new()
    {
        Name = "ecw-real",
        System = "eclinicalworks",
        Production = _real,
        // There is no host for practice: a practice for trials has a code of its own on the same one.
        Sandbox = _real,
        Dialect = new EhrDialect { Booking = BookingForm.None, HasNoAppointmentSearch = true, HasNoEvents = true, ExportGroup = "Group/{}" },
        Proof = ClientProof.PrivateKey,
        // With the group's scope for exports alone: where it is asked for otherwise, reading one patient is refused.
        Scopes = new EhrScopes
        {
            Fhir = Scope,
            References = "system/Location.read system/Practitioner.read",
            Export = $"{Scope} system/Group.read",
            User = "openid launch/patient patient/*.read offline_access",
        },
        Variables = ["ECLINICALWORKS_"],
    };

    public static EhrProfile Guide { get; } = new()
    {
        Name = "ecw-guide",
        System = "eclinicalworks",
        Production = new EhrPlace { Fhir = "https://fhir.eclinicalworks.com/fhir/r4", Rate = AthenaProfiles.GuideRate(7) },
        Sandbox = new EhrPlace { Fhir = "https://fhir-sandbox.eclinicalworks.com/fhir/r4", Rate = AthenaProfiles.GuideRate(7) },
        Dialect = new EhrDialect { Booking = BookingForm.Fhir },
        Scopes = new EhrScopes
        {
            Fhir = "system/*.read",
            Visits = "system/Appointment.read system/Appointment.write",
            Patients = "system/Patient.read system/Patient.write",
            Export = "system/*.read",
            Events = "system/Subscription.read system/Subscription.write",
            User = "patient/*.read launch/patient",
        },
        Variables = ["ECLINICALWORKS_"],
    };
}
