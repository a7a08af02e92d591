using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>One call as it came.</summary>
internal sealed class VendorRequest
{
    private readonly HttpContext _context;
    private readonly Dictionary<string, StringValues> _fields;

    private VendorRequest(VendorContext vendor, HttpContext context, byte[] body, Dictionary<string, StringValues> fields) =>
        (Vendor, _context, Body, _fields) = (vendor, context, body, fields);

    public VendorContext Vendor { get; }

    /// <summary>As it came.</summary>
    public byte[] Body { get; }

    /// <summary>From the host on, without the query.</summary>
    public string Path => _context.Request.Path.Value ?? "";

    public IQueryCollection Query => _context.Request.Query;

    public string QueryText => _context.Request.QueryString.Value ?? "";

    /// <summary>The body is of a kind that this vendor's athenaNet does not read.</summary>
    public bool IsBodyForeign { get; private init; }

    /// <summary>A value of the path.</summary>
    public string Part(string name) => (string)_context.Request.RouteValues[name]!;

    /// <summary>A value of the path; null where its call has none of that name.</summary>
    public string? TryPart(string name) => (string?)_context.Request.RouteValues[name];

    public string Header(string name) => _context.Request.Headers[name].ToString();

    /// <summary>A field of the body, else of the query, whatever the case of its name; empty when it is in neither.</summary>
    public string Field(string name) => _fields.TryGetValue(name, out var value) ? value.ToString() : Query[name].ToString();

    /// <summary>The fields of the body with their last values.</summary>
    public IEnumerable<(string Name, string Value)> Fields => _fields.Select(one => (one.Key, one.Value.ToString()));

    public bool IsTrue(string name) => Field(name).ToLowerInvariant() is "true" or "1" or "y";

    /// <summary>A whole number of the body or the query; null when it is not there or none.</summary>
    public int? Number(string name) => int.TryParse(Field(name), out var number) ? number : null;

    /// <summary>The body as one JSON object; null when it is none.</summary>
    public JsonObject? Json() => ParseObject(Body);

    public static async Task<VendorRequest> ReadAsync(VendorContext vendor, HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.ToArray();
        var type = (context.Request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
        var fields = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        if (type is "application/x-www-form-urlencoded" or "multipart/form-data")
        {
            context.Request.Body = new MemoryStream(bytes);
            foreach (var (name, value) in await context.Request.ReadFormAsync(context.RequestAborted))
            {
                fields[name] = value;
            }
        }
        else if (type == "application/json" && vendor.Profile.IsGuide && ParseObject(bytes) is { } json)
        {
            foreach (var (name, value) in json)
            {
                fields[name] = value is JsonValue one ? one.ToString() : value?.ToJsonString() ?? "";
            }
        }

        return new VendorRequest(vendor, context, bytes, fields) { IsBodyForeign = bytes.Length > 0 && fields.Count == 0 };
    }

    private static JsonObject? ParseObject(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
