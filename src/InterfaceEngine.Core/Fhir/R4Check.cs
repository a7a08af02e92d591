using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Fhir;

/// <summary>Something R4 does not allow.</summary>
/// <param name="Path">Where, e.g. <c>participant[1].status</c>.</param>
/// <param name="Kind">What.</param>
/// <param name="Reason">What was found and what is expected, without any value of a patient's.</param>
public sealed record R4Fault(string Path, R4FaultKind Kind, string Reason);

/// <summary>What R4 does not allow.</summary>
public enum R4FaultKind
{
    /// <summary>A required element is missing.</summary>
    Missing,

    /// <summary>Two of <c>value[x]</c>.</summary>
    TwoChoices,

    /// <summary>A code that its binding has not.</summary>
    Code,

    /// <summary>A list where one is expected, an object where a text is, a number that is none.</summary>
    Shape,
}

/// <summary>
/// Checks a resource before it is sent: required elements, codes of required bindings, one of each <c>value[x]</c>, lists where R4 has
/// lists. What is not described here (<see cref="R4Type"/>) is taken as it is; what its server holds already is not ours to judge, but
/// it is checked too, for the server would refuse the whole.
/// </summary>
public sealed class R4Check
{
    private readonly List<R4Fault> _faults = [];

    /// <summary>The way to what is looked at; put together only where there is a fault.</summary>
    private readonly List<(string Name, int Number)> _path = [];

    private R4Check()
    {
    }

    public static IReadOnlyList<R4Fault> Run(JsonDraft resource)
    {
        var check = new R4Check();
        if (resource["resourceType"]?.Text is not { } name)
        {
            check._faults.Add(new R4Fault("resourceType", R4FaultKind.Missing, "a resource says what it is."));
        }
        else if (R4Type.Find(name) is { } type)
        {
            check.CheckElements(resource, type);
            CheckRules(resource, name, check._faults);
        }

        return check._faults;
    }

    private void CheckElements(JsonDraft value, R4Type type)
    {
        foreach (var element in type.Required)
        {
            if (value[element.Name] is null or { Kind: JsonItemKind.Null } or { Kind: JsonItemKind.Array, Count: 0 } && value["_" + element.Name] is null)
            {
                Fault(R4FaultKind.Missing, $"a {type.Name} has {(element.IsList ? "at least one" : "one")}, and there is none.", element.Name);
            }
        }

        foreach (var choice in type.RequiredChoices)
        {
            if (!type.Elements.Any(element => element.Choice == choice && (value[element.Name] is { Kind: not JsonItemKind.Null } || value["_" + element.Name] is not null)))
            {
                Fault(R4FaultKind.Missing, $"a {type.Name} has one, and there is none.", $"{choice}[x]");
            }
        }

        List<string>? choices = null;
        for (var index = 0; index < value.Count; index++)
        {
            if (type[value.Names[index]] is not { } element)
            {
                continue;
            }

            _path.Add((element.Name, 0));
            if (element.Choice is { } choice)
            {
                if (choices?.Contains(choice) == true)
                {
                    Fault(R4FaultKind.TwoChoices, $"only one {choice}[x] may be there, and there are two.");
                }

                (choices ??= []).Add(choice);
            }

            CheckElement(value.Values[index], element);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private void CheckElement(JsonDraft value, R4Element element)
    {
        if (element.IsList != (value.Kind == JsonItemKind.Array))
        {
            Fault(R4FaultKind.Shape, element.IsList ? "a list is expected." : "one is expected, and there is a list.");
            return;
        }

        for (var index = 0; index < (element.IsList ? value.Count : 1); index++)
        {
            _path[^1] = (element.Name, element.IsList ? index + 1 : 0);
            CheckOne(element.IsList ? value.Values[index] : value, element);
        }
    }

    private void CheckOne(JsonDraft one, R4Element element)
    {
        if (one.Kind == JsonItemKind.Null)
        {
            return;
        }

        if (one.IsScalar != element.IsPrimitive)
        {
            Fault(R4FaultKind.Shape, $"{(element.IsPrimitive ? "one value" : "an object")} is expected ({element.Type}).");
        }
        else if (!element.IsPrimitive)
        {
            CheckObject(one, element);
        }
        else if (!IsOfType(one, element))
        {
            Fault(R4FaultKind.Shape, $"not a value of type {element.Type}.");
        }
        else if (element.Codes is { } codes && !codes.Contains(one.Text, StringComparer.Ordinal))
        {
            Fault(R4FaultKind.Code, $"none of {string.Join(", ", codes)}.");
        }
    }

    private void CheckObject(JsonDraft value, R4Element element)
    {
        if (value.Count == 0)
        {
            Fault(R4FaultKind.Shape, "an object that says nothing.");
        }

        if (R4Type.Find(element.Type == "Resource" ? value["resourceType"]?.Text ?? "" : element.Type) is { } type)
        {
            CheckElements(value, type);
        }

        if (element.Codes is { } codes && value["coding"] is { } codings && !codings.Values.Any(coding => coding["code"]?.Text is { } code && codes.Contains(code, StringComparer.Ordinal)))
        {
            Fault(R4FaultKind.Code, $"none of {string.Join(", ", codes)}.");
        }
    }

    private void Fault(R4FaultKind kind, string reason, string? below = null)
    {
        var steps = _path.Select(step => step.Number > 0 ? $"{step.Name}[{step.Number}]" : step.Name);
        _faults.Add(new R4Fault(string.Join('.', below is null ? steps : steps.Append(below)), kind, reason));
    }

    /// <summary>Rules that look at two elements at once (R4's invariants ait-1, con-5 and cpt-2).</summary>
    private static void CheckRules(JsonDraft resource, string name, List<R4Fault> faults)
    {
        var isError = resource["verificationStatus"]?["coding"]?.Values.Any(coding => coding["code"]?.Text == "entered-in-error") == true;
        var hasStatus = resource["clinicalStatus"] is not null;
        if (name == "AllergyIntolerance" && !isError && !hasStatus)
        {
            faults.Add(new R4Fault("clinicalStatus", R4FaultKind.Missing, "an allergy that was not entered in error has one (ait-1), and there is none."));
        }

        if (isError && hasStatus && name is ("AllergyIntolerance" or "Condition"))
        {
            faults.Add(new R4Fault("clinicalStatus", R4FaultKind.TwoChoices, "what was entered in error has none (ait-2, con-5)."));
        }

        foreach (var contact in resource["telecom"]?.Values ?? [])
        {
            if (contact["value"] is not null && contact["system"] is null)
            {
                faults.Add(new R4Fault("telecom.system", R4FaultKind.Missing, "a contact with a value has one (cpt-2), and there is none."));
            }
        }
    }

    private static bool IsOfType(JsonDraft value, R4Element element) => element.Type switch
    {
        "boolean" => value.Kind is JsonItemKind.True or JsonItemKind.False,
        "positiveInt" => value.Kind == JsonItemKind.Number && int.TryParse(value.Text, out var number) && number > 0,
        "unsignedInt" => value.Kind == JsonItemKind.Number && int.TryParse(value.Text, out var number) && number >= 0,
        "integer" => value.Kind == JsonItemKind.Number && int.TryParse(value.Text, out _),
        "decimal" => value.Kind == JsonItemKind.Number,
        "id" => value.Kind == JsonItemKind.Text && value.Text is { Length: > 0 and <= 64 } id && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.'),
        _ => value.Kind == JsonItemKind.Text && (value.Text is null or { Length: > 0 }),
    };
}
