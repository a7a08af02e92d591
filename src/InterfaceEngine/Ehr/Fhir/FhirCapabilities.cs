using System.Text.Json;

namespace InterfaceEngine.Ehr.Fhir;

/// <summary>What a server says that it can do (<c>/metadata</c>).</summary>
/// <param name="Version">Of FHIR, e.g. <c>4.0.1</c>; empty when it does not say.</param>
/// <param name="Types">The types of resources, each with its interactions (<c>read</c>, <c>search-type</c>, <c>create</c>, <c>update</c>).</param>
/// <param name="Exports">What can be exported: types with the operation <c>export</c>, <c>System</c> where the whole server can.</param>
internal sealed record FhirCapabilities(string Version, IReadOnlyDictionary<string, IReadOnlySet<string>> Types, IReadOnlySet<string> Exports)
{
    /// <summary>The word for an export of the whole server.</summary>
    public const string System = "System";

    /// <summary>By what each type can be sought.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Parameters { get; init; } = new Dictionary<string, IReadOnlySet<string>>();

    /// <summary>The types that are made only where none fits yet (<c>If-None-Exist</c>).</summary>
    public IReadOnlySet<string> ConditionalCreates { get; init; } = new HashSet<string>();

    /// <summary>Whether a type can be sought by a parameter, as far as the server says: where it lists none, any may do.</summary>
    public bool Seeks(string type, string parameter) => !Parameters.TryGetValue(type, out var parameters) || parameters.Count == 0 || parameters.Contains(parameter);

    public bool Can(string type, string interaction) => Types.TryGetValue(type, out var interactions) && interactions.Contains(interaction);

    /// <summary>Null when the document is no CapabilityStatement.</summary>
    public static FhirCapabilities? Read(JsonElement statement)
    {
        if (FhirJson.Text(statement, "resourceType") != "CapabilityStatement")
        {
            return null;
        }

        var (types, exports) = (new SortedDictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        var (parameters, conditional) = (new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var server in FhirJson.Items(statement, "rest").Where(one => FhirJson.Text(one, "mode") is null or "server"))
        {
            if (HasExport(server))
            {
                exports.Add(System);
            }

            foreach (var resource in FhirJson.Items(server, "resource"))
            {
                if (FhirJson.Text(resource, "type") is not { } type || !FhirResource.IsType(type))
                {
                    continue;
                }

                // A type is to be listed once; of one that is there twice the server can do what either says.
                Add(types, type, FhirJson.Items(resource, "interaction").Select(one => FhirJson.Text(one, "code")));
                Add(parameters, type, FhirJson.Items(resource, "searchParam").Select(one => FhirJson.Text(one, "name")));
                if (FhirJson.Member(resource, "conditionalCreate").ValueKind is JsonValueKind.True)
                {
                    conditional.Add(type);
                }

                if (HasExport(resource))
                {
                    exports.Add(type);
                }
            }
        }

        return new FhirCapabilities(FhirJson.Text(statement, "fhirVersion") ?? "", types, exports) { Parameters = parameters, ConditionalCreates = conditional };
    }

    private static void Add(IDictionary<string, IReadOnlySet<string>> all, string type, IEnumerable<string?> named)
    {
        IEnumerable<string> before = all.TryGetValue(type, out var known) ? known : [];
        all[type] = named.OfType<string>().Concat(before).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Servers name the operation <c>export</c>, <c>patient-export</c> or <c>group-export</c>; the definition is what they have in common.</summary>
    private static bool HasExport(JsonElement one) => FhirJson.Items(one, "operation").Any(operation =>
        FhirJson.Text(operation, "name") is "export" or "$export" || FhirJson.Text(operation, "definition")?.Contains("bulkdata", StringComparison.OrdinalIgnoreCase) == true);
}
