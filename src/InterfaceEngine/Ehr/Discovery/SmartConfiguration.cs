using System.Text.Json;

namespace InterfaceEngine.Ehr.Discovery;

/// <summary>What a FHIR server says of its sign-in (<c>/.well-known/smart-configuration</c>), as far as a client goes by it.</summary>
internal sealed record SmartConfiguration
{
    public Uri? Token { get; init; }

    public Uri? Authorize { get; init; }

    /// <summary>How clients may prove who they are; empty when it does not say.</summary>
    public IReadOnlyList<string> Proofs { get; init; } = [];

    /// <summary>What statements may be signed by; empty when it does not say.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public static SmartConfiguration Read(JsonElement json) => json.ValueKind is not JsonValueKind.Object ? new() : new SmartConfiguration
    {
        Token = Address(json, "token_endpoint"),
        Authorize = Address(json, "authorization_endpoint"),
        Proofs = Texts(json, "token_endpoint_auth_methods_supported"),
        Algorithms = Texts(json, "token_endpoint_auth_signing_alg_values_supported"),
        Scopes = Texts(json, "scopes_supported"),
        Capabilities = Texts(json, "capabilities"),
    };

    private static Uri? Address(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && Uri.TryCreate(value.TextOrNull(), UriKind.Absolute, out var address) && Http.EhrAddresses.IsSecure(address) ? address : null;

    private static IReadOnlyList<string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind is JsonValueKind.Array ? [.. list.EnumerateArray().Select(one => one.TextOrNull()).OfType<string>()] : [];
}
