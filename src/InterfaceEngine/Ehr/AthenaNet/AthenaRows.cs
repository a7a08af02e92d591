using System.Text.Json;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>The rows of an answer, whatever form it has, and where the next ones are.</summary>
/// <param name="Rows">Objects.</param>
/// <param name="Next">The next page's address as the server gave it; null on the last.</param>
/// <param name="Stated">How many there are in all, as the server says; it may be wrong. Null when it does not say.</param>
internal sealed record AthenaRows(IReadOnlyList<JsonElement> Rows, string? Next, long? Stated)
{
    /// <summary>How parts of a chart say that there is nothing.</summary>
    private static readonly string[] _none = ["noknownproblems", "nomedicationsreported"];

    /// <summary>Of an envelope the list of this name; of a list its objects, of a list of lists theirs (medications come so).</summary>
    /// <exception cref="EhrException">It says that it failed, or holds no such list.</exception>
    public static AthenaRows Of(EhrCall call, EhrAnswer answer, string list)
    {
        var root = Unwrapped(EhrBody.Read(call, answer), list);
        if (root.ValueKind is JsonValueKind.Array)
        {
            return new AthenaRows([.. root.EnumerateArray().SelectMany(Flat)], null, null);
        }

        // An answer that fails says so, whatever it holds besides.
        if (root.ValueKind is not JsonValueKind.Object || EhrBody.IsRefusal(root))
        {
            var one = EhrBody.ReadOne(call, answer);
            throw Not(call, answer, $"is {(one.ValueKind is JsonValueKind.Undefined ? "empty" : "no object")}");
        }

        var stated = root.Text("totalcount") is { } text && long.TryParse(text, out var count) ? count : (long?)null;
        if (root.TryGetProperty(list, out var rows))
        {
            return new AthenaRows(rows.ValueKind is JsonValueKind.Array ? [.. rows.EnumerateArray().SelectMany(Flat)] : [.. Flat(rows)], root.Text("next"), stated);
        }

        // Nothing found may be told without a list; a list that is missing otherwise may be a page that is lost.
        return stated is 0 || _none.Any(name => root.IsTrue(name)) ? new AthenaRows([], root.Text("next"), stated) : throw Not(call, answer, $"has no list '{list}'");
    }

    /// <summary>An envelope, or a refusal, that comes as a list of one is none of its rows.</summary>
    private static JsonElement Unwrapped(JsonElement root, string list)
    {
        if (root.ValueKind is not JsonValueKind.Array || root.GetArrayLength() != 1)
        {
            return root;
        }

        var only = root[0];
        var isEnvelope = only.ValueKind is JsonValueKind.Object && (only.TryGetProperty(list, out _) || only.TryGetProperty("totalcount", out _) || _none.Any(name => only.IsTrue(name)));
        return isEnvelope || EhrBody.IsRefusal(only) ? only : root;
    }

    private static IEnumerable<JsonElement> Flat(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.Object => [item],
        JsonValueKind.Array => item.EnumerateArray().SelectMany(Flat),
        _ => [],
    };

    private static EhrException Not(EhrCall call, EhrAnswer answer, string what) =>
        answer.Failure(EhrFault.NotUnderstood, $"{call.Endpoint}: the answer ({(int)answer.Status}, {answer.Body.Length} bytes) {what}.");
}
