using System.Text.Json;

namespace InterfaceEngine.Ehr.Fhir;

/// <summary>What a server says of a call in an OperationOutcome.</summary>
/// <param name="Severity"><c>fatal</c>, <c>error</c>, <c>warning</c> or <c>information</c>.</param>
/// <param name="Code">FHIR's word for its kind, e.g. <c>not-found</c>; <c>unknown</c> for anything else than a word.</param>
/// <param name="Diagnostics">The server's own words. They may name a patient: they go to no log and into no message.</param>
internal sealed record FhirIssue(string Severity, string Code, string? Diagnostics)
{
    public bool IsError => Severity is "fatal" or "error";
}

/// <summary>Reads OperationOutcomes.</summary>
internal static class FhirOutcome
{
    private const int IssuesMax = 100;
    private const int WordLengthMax = 30;

    private static readonly JsonDocumentOptions _options = new() { MaxDepth = EhrBody.DepthMax };

    /// <summary>The issues of a document; none when it is no OperationOutcome.</summary>
    public static IReadOnlyList<FhirIssue> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, _options);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            // A gateway's page says nothing of its own.
            return [];
        }
    }

    public static IReadOnlyList<FhirIssue> Read(JsonElement outcome) =>
        FhirJson.Text(outcome, "resourceType") == "OperationOutcome" ? [.. FhirJson.Items(outcome, "issue").Take(IssuesMax).Select(Issue)] : [];

    /// <summary>The codes, each once, for a message: <c>forbidden, not-found</c>.</summary>
    public static string Codes(IEnumerable<FhirIssue> issues) => string.Join(", ", issues.Select(issue => issue.Code).Distinct(StringComparer.Ordinal));

    /// <summary>Makes a call of FHIR. Its failure names the codes of what the server says of it, and those alone, since its words may name a patient.</summary>
    /// <exception cref="EhrException">It came to nothing.</exception>
    public static async Task<EhrAnswer> SendFhirAsync(this EhrConnection connection, EhrCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.SendAsync(call, cancellationToken);
        }
        catch (EhrException fault) when (Read(fault.Reply) is { Count: > 0 } issues)
        {
            throw new EhrException(fault.Fault, $"{fault.Message} The server says: {Codes(issues)}.", fault) { Status = fault.Status, RetryAfter = fault.RetryAfter, Reply = fault.Reply };
        }
    }

    private static FhirIssue Issue(JsonElement issue) => new(
        Word(FhirJson.Text(issue, "severity")),
        Word(FhirJson.Text(issue, "code")),
        FhirJson.Text(issue, "diagnostics") ?? FhirJson.Text(FhirJson.Member(issue, "details"), "text"));

    /// <summary>FHIR's words are small letters with hyphens; anything else could be anything.</summary>
    private static string Word(string? text) => text is { Length: > 0 and <= WordLengthMax } && text.All(one => char.IsAsciiLetterLower(one) || one == '-') ? text : "unknown";
}
