using System.Text.Json.Serialization.Metadata;
using InterfaceEngine.Store;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api;

/// <summary>One thing that can be called: who may, what it takes and gives, and who answers. All that is mapped and documented comes from these.</summary>
/// <param name="Method">E.g. <c>GET</c>.</param>
/// <param name="Template">E.g. <c>/api/records/{type}/{id}</c>.</param>
/// <param name="Roles">Whose keys open it; null for anybody, without a key.</param>
/// <param name="Scope">Of whom it speaks.</param>
/// <param name="Summary">What it does, in one sentence.</param>
/// <param name="Answer">Answers it.</param>
internal sealed record ApiEndpoint(string Method, string Template, IReadOnlyList<ApiRole>? Roles, ApiScope Scope, string Summary, Func<ApiCall, Task> Answer)
{
    /// <summary>How the log of calls and the metrics name it; holds no value.</summary>
    public string Name { get; } = $"{Method} {Template}";

    /// <summary>Under which heading the document shows it.</summary>
    public string Group { get; init; } = "";

    /// <summary>What stands behind the question mark and in the path; others behind the question mark are refused.</summary>
    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>Others may stand behind the question mark too: what is called by a vendor.</summary>
    public bool TakesOtherParameters { get; init; }

    /// <summary>The shape of its body; null when it takes none.</summary>
    public JsonTypeInfo? Body { get; init; }

    /// <summary>The shapes of which its body has one: <see cref="Body"/>, where nothing else is said.</summary>
    public IReadOnlyList<JsonTypeInfo> Bodies { get => field ?? (Body is null ? [] : [Body]); init; }

    /// <summary>The forms of which its body has one, where others have laid them down; none where the body is of a shape of ours.</summary>
    public IReadOnlyList<ApiForm> Forms { get; init; } = [];

    /// <summary>The call works without a body too.</summary>
    public bool IsBodyOptional { get; init; }

    /// <summary>A body as an example: of nobody.</summary>
    public string? BodyExample { get; init; }

    /// <summary>The shape of its answer; null for one that is no JSON of a shape of ours.</summary>
    public JsonTypeInfo? Result { get; init; }

    /// <summary>The shapes of which its answer has one: <see cref="Result"/>, where nothing else is said.</summary>
    public IReadOnlyList<JsonTypeInfo> Results { get => field ?? (Result is null ? [] : [Result]); init; }

    public string? ResultExample { get; init; }

    /// <summary>The status of its good answer.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Others that are no problem, and what they mean: their content is that of the good answer, but of 304, which has none.</summary>
    public IReadOnlyList<(int Status, string Means)> FurtherStatuses { get; init; } = [];

    /// <summary>The types of content that it gives, the usual one first.</summary>
    public IReadOnlyList<string> ContentTypes { get; init; } = ["application/json"];

    /// <summary>It is one of the integration guides': its answer is in their envelope, and a problem says <c>"success": false</c> as well.</summary>
    public bool IsOfGuides { get; init; }
}

/// <summary>Of whom an endpoint speaks, and so which practices a key must have for it.</summary>
internal enum ApiScope
{
    /// <summary>Of no practice.</summary>
    Nobody,

    /// <summary>Of one practice, which is among the key's.</summary>
    OnePractice,

    /// <summary>Of the key's practices; what is of others is left out.</summary>
    KeysPractices,

    /// <summary>Of all at once: a key that is bound to practices does not open it.</summary>
    AllPractices,
}

/// <param name="Place"><c>query</c>, <c>path</c> or <c>header</c>.</param>
/// <param name="Description">What it means, its default and its bounds.</param>
/// <param name="Type"><c>string</c>, <c>integer</c> or <c>boolean</c>.</param>
internal sealed record ApiParameter(string Name, string Place, string Description, string Type = "string")
{
    public bool IsRequired { get; init; }

    /// <summary>The words it takes; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    public string? Example { get; init; }

    public static ApiParameter Query(string name, string description) => new(name, "query", description);

    public static ApiParameter Path(string name, string description) => new(name, "path", description) { IsRequired = true };

    public static ApiParameter Number(string name, string description) => new(name, "query", description, "integer");
}

/// <summary>A form of a body that others have laid down.</summary>
/// <param name="Name">In one word.</param>
/// <param name="Summary">Whose it is, and how its sender is known.</param>
/// <param name="Schema">What of it is read, as JSON Schema.</param>
/// <param name="Example">One of nobody.</param>
internal sealed record ApiForm(string Name, string Summary, string Schema, string Example);

/// <summary>Whose keys open what.</summary>
internal static class Roles
{
    /// <summary>Without a key: what every balancer asks, and what proves by itself who calls.</summary>
    public static IReadOnlyList<ApiRole>? Anybody => null;

    /// <summary>Who has any key.</summary>
    public static IReadOnlyList<ApiRole> All { get; } = Enum.GetValues<ApiRole>();

    /// <summary>What is of no patient and is about the running of things.</summary>
    public static IReadOnlyList<ApiRole> Operators { get; } = [ApiRole.Operator, ApiRole.Administrator];

    /// <summary>How work goes on: nothing of a patient.</summary>
    public static IReadOnlyList<ApiRole> Observers { get; } = [ApiRole.Operator, ApiRole.Reader, ApiRole.Writer, ApiRole.Administrator];

    /// <summary>Patients' data, to read.</summary>
    public static IReadOnlyList<ApiRole> Readers { get; } = [ApiRole.Reader, ApiRole.Writer, ApiRole.Administrator];

    /// <summary>What changes something, here or at a vendor.</summary>
    public static IReadOnlyList<ApiRole> Writers { get; } = [ApiRole.Writer, ApiRole.Administrator];

    /// <summary>The tools of a receptionist.</summary>
    public static IReadOnlyList<ApiRole> Receptionists { get; } = [ApiRole.Receptionist, ApiRole.Writer, ApiRole.Administrator];
}
