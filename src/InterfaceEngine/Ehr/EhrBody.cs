using System.Text.Json;
using System.Text.Unicode;

namespace InterfaceEngine.Ehr;

/// <summary>
/// What an answer's body really is. A content type can lie, a gateway answers in HTML, one object comes as a list of one, a refusal as 200. None of
/// the messages holds anything of the body.
/// </summary>
internal static class EhrBody
{
    /// <summary>How deep an answer may be nested.</summary>
    public const int DepthMax = 64;

    private static readonly JsonDocumentOptions _options = new() { MaxDepth = DepthMax };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The answer's JSON as it is; <see cref="JsonValueKind.Undefined"/> when there is no body.</summary>
    /// <exception cref="EhrException">It is no JSON (<see cref="EhrFault.NotUnderstood"/>), or nested too deeply (<see cref="EhrFault.TooLarge"/>).</exception>
    public static JsonElement Read(EhrCall call, EhrAnswer answer)
    {
        var body = answer.Body;
        if (body.Span.StartsWith(ByteOrderMark))
        {
            body = body[ByteOrderMark.Length..];
        }

        var first = body.Span.IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0)
        {
            return default;
        }

        if (body.Span[first] == '<')
        {
            throw Not(call, answer, "is HTML or XML, as a gateway writes it");
        }

        if (!Utf8.IsValid(body.Span))
        {
            throw Not(call, answer, "is not UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(body, _options);
            return document.RootElement.Clone();
        }
        catch (JsonException failure)
        {
            throw IsTooDeep(body.Span)
                ? answer.Failure(EhrFault.TooLarge, $"{call.Endpoint}: the answer is nested more than {DepthMax} levels deep.")
                : Not(call, answer, $"is no JSON (line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1})");
        }
    }

    /// <summary>
    /// The one thing that was asked for or done: out of a list of one, too. A bare text, <c>success: false</c> and an <c>errormessage</c> that says
    /// something are refusals.
    /// </summary>
    /// <exception cref="EhrException">As <see cref="Read"/>, or <see cref="EhrFault.Refused"/>.</exception>
    public static JsonElement ReadOne(EhrCall call, EhrAnswer answer)
    {
        var root = Read(call, answer);
        if (root.ValueKind is JsonValueKind.Array && root.GetArrayLength() == 1)
        {
            root = root[0];
        }

        if (IsRefusal(root))
        {
            throw answer.Failure(EhrFault.Refused, $"{call.Endpoint}: the status is {(int)answer.Status}, and the answer says that it was not done.");
        }

        return root.ValueKind is JsonValueKind.Array
            ? throw Not(call, answer, $"is a list of {root.GetArrayLength()}, and one object was expected")
            : root;
    }

    /// <summary>The one thing that was asked for by its number, which says whose answer it is: one without says nothing of the thing, empty or not.</summary>
    /// <param name="call">The call.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="number">The member that holds the number.</param>
    /// <exception cref="EhrException">As <see cref="ReadOne(EhrCall, EhrAnswer)"/>, or it has none (<see cref="EhrFault.NotUnderstood"/>).</exception>
    public static JsonElement ReadOne(EhrCall call, EhrAnswer answer, string number)
    {
        var one = ReadOne(call, answer);
        var hasNumber = one.ValueKind is JsonValueKind.Object && one.TryGetProperty(number, out var said) && said.ValueKind is JsonValueKind.String or JsonValueKind.Number;
        return hasNumber ? one : throw Not(call, answer, $"holds no {number}");
    }

    /// <summary>Whether something says of itself that it was not done.</summary>
    public static bool IsRefusal(JsonElement one) => one.ValueKind switch
    {
        JsonValueKind.String or JsonValueKind.False => true,
        JsonValueKind.Object => (one.TryGetProperty("success", out var success) && IsFalse(success)) || HasText(one, "errormessage") || HasText(one, "error"),
        _ => false,
    };

    private static bool IsFalse(JsonElement value) => value.ValueKind is JsonValueKind.False || (value.ValueKind is JsonValueKind.String && value.ValueEquals("false"u8));

    private static bool HasText(JsonElement one, string name) =>
        one.TryGetProperty(name, out var text) && text.ValueKind is JsonValueKind.String && (text.TextOrNull() is not { } said || said.AsSpan().Trim().Length > 0);

    private static EhrException Not(EhrCall call, EhrAnswer answer, string what) =>
        answer.Failure(EhrFault.NotUnderstood, $"{call.Endpoint}: the answer ({(int)answer.Status}, {answer.Body.Length} bytes, {Named(answer.ContentType)}) {what}.");

    /// <summary>What a server says of its content stands in messages only where it looks like a type.</summary>
    private static string Named(string contentType) => contentType.Length is > 0 and <= 60 && !contentType.AsSpan().ContainsAnyExceptInRange('!', '~') ? contentType : "of no type";

    private static bool IsTooDeep(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= DepthMax)
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // Broken before it is deep.
        }

        return false;
    }
}
