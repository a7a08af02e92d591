using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>What an export is when it is done: its moment and its files. Members that are not known are passed over.</summary>
/// <param name="TransactionTime">The moment that it shows, by the vendor's clock.</param>
/// <param name="Next">Where the manifest goes on; null when it does not.</param>
internal sealed record BulkManifest(DateTimeOffset TransactionTime, IReadOnlyList<BulkFile> Files, string? Next)
{
    /// <exception cref="EhrException">It lacks what every manifest has (<see cref="EhrFault.NotUnderstood"/>).</exception>
    public static BulkManifest Read(EhrCall call, EhrAnswer answer)
    {
        var root = EhrBody.Read(call, answer);
        if (!DateTimeOffset.TryParse(FhirJson.Text(root, "transactionTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            throw Without(call, answer, "transactionTime");
        }

        if (FhirJson.Member(root, "output").ValueKind is not JsonValueKind.Array)
        {
            throw Without(call, answer, "output");
        }

        // Older servers say error, newer ones outcome.
        var needsToken = IsTrue(FhirJson.Member(root, "requiresAccessToken"));
        return new BulkManifest(
            time,
            [
                .. Files(root, "output", BulkContent.Resources, needsToken), .. Files(root, "deleted", BulkContent.Deleted, needsToken),
                .. Files(root, "error", BulkContent.Outcomes, needsToken), .. Files(root, "outcome", BulkContent.Outcomes, needsToken),
            ],
            FhirJson.Link(root, "next"));

        IEnumerable<BulkFile> Files(JsonElement manifest, string list, BulkContent content, bool isWithToken) => FhirJson.Items(manifest, list).Select(file => new BulkFile
        {
            Type = FhirJson.Text(file, "type") is { } type && FhirResource.IsType(type) ? type : throw Without(call, answer, $"{list}.type"),
            Content = content,
            Url = FhirJson.Text(file, "url") is { Length: > 0 } url ? url : throw Without(call, answer, $"{list}.url"),
            Stated = Count(FhirJson.Member(file, "count")),
            NeedsToken = isWithToken,
        });
    }

    /// <summary>The order in which files are read: patients, to whom all others belong; then the others; then what was deleted, and what the vendor has to say.</summary>
    public static IReadOnlyList<BulkFile> Ordered(IEnumerable<BulkFile> files) =>
        [.. files.OrderBy(file => file.Content).ThenBy(file => file.Type != "Patient").ThenBy(file => file.Type != "Encounter").ThenBy(file => file.Type, StringComparer.Ordinal)];

    private static bool IsTrue(JsonElement value) => value.ValueKind is JsonValueKind.True || (value.ValueKind is JsonValueKind.String && value.ValueEquals("true"u8));

    private static long? Count(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out var number) ? number : null,
        JsonValueKind.String => long.TryParse(value.TextOrNull(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => null,
    };

    private static EhrException Without(EhrCall call, EhrAnswer answer, string member) =>
        answer.Failure(EhrFault.NotUnderstood, $"{call.Endpoint}: the answer ({(int)answer.Status}, {answer.Body.Length} bytes) is no manifest of an export: {member} is missing.");
}
