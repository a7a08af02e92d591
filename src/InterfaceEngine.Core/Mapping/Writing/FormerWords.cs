using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// What FHIR says beside a value and only because of it: the words of a code, who a reference means, a name in one text. When the value
/// changes they would go on telling of the former one, so they go with it. What the record says itself stays.
/// </summary>
internal static class FormerWords
{
    /// <summary>Takes away what stands beside a property whose value, or a value below it, is about to change.</summary>
    /// <param name="at">The object that has the property.</param>
    /// <param name="step">The property.</param>
    /// <param name="isFilled">Nothing stood there: what stands beside it may well be said of the same.</param>
    public static void Remove(JsonDraft at, JsonTargetStep step, bool isFilled)
    {
        foreach (var name in Beside(step.Parent, step.Name, isFilled))
        {
            if (at[name] is { } words && IsUntouched(words))
            {
                at.Remove(name);
                at.Remove("_" + name);
            }
        }
    }

    /// <summary>The codings of a concept say one thing in several systems: those behind the one that changes say what it said before.</summary>
    public static void RemoveCodings(JsonDraft at, JsonTargetStep step, JsonDraft changed)
    {
        if (step is not { Parent: "CodeableConcept", Name: "coding" } || at[step.Name] is not { Kind: JsonItemKind.Array } codings)
        {
            return;
        }

        foreach (var coding in codings.Values.Skip(codings.IndexOf(changed) + 1).Where(IsUntouched).ToList())
        {
            codings.Remove(coding);
        }
    }

    /// <summary>No row wrote it, or anything in it, and none found that it says what the record says.</summary>
    public static bool IsUntouched(JsonDraft value) => value.IsKept && value.Values.All(IsUntouched);

    private static string[] Beside(string? type, string name, bool isFilled) => (type, name) switch
    {
        ("HumanName", "family" or "given" or "prefix" or "suffix") => ["text"],
        ("Address", "line" or "city" or "district" or "state" or "postalCode" or "country") => ["text"],
        _ when isFilled => [],
        ("Coding", "code") => ["system", "version", "display", "userSelected"],
        ("Coding", "system") => ["version", "display", "userSelected"],
        ("CodeableConcept", "coding") => ["text"],
        ("CodeableConcept", "text") => ["coding"],
        ("Reference", "reference") => ["type", "identifier", "display"],
        ("Reference", "identifier") => ["reference", "type", "display"],
        ("Reference", "display") => ["reference", "type", "identifier"],
        ("Quantity", "code" or "system") => ["unit"],
        ("Quantity", "unit") => ["code", "system"],
        ("Attachment", "url") => ["data", "size", "hash"],
        _ => [],
    };
}
