using InterfaceEngine.Core.Practices;

namespace InterfaceEngine.Intake;

/// <summary>
/// What a sender is told about what can't be applied: the source's setting, else the profile of the practice.
/// athenahealth holds its whole feed on a NAK, so it gets AA for both; the others get AE and AR.
/// </summary>
internal static class Policy
{
    private const string AthenaProfile = "athena";

    public static BadContentPolicy BadContent(SourceBinding source, Practice practice) =>
        source.BadContent ?? (practice.Profile == AthenaProfile ? BadContentPolicy.Quarantine : BadContentPolicy.Refuse);

    public static UnmappedEventPolicy UnmappedEvent(SourceBinding source, Practice practice) =>
        source.UnmappedEvent ?? (practice.Profile == AthenaProfile ? UnmappedEventPolicy.Ignore : UnmappedEventPolicy.Refuse);
}
