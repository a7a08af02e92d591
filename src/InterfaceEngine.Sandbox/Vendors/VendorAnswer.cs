using System.Text;
using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>An answer before it is sent, so that a fault can still spoil it.</summary>
internal sealed record VendorAnswer(int Status)
{
    public byte[] Body { get; init; } = [];

    /// <summary>Empty for none.</summary>
    public string ContentType { get; init; } = "";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Writes a body that is too long to be held; null where <see cref="Body"/> is it.</summary>
    public Func<Stream, CancellationToken, Task>? Write { get; init; }

    /// <summary>What <see cref="Write"/> writes is compressed for a client that asks for it.</summary>
    public bool IsCompressible { get; init; }

    public static VendorAnswer Text(int status, string text, string contentType = "text/plain") =>
        new(status) { Body = Encoding.UTF8.GetBytes(text), ContentType = contentType };

    public static VendorAnswer Json(JsonNode? node, int status = 200, string contentType = "application/json") =>
        Text(status, node?.ToJsonString() ?? "null", contentType);

    public VendorAnswer With(string header, string value) => this with { Headers = [.. Headers, (header, value)] };
}
