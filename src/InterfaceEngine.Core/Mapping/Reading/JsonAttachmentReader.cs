using System.Security.Cryptography;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// A place that holds FHIR's Attachment with its content in it (<c>data</c>, base64). One that only says where the content lies says nothing
/// here, so that content which came before stays.
/// </summary>
internal sealed class JsonAttachmentReader(JsonPath path, bool isList) : PlaceReader(path.Text)
{
    private const string General = "application/octet-stream";

    private readonly JsonRoute _route = path.Route;

    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var items = new List<JsonItem>();
        _route.FindAll(reading.RootOf(_route), items);
        var values = new List<string>();
        var (from, to) = (-1, 0);
        foreach (var item in items.Where(item => item["data"u8] is { Kind: JsonItemKind.Text }))
        {
            reading.Scope.Place = item.Range;
            if (Read(item, reading.Scope) is { } value)
            {
                (from, to) = (from < 0 ? item.Range.Offset : from, item.Range.Offset + item.Range.Length);
                values.Add(value.ToString());
            }

            if (!isList && values.Count > 0)
            {
                break;
            }
        }

        if (values.Count == 0)
        {
            return false;
        }

        slot.Place = new ByteRange(from, to - from);
        slot.Value = FieldValue.Of(string.Join(FieldValue.ListSeparator, values.Distinct(StringComparer.Ordinal)));
        return true;
    }

    private static AttachmentValue? Read(JsonItem item, ReadingScope scope)
    {
        if (!item["data"u8].TryDecode(out var text) || text.Length == 0)
        {
            return null;
        }

        var type = TypeOf(item);
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, bytes, out var count))
        {
            scope.Warn(MappingCodes.Content, "content that can't be read: it is not base64. It stays in the message.");
            return AttachmentValue.NotReadable(type);
        }

        if (count == 0)
        {
            return null;
        }

        var value = new AttachmentValue(AttachmentValue.IdOf(SHA256.HashData(bytes.AsSpan(0, count))), type, count);
        scope.Attachments.Add(new IncomingAttachment(value, () => new MemoryStream(bytes, 0, count, writable: false)));
        return value;
    }

    /// <summary>The media type without its parameters.</summary>
    private static string TypeOf(JsonItem item) =>
        item["contentType"u8].TryDecode(out var said) && said.Split(';')[0].Trim().ToLowerInvariant() is { Length: > 0 and <= 100 } type && type.All(letter => letter is > ' ' and <= '~') ? type : General;
}
