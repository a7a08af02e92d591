namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>Why people come, and why they do not.</summary>
public static class VisitReasons
{
    public static IReadOnlyList<(string Code, string Text)> OfVisits { get; } =
        [("563", "Follow-up"), ("101", "Annual checkup"), ("204", "Cough & fever"), ("310", "Back pain"), ("415", "Medication review"), ("520", "Injection")];

    /// <summary>The reason of a code; empty for none.</summary>
    public static (string Code, string Text) Find(string code) => OfVisits.FirstOrDefault(reason => reason.Code == code) is { Code: not null } found ? found : ("", "");

    public static IReadOnlyList<(string Code, string Text, bool IsNoShow)> OfCancelling { get; } =
        [("-5", "CANCELLED VIA API", false), ("2", "PATIENT CANCELLED", false), ("3", "PATIENT NO SHOW", true), ("14", "PROVIDER UNAVAILABLE", false), ("21", "PATIENT RESCHEDULED", false)];
}
