using System.Net;
using InterfaceEngine.Control;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Sources.Mllp;

namespace InterfaceEngine;

/// <summary>Running sources as people see them.</summary>
internal static class SourceViews
{
    public static SourceStatus Of(MllpSource source, SourceSettings settings, IPEndPoint address)
    {
        var counts = source.Counters.Read();
        return new SourceStatus(source.Name, settings.Kind, address.ToString(), settings.Binding.Practices, source.State, new Dictionary<string, long>
        {
            ["connections open"] = counts.ConnectionsOpen,
            ["connections"] = counts.ConnectionsTotal,
            ["connections refused"] = counts.ConnectionsRefused,
            ["addresses refused"] = counts.AddressesRefused,
            ["headers refused"] = counts.HeadersRefused,
            ["handshakes refused"] = counts.HandshakesRefused,
            ["frames"] = counts.Frames,
            ["bytes"] = counts.Bytes,
            ["stray bytes"] = counts.StrayBytes,
            ["oversize"] = counts.Oversize,
            ["cut off"] = counts.CutOff,
            ["timed out"] = counts.TimedOut,
            ["unanswered"] = counts.Unanswered,
            ["replies"] = counts.Replies,
        })
        {
            Peers = source.Peers,
            Certificates = [.. (source.Tls?.Certificates ?? []).Select(one => new CertificateView(one.Use, one.Name, one.ExpiresAt, one.DaysLeft))],
            CertificateProblems = source.Tls?.Problems ?? [],
        };
    }

    public static SourceStatus Of(FilePoller source, FileSourceSettings settings)
    {
        var state = source.State;
        return new SourceStatus(
            source.Name, settings.Kind, settings.Place, settings.Binding.Practices, state.Problem is { } problem ? $"{state.Doing}; {problem}" : state.Doing, source.Counters);
    }
}
