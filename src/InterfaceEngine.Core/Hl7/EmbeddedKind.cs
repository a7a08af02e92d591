namespace InterfaceEngine.Core.Hl7;

/// <summary>What an ED says of its content: media type (ED-2 and ED-3, HL7 tables 0191 and 0291) and encoding (ED-4).</summary>
public static class EmbeddedKind
{
    public const string Pdf = "application/pdf";

    /// <summary>What a PDF begins with.</summary>
    public const string PdfHead = "%PDF";

    private const string General = "application/octet-stream";

    /// <summary>Subtypes that say the whole, whatever stands before them: senders disagree about ED-2 and ED-3.</summary>
    private static readonly Dictionary<string, string> _known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PDF"] = Pdf,
        ["RTF"] = "application/rtf",
        ["HTML"] = "text/html",
        ["XML"] = "application/xml",
        ["JPEG"] = "image/jpeg",
        ["JPG"] = "image/jpeg",
        ["PNG"] = "image/png",
        ["GIF"] = "image/gif",
        ["TIFF"] = "image/tiff",
        ["TIF"] = "image/tiff",
        ["DICOM"] = "application/dicom",
        ["x-hl7-cda-level-one"] = "application/x-hl7-cda-level-one",
    };

    private static readonly Dictionary<string, string> _types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["AP"] = "application",
        ["application"] = "application",
        ["AU"] = "audio",
        ["audio"] = "audio",
        ["IM"] = "image",
        ["image"] = "image",
        ["SI"] = "image",
        ["NS"] = "image",
        ["SD"] = "image",
        ["TX"] = "text",
        ["FT"] = "text",
        ["text"] = "text",
        ["multipart"] = "multipart",
        ["video"] = "video",
    };

    /// <summary>True when the media type says nothing.</summary>
    public static bool IsGeneral(string mediaType) => mediaType == General;

    /// <summary>The media type in small letters; <c>application/octet-stream</c> when it is not said.</summary>
    public static string MediaType(string type, string subtype)
    {
        (type, subtype) = (type.Trim(), subtype.Trim());
        if (_known.TryGetValue(subtype, out var known) || _known.TryGetValue(type, out known))
        {
            return known;
        }

        var main = _types.GetValueOrDefault(type);
        return main == "text" ? (IsToken(subtype) ? $"text/{subtype.ToLowerInvariant()}" : "text/plain")
            : main is not null && IsToken(subtype) ? $"{main}/{subtype.ToLowerInvariant()}"
            : General;
    }

    /// <summary>How the data is written; null when that is not one of the table's. Without a word, a PDF in base64 shows itself.</summary>
    public static EmbeddedEncoding? Encoding(Hl7Element word, Hl7Element data) => word.Decode().Trim().ToUpperInvariant() switch
    {
        "BASE64" or "BASE-64" or "B64" => EmbeddedEncoding.Base64,
        "HEX" => EmbeddedEncoding.Hex,
        "A" => EmbeddedEncoding.None,
        "" => IsPdfInBase64(data.Raw) ? EmbeddedEncoding.Base64 : EmbeddedEncoding.None,
        _ => null,
    };

    /// <summary>True for <c>%PDF-</c> in base64.</summary>
    public static bool IsPdfInBase64(ReadOnlySpan<byte> raw) => raw.StartsWith("JVBERi0"u8);

    private static bool IsToken(string subtype)
    {
        foreach (var character in subtype)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '.' or '+'))
            {
                return false;
            }
        }

        return subtype.Length > 0 && !subtype.Equals("BASIC", StringComparison.OrdinalIgnoreCase);
    }
}
