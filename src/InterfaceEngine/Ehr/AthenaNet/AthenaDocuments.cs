using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>What one answer brought for the intake.</summary>
/// <param name="Documents">Under the name by which the maps list the call.</param>
/// <param name="ServerTime">When it was so, by the vendor's clock.</param>
internal sealed record AthenaDocumentPage(IReadOnlyList<EhrDocument> Documents, DateTimeOffset ServerTime)
{
    /// <summary>How many things they tell of: each of one, where nothing else is said.</summary>
    public int Count { get; init; } = Documents.Count;
}

/// <summary>Answers as documents for the intake, and the documents of a patient's chart.</summary>
internal sealed class AthenaDocuments(AthenaNetClient client)
{
    /// <summary>Rows of a list, page by page.</summary>
    /// <param name="call">The call; its name is that of the documents.</param>
    /// <param name="list">The name of the list.</param>
    /// <param name="said">What the address says and a row may leave out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EhrException">A page came to nothing.</exception>
    public async IAsyncEnumerable<AthenaDocumentPage> OfAsync(
        EhrCall call, string list, (string Name, string Value)[] said, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in client.PagesAsync(call, list, cancellationToken))
        {
            yield return new AthenaDocumentPage([.. page.Rows.Select(row => AthenaDocument.Of(call, row, said))], page.ServerTime);
        }
    }

    /// <summary>The call by which the maps list a document.</summary>
    public const string ListKind = "GET /patients/{patientid}/documents";

    /// <summary>Where a page of one is had.</summary>
    public const string PageTemplate = $"{OneTemplate}/pages/{{page}}";

    private const string OneTemplate = "/patients/{patientid}/documents/{class}/{documentid}";

    /// <summary>A patient's documents of every class.</summary>
    public IAsyncEnumerable<AthenaDocumentPage> ListAsync(string patient, string department, CancellationToken cancellationToken) => OfAsync(
        AthenaCalls.Get(ListKind["GET ".Length..], ("departmentid", department)).With("patientid", patient), "documents", [("patientid", patient), ("departmentid", department)], cancellationToken);

    /// <summary>One document with where its pages lie, and the server's clock.</summary>
    /// <param name="patient">Whose.</param>
    /// <param name="documentClass">As its address has it: <c>clinicaldocument</c>, <c>labresult</c>, <c>admin</c>.</param>
    /// <param name="document">Its number.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EhrException">There is none (<see cref="EhrFault.NotFound"/>), or the call came to nothing.</exception>
    public async Task<(JsonElement Row, DateTimeOffset ServerTime)> ReadAsync(string patient, string documentClass, string document, CancellationToken cancellationToken)
    {
        var call = AthenaCalls.Get(OneTemplate).With("patientid", patient).With("class", documentClass).With("documentid", document);
        var answer = await client.SendAsync(call, cancellationToken);
        var row = EhrBody.ReadOne(call, answer);
        return row.ValueKind is JsonValueKind.Object ? (row, answer.ServerTime) : throw answer.Failure(EhrFault.NotUnderstood, $"{call.Endpoint}: the answer is no document.");
    }
}

/// <summary>
/// Makes a document of a row. Its members are in the order of their names: athenaNet gives the same row in another order each time, and what comes again as it was is
/// only confirmed.
/// </summary>
internal static class AthenaDocument
{
    /// <summary>The row, and what the call's address says of it where the row does not say it itself.</summary>
    public static EhrDocument Of(EhrCall call, JsonElement row, params (string Name, string Value)[] said)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            var missing = said.Where(one => row.Text(one.Name) is null).ToList();
            foreach (var property in Ordered(row).Where(property => missing.TrueForAll(one => one.Name != property.Name)))
            {
                writer.WritePropertyName(property.Name);
                Write(writer, property.Value);
            }

            missing.ForEach(one => writer.WriteString(one.Name, one.Value));

            writer.WriteEndObject();
        }

        return new EhrDocument(call.Endpoint, buffer.WrittenMemory);
    }

    /// <summary>All rows of a list as one document, with what the call's address says. They stand in the order of what they say: athenaNet gives another each time.</summary>
    public static EhrDocument OfList(EhrCall call, string list, IReadOnlyList<JsonElement> rows, (string Name, string Value) said)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(said.Name, said.Value);
            writer.WriteStartArray(list);
            foreach (var row in rows.Select(row => Of(call, row).Json).OrderBy(row => Encoding.UTF8.GetString(row.Span), StringComparer.Ordinal))
            {
                writer.WriteRawValue(row.Span, skipInputValidation: true);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return new EhrDocument(call.Endpoint, buffer.WrittenMemory);
    }

    private static IEnumerable<JsonProperty> Ordered(JsonElement row) => row.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal);

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in Ordered(value))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var one in value.EnumerateArray())
                {
                    Write(writer, one);
                }

                writer.WriteEndArray();
                break;
            default:
                // As it stands there: a text that is none is refused with its row, and not here.
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
                break;
        }
    }
}
