using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>
/// Makes an answer look as the real ones do: keys in any order, numbers now as text and now as numbers, truths as text, and keys without a value
/// left out. What it says stays the same.
/// </summary>
internal static class Untidiness
{
    private static readonly string[] _numbers = ["duration", "score", "sequencenumber"];

    public static JsonNode Of(JsonNode node, Dice dice) => node switch
    {
        JsonObject row => Row(row, dice),
        JsonArray list => new JsonArray([.. list.Select(one => one is null ? null : Of(one, dice))]),
        _ => node.DeepClone(),
    };

    private static JsonObject Row(JsonObject row, Dice dice)
    {
        var keys = row.Where(one => one.Value is not null || dice.Percent(30)).Where(one => !IsEmpty(one.Value) || dice.Percent(30)).ToList();
        for (var last = keys.Count - 1; last > 0; last--)
        {
            var other = dice.Below(last + 1);
            (keys[last], keys[other]) = (keys[other], keys[last]);
        }

        return new JsonObject(keys.Select(one => KeyValuePair.Create(one.Key, one.Value is null ? null : Value(one.Key, one.Value, dice))));
    }

    private static JsonNode Value(string key, JsonNode value, Dice dice) => value switch
    {
        JsonValue number when IsNumber(key, value) && dice.Percent(50) => number.GetValueKind() == JsonValueKind.String ? JsonValue.Create(int.Parse(number.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)) : number.ToString(),
        JsonValue truth when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False && key != "success" && dice.Percent(50) => truth.GetValue<bool>() ? "true" : "false",
        _ => Of(value, dice),
    };

    /// <summary>Of those that come both ways, and not so long that it is none, or written with a zero that would be lost.</summary>
    private static bool IsNumber(string key, JsonNode value) =>
        (key.EndsWith("id", StringComparison.Ordinal) || _numbers.Contains(key)) && value.ToString() is { Length: > 0 and < 10 } text && text.All(char.IsAsciiDigit) && (text[0] != '0' || text == "0");

    private static bool IsEmpty(JsonNode? value) => value is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>().Length == 0;
}
