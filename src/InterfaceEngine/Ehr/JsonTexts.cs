using System.Text.Json;

namespace InterfaceEngine.Ehr;

/// <summary>Texts in documents that can be anything.</summary>
internal static class JsonTexts
{
    /// <summary>The text of a value; null when it is no text, or one that is none: half of a pair of signs, as whoever cuts texts off leaves it.</summary>
    public static string? TextOrNull(this JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // It is what the reader throws for UTF-8 or UTF-16 that is not valid.
            return null;
        }
    }
}
