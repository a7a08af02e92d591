using System.Globalization;
using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>A call of athenaNet, with the practice that it is about.</summary>
internal sealed class RestRequest(VendorRequest request, VendorPractice practice)
{
    private static readonly string[] _paging = ["limit", "offset"];

    public VendorRequest Call => request;

    public VendorPractice Practice => practice;

    public VendorSchedule Schedule => practice.Schedule;

    public bool IsGuide => request.Vendor.Profile.IsGuide;

    public string this[string name] => request.Field(name);

    public bool IsTrue(string name) => request.IsTrue(name);

    public string Part(string name) => request.Part(name);

    /// <summary>The names of those that are missing.</summary>
    public IReadOnlyList<string> Missing(params string[] names) => [.. names.Where(name => this[name].Length == 0)];

    /// <summary>A date of athenaNet's form; the guides' own form where they are followed.</summary>
    public DateOnly? Date(string name) => RestText.ReadDate(this[name], IsGuide);

    /// <summary>Values of a field that may come several times, or with commas.</summary>
    public IReadOnlyList<string> Several(string name) => this[name].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The answer, as the real ones look where that is asked.</summary>
    public VendorAnswer Json(JsonNode node)
    {
        if (!request.Vendor.IsUntidy)
        {
            return VendorAnswer.Json(node);
        }

        var text = Untidiness.Of(node, request.Vendor.NextUntidiness()).ToJsonString();
        return VendorAnswer.Text(200, text.Replace("/", "\\/", StringComparison.Ordinal), "application/json");
    }

    /// <summary>One row, as most calls give it.</summary>
    public VendorAnswer One(JsonObject row) => Json(new JsonArray(row));

    /// <summary>A page of rows, with the way to the next one.</summary>
    public VendorAnswer Page(string name, IReadOnlyList<JsonObject> rows, int limitByDefault, int limitMax)
    {
        var offset = Math.Max(0, request.Number("offset") ?? 0);
        var limit = Math.Clamp(request.Number("limit") ?? limitByDefault, 1, limitMax);
        var page = new JsonObject { ["totalcount"] = rows.Count };
        if (offset + limit < rows.Count)
        {
            page["next"] = Address(offset + limit);
        }

        if (offset > 0)
        {
            page["previous"] = Address(Math.Max(0, offset - limit));
        }

        page[name] = new JsonArray([.. rows.Skip(offset).Take(limit)]);
        return Json(page);
    }

    /// <summary>Relative to the host, and with its names in capitals.</summary>
    private string Address(int offset)
    {
        var query = request.Query.Where(one => !_paging.Contains(one.Key, StringComparer.OrdinalIgnoreCase))
            .SelectMany(one => one.Value.Select(value => $"{one.Key.ToUpperInvariant()}={Uri.EscapeDataString(value ?? "")}"));
        var limit = request.Number("limit") is { } asked ? [$"LIMIT={asked.ToString(CultureInfo.InvariantCulture)}"] : Array.Empty<string>();
        return $"{request.Path}?{string.Join('&', [.. query, .. limit, $"offset={offset.ToString(CultureInfo.InvariantCulture)}"])}";
    }
}
