using System.Net.Http.Headers;
using System.Text.Json;

namespace InterfaceEngine.Ehr.Http;

/// <summary>Makes the request of a call: body, headers and the name by which both sides log it.</summary>
internal static class EhrRequests
{
    public const string IdHeader = "X-Request-Id";

    /// <param name="call">What is asked.</param>
    /// <param name="address">Where; see <see cref="EhrAddresses"/>.</param>
    /// <param name="isJsonBody">Fields go as JSON and not as a form.</param>
    /// <param name="requestId">Of this one sending.</param>
    public static HttpRequestMessage Make(EhrCall call, Uri address, bool isJsonBody, string requestId)
    {
        var request = new HttpRequestMessage(call.Method, address) { Content = Content(call, isJsonBody) };
        request.Headers.TryAddWithoutValidation("Accept", call.Accept ?? (call.Of is EhrInterface.Fhir ? "application/fhir+json" : "application/json"));
        request.Headers.TryAddWithoutValidation("User-Agent", "InterfaceEngine");
        request.Headers.TryAddWithoutValidation(IdHeader, requestId);
        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static HttpContent? Content(EhrCall call, bool isJsonBody)
    {
        if (call.Body is { } body)
        {
            return Bytes(body, call.ContentType);
        }

        if (call.Fields is not { } fields)
        {
            return null;
        }

        return isJsonBody ? Bytes(Json(fields), "application/json") : new FormUrlEncodedContent(fields);
    }

    private static ReadOnlyMemoryContent Bytes(ReadOnlyMemory<byte> bytes, string contentType)
    {
        var content = new ReadOnlyMemoryContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    /// <summary>A name that comes more than once is a list.</summary>
    private static byte[] Json(IReadOnlyList<KeyValuePair<string, string>> fields) => JsonSerializer.SerializeToUtf8Bytes(
        fields.GroupBy(field => field.Key).ToDictionary(field => field.Key, object (field) => field.Count() == 1 ? field.Single().Value : field.Select(one => one.Value).ToArray()));
}
