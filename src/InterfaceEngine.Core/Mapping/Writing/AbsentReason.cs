using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>FHIR's word in the place of a value that must stand somewhere and is not known (extension <c>data-absent-reason</c>).</summary>
internal static class AbsentReason
{
    private const string Url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

    /// <summary>An element that says that it is not known.</summary>
    public static JsonDraft New()
    {
        var (absent, extensions, extension) = (JsonDraft.NewObject(), JsonDraft.NewArray(), JsonDraft.NewObject());
        extension.Set("url", JsonDraft.Of(Url));
        extension.Set("valueCode", JsonDraft.Of("unknown"));
        extensions.Set(0, extension);
        absent.Set("extension", extensions);
        return absent;
    }

    /// <summary>What is known is not absent.</summary>
    /// <returns>True when nothing is left of the element.</returns>
    public static bool Remove(JsonDraft value)
    {
        if (value["extension"] is { Kind: JsonItemKind.Array } extensions && extensions.Values.FirstOrDefault(one => one["url"]?.Text == Url) is { } reason)
        {
            extensions.Remove(reason);
            if (extensions.Count == 0)
            {
                value.Remove("extension");
            }
        }

        return value is { Kind: JsonItemKind.Object, Count: 0 };
    }
}
