using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace InterfaceEngine.Api;

/// <summary>Times as the interface writes and reads them: ISO 8601 with a <c>Z</c>, or with the clinic's offset; no fraction when there is none.</summary>
internal sealed class ApiTime : JsonConverter<DateTimeOffset>
{
    private const string Utc = "yyyy-MM-dd'T'HH:mm:ss.FFF'Z'";
    private const string WithOffset = "yyyy-MM-dd'T'HH:mm:ss.FFFzzz";

    private static readonly string[] _forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    public static string Write(DateTimeOffset time) => time.ToString(time.Offset == TimeSpan.Zero ? Utc : WithOffset, CultureInfo.InvariantCulture);

    /// <summary>Reads one; without an offset it is in UTC.</summary>
    public static bool TryRead(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, _forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryRead(reader.GetString()!, out var time) ? time : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Write(value));
}
