using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace InterfaceEngine.Control;

/// <summary>Requests and answers as JSON: one line each on the socket, indented for <c>--json</c>.</summary>
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlAnswer))]
internal sealed partial class ControlJson : JsonSerializerContext
{
    public static ControlJson Line { get; } = new(MakeOptions(isIndented: false));

    private static ControlJson Indented { get; } = new(MakeOptions(isIndented: true));

    /// <summary>An answer as people and scripts see it, without the word that tells its kind.</summary>
    public static string Write(ControlAnswer answer) =>
        JsonSerializer.Serialize(answer, Indented.GetTypeInfo(answer.GetType())!);

    // The relaxed encoder keeps names readable: Müller, not M\u00FCller. Nothing of this is put into a web page.
    private static JsonSerializerOptions MakeOptions(bool isIndented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter<FailureKind>(JsonNamingPolicy.CamelCase) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = isIndented,
        NewLine = "\n",
    };
}
