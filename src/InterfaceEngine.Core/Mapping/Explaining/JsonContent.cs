using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Explaining;

/// <summary>A JSON document: places are values of it.</summary>
internal sealed class JsonContent(JsonBody body) : MessageContent
{
    public override MapFormat Format { get; } = JsonMessage.IsFhir(body) ? MapFormat.Fhir : MapFormat.AthenaNet;

    public override MessagePlace? PlaceOf(FormatCell? cell, ByteRange range) =>
        range.IsNone ? null : new MessagePlace(body.PathOf(range.Offset), range, System.Text.Encoding.UTF8.GetString(body.Bytes.Span.Slice(range.Offset, range.Length)));

    public override IEnumerable<MessagePlace> Near(CellPlace place, string? part, ByteRange near)
    {
        var objects = JsonMessage.Objects(body);
        var root = objects.FirstOrDefault(item => Overlap(item.Range, near));
        foreach (var path in place is JsonPlace json ? json.Paths : [])
        {
            var found = new List<JsonItem>();
            path.Route.FindAll(root.IsPresent || objects.Count == 0 ? root : objects[0], found);
            foreach (var item in found.Where(item => item.Kind is not (JsonItemKind.None or JsonItemKind.Null)))
            {
                yield return new MessagePlace(body.PathOf(item.Range.Offset), item.Range, JsonText.ForPeople(item));
            }
        }
    }

    public override bool IsOf(MessagePlace place, FormatCell? cell, ByteRange range) => Overlap(place.Range, range);

    public override bool IsListed(MessagePlace place, NotMapped listed) => listed.Format == Format && listed.Source == place.Text;
}
