using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Values;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>What a JSON document is a message of, and the objects in it that make records.</summary>
public static class JsonMessage
{
    /// <summary>What stands before the resource's type where the tables list it under <c>Messages</c>: <c>FHIR Patient</c>.</summary>
    public const string FhirPrefix = "FHIR ";

    /// <summary>How far ahead of us a clock may be; beyond it the time of receipt counts, as it does for HL7 v2.</summary>
    private static readonly Duration _aheadMax = Duration.FromMinutes(5);

    /// <summary>Whether it is a FHIR resource rather than an answer of athenaNet.</summary>
    public static bool IsFhir(JsonBody body) => body.Root["resourceType"u8].Kind == JsonItemKind.Text;

    /// <summary><c>FHIR Patient</c>; empty when the object is no resource.</summary>
    public static string FhirMessageOf(JsonItem resource) => resource["resourceType"u8] is { Kind: JsonItemKind.Text } type && type.TryDecode(out var name) ? FhirPrefix + name : "";

    /// <summary>The type of the resources that a map reads, <c>Observation</c>; null for another format, and where it reads none.</summary>
    internal static string? ResourceOf(RecordMap map, MapFormat format) =>
        format != MapFormat.Fhir ? null : map.Messages.FirstOrDefault(rule => rule.Format == format)?.Message[FhirPrefix.Length..];

    /// <summary>
    /// The objects a document holds: itself; the items of a list; the resources of a Bundle; what athenaNet puts into an envelope
    /// (<c>{"patients": […], "totalcount": 2}</c>; of a single page, the list alone). A one-element list round an object is the object.
    /// </summary>
    public static IReadOnlyList<JsonItem> Objects(JsonBody body)
    {
        var root = body.Root;
        if (root.Kind == JsonItemKind.Array)
        {
            return Items(root);
        }

        if (root["resourceType"u8].Says("Bundle"u8))
        {
            return [.. Items(root["entry"u8]).Select(entry => entry["resource"u8]).Where(resource => resource.Kind == JsonItemKind.Object)];
        }

        return root.Kind != JsonItemKind.Object ? [] : Envelope(root) is { IsPresent: true } list ? Items(list) : [root];
    }

    /// <summary>It is no object itself, but holds several: a Bundle, a list, an answer's envelope.</summary>
    internal static bool IsCollection(JsonBody body)
    {
        var root = body.Root;
        return root.Kind == JsonItemKind.Array || root["resourceType"u8].Says("Bundle"u8) || Envelope(root).IsPresent;
    }

    /// <summary>An answer that found nothing: a list, an envelope or a Bundle with nothing in it.</summary>
    internal static bool IsEmptyAnswer(JsonBody body)
    {
        var root = body.Root;
        return root.Kind == JsonItemKind.Array ? !root.First.IsPresent
            : root["resourceType"u8].Says("Bundle"u8) ? !root["entry"u8].First.IsPresent
            : Envelope(root) is { IsPresent: true } list && !list.First.IsPresent;
    }

    /// <summary>When it happened, where a resource says it (<c>meta.lastUpdated</c>); athenaNet's times have no offset and are not used.</summary>
    internal static Instant EventTime(JsonItem resource, ReadingScope scope)
    {
        scope.Begin(null, null);
        scope.Path = "meta.lastUpdated";
        var said = resource["meta"u8]["lastUpdated"u8];
        if (!said.IsScalar || !said.TryDecode(out var text) || !InstantType.TryRead(text.AsSpan().Trim(), scope, out var time))
        {
            return scope.ReceivedAt;
        }

        if (time > scope.ReceivedAt + _aheadMax)
        {
            scope.Place = said.Range;
            scope.Warn(MappingCodes.EventAhead, "the event time is more than five minutes ahead: the time of receipt was taken.");
            return scope.ReceivedAt;
        }

        return time;
    }

    private static JsonItem Envelope(JsonItem root)
    {
        var isPaged = root["totalcount"u8].IsPresent || root["next"u8].IsPresent || root["previous"u8].IsPresent;
        var (list, count) = (default(JsonItem), 0);
        foreach (var value in root)
        {
            count++;
            if (!list.IsPresent && value.Kind == JsonItemKind.Array && value.First.Kind is JsonItemKind.Object or JsonItemKind.None)
            {
                list = value;
            }
        }

        // The only page need not say that it is one; what says anything beside its list is a record that has a list.
        return isPaged || count == 1 ? list : default;
    }

    private static List<JsonItem> Items(JsonItem list)
    {
        var items = new List<JsonItem>();
        foreach (var item in list)
        {
            if (item.Kind == JsonItemKind.Object)
            {
                items.Add(item);
            }
        }

        return items;
    }
}
