using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// A place that holds binary content: an ED (source, type, subtype, encoding, data), or a text that is a PDF in base64,
/// perhaps over several segments that follow one another. The content is read through once, for its size and id, and
/// never held.
/// </summary>
internal sealed class Hl7AttachmentReader(IReadOnlyList<Hl7Path> paths, bool isList) : PlaceReader(string.Join(" + ", paths))
{
    private const int DataComponent = 5;

    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var values = new List<string>();
        var from = -1;
        var to = 0;
        foreach (var (element, rest) in Contents(reading))
        {
            reading.Scope.Place = element.Range;
            if (element.IsNull && values.Count == 0)
            {
                slot.Place = element.Range;
                slot.Value = FieldValue.Cleared;
                return true;
            }

            if (Read(reading, element, rest) is { } value)
            {
                from = from < 0 ? element.Range.Offset : from;
                to = (rest.Count > 0 ? rest[^1] : element.Range) is var last ? last.Offset + last.Length : to;
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
        slot.Value = FieldValue.Of(string.Join(FieldValue.ListSeparator, values));
        return true;
    }

    /// <summary>Each element that may hold content, with what a text goes on with.</summary>
    private IEnumerable<(Hl7Element Element, IReadOnlyList<ByteRange> More)> Contents(RecordReading reading)
    {
        foreach (var path in paths)
        {
            reading.Scope.Path = path.ToString();
            foreach (var content in Contents(reading.FindAll(path).SelectMany(path.GetAllIn).ToList()))
            {
                yield return content;
            }
        }
    }

    private static IEnumerable<(Hl7Element Element, IReadOnlyList<ByteRange> More)> Contents(List<Hl7Element> elements)
    {
        for (var index = 0; index < elements.Count; index++)
        {
            var element = elements[index];
            if (!IsText(element))
            {
                yield return (element, []);
            }
            else if (EmbeddedKind.IsPdfInBase64(element.Raw))
            {
                // A text is one content, however many repetitions and segments it was cut into.
                var more = elements.Skip(index + 1).TakeWhile(other => IsText(other) && !EmbeddedKind.IsPdfInBase64(other.Raw)).Select(other => other.Range).ToList();
                index += more.Count;
                yield return (element, more);
            }
        }
    }

    private static bool IsText(Hl7Element element) => element.HasValue && element.ComponentCount == 1;

    /// <summary>What the record keeps of it; null when the element holds no data.</summary>
    private static AttachmentValue? Read(RecordReading reading, Hl7Element element, IReadOnlyList<ByteRange> rest)
    {
        var isText = IsText(element);
        var data = isText ? element : element.Component(DataComponent);
        if (!data.HasValue)
        {
            return null;
        }

        var scope = reading.Scope;
        var type = isText ? EmbeddedKind.Pdf : EmbeddedKind.MediaType(element.Component(2).Decode(), element.Component(3).Decode());
        var written = isText ? EmbeddedEncoding.Base64 : EmbeddedKind.Encoding(element.Component(4), data);
        scope.Place = data.Range;
        if (written is not { } encoding)
        {
            scope.Warn(MappingCodes.Content, $"its encoding is none of A, Hex and Base64. The content can't be read and stays in the message.", element.Component(4).Decode());
            return AttachmentValue.NotReadable(type);
        }

        var content = new EmbeddedContent(reading.Message!, [data.Range, .. rest], encoding);
        var measure = content.Measure();
        if (measure.Id is not { } id)
        {
            scope.Place = measure.Place;
            scope.Warn(
                MappingCodes.Content,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"content that can't be read, at byte {measure.Place.Offset - data.Range.Offset + 1} of its data: {measure.Fault}. It stays in the message."));
            return AttachmentValue.NotReadable(type);
        }

        if (measure.Size == 0)
        {
            return null;
        }

        type = EmbeddedKind.IsGeneral(type) && measure.Head.StartsWith(EmbeddedKind.PdfHead, StringComparison.Ordinal) ? EmbeddedKind.Pdf : type;
        var value = new AttachmentValue(id, type, measure.Size);
        scope.Attachments.Add(new IncomingAttachment(value, content.Open));
        return value;
    }
}
