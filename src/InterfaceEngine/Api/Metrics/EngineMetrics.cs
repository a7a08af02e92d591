using InterfaceEngine.Control;

namespace InterfaceEngine.Api;

/// <summary>What the engine's status says, as metrics: of messages, deliveries, connections and the store; nothing of a patient.</summary>
internal static class EngineMetrics
{
    /// <param name="connections">Null when they can't be asked for.</param>
    public static void Write(PrometheusText text, StatusAnswer status, ConnectionsAnswer? connections)
    {
        text.Family("interface_engine_info", "gauge", "The version that runs, and its mapping set.");
        text.Line("interface_engine_info", PrometheusText.Tags(("version", status.Version), ("mapping_set", status.Mapping.Set ?? "")), 1);
        text.Family("interface_engine_ready", "gauge", "1 when the node takes new connections.");
        text.Line("interface_engine_ready", "", status.Readiness?.State == "ready" ? 1 : 0);
        WriteCounts(text, status);
        WriteDestinations(text, status.Destinations);
        WriteSources(text, status.Sources);
        foreach (var (name, value) in status.StoreCounters.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var isSize = name.EndsWith("bytes", StringComparison.Ordinal);
            var full = $"interface_engine_store_{name.Replace(' ', '_')}{(isSize ? "" : "_total")}";
            text.Family(full, isSize ? "gauge" : "counter", $"What the store counts since it was opened: {name}.");
            text.Line(full, "", value);
        }

        if (connections is not null)
        {
            WriteConnections(text, connections.Connections);
        }
    }

    private static void WriteCounts(PrometheusText text, StatusAnswer status)
    {
        text.Family("interface_engine_messages", "gauge", "Messages that are stored, by source and state.");
        foreach (var count in status.Messages)
        {
            text.Line("interface_engine_messages", PrometheusText.Tags(("source", count.Source), ("state", count.State)), count.Count);
        }

        text.Family("interface_engine_records", "gauge", "Records that are stored, by practice and type.");
        foreach (var count in status.Records)
        {
            text.Line("interface_engine_records", PrometheusText.Tags(("practice", count.Practice), ("type", count.Type)), count.Count);
        }

        text.Family("interface_engine_open", "gauge", "What waits for a person, by kind.");
        foreach (var count in status.Open)
        {
            text.Line("interface_engine_open", PrometheusText.Tags(("kind", count.Kind)), count.Count);
        }
    }

    private static void WriteDestinations(PrometheusText text, IReadOnlyList<DestinationStatus> destinations)
    {
        text.Family("interface_engine_deliveries", "gauge", "Deliveries that are stored, by destination and state.");
        foreach (var one in destinations)
        {
            foreach (var (state, count) in new[] { ("waiting", one.Waiting), ("held", one.Held), ("delivered", one.Delivered), ("dismissed", one.Dismissed) })
            {
                text.Line("interface_engine_deliveries", PrometheusText.Tags(("destination", one.Name), ("state", state)), count);
            }
        }
    }

    private static void WriteSources(PrometheusText text, IReadOnlyList<SourceStatus> sources)
    {
        text.Family("interface_engine_source_events", "gauge", "What each source counts since the start, by its own names.");
        foreach (var source in sources)
        {
            foreach (var (name, value) in source.Counters.OrderBy(one => one.Key, StringComparer.Ordinal))
            {
                text.Line("interface_engine_source_events", PrometheusText.Tags(("source", source.Name), ("event", name)), value);
            }
        }
    }

    private static void WriteConnections(PrometheusText text, IReadOnlyList<ConnectionView> connections)
    {
        text.Family("interface_engine_connection_ready", "gauge", "1 when the connection to a vendor may be used now.");
        foreach (var one in connections)
        {
            text.Line("interface_engine_connection_ready", PrometheusText.Tags(("connection", one.Id)), one.State == "ready" ? 1 : 0);
        }

        text.Family("interface_engine_connection_used_today", "gauge", "Calls of the day over a connection, of its quota.");
        foreach (var one in connections.Where(one => one.UsedToday is not null))
        {
            text.Line("interface_engine_connection_used_today", PrometheusText.Tags(("connection", one.Id)), one.UsedToday!.Value);
        }

        text.Family("interface_engine_connection_quota", "gauge", "Calls that are allowed in a day over a connection.");
        foreach (var one in connections.Where(one => one.Quota is not null))
        {
            text.Line("interface_engine_connection_quota", PrometheusText.Tags(("connection", one.Id)), one.Quota!.Value);
        }

        text.Family("interface_engine_connection_references", "gauge", "Of the vendor's departments and providers those that are new, changed or gone beside the practice's tables.");
        foreach (var one in connections.Where(one => one.References?.At is not null))
        {
            foreach (var (change, count) in new[] { ("new", one.References!.New), ("changed", one.References.Changed), ("gone", one.References.Gone) })
            {
                text.Line("interface_engine_connection_references", PrometheusText.Tags(("connection", one.Id), ("change", change)), count);
            }
        }
    }
}
