using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Explaining;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Control.Explaining;

/// <summary>A stored message read again by the set that mapped it.</summary>
/// <param name="Stored">As it is kept.</param>
/// <param name="Reader">What read it.</param>
/// <param name="Content">What it says.</param>
internal sealed record ToldMessage(StoredMessage Stored, PracticeReader Reader, ExplainedMessage Content)
{
    /// <summary>Reads a message again; null when it can't be read, or the set is not to be had.</summary>
    public static ToldMessage? Read(StoredMessage stored, PracticeReader? reader)
    {
        var context = new ReadContext(Instant.FromUnixTimeMilliseconds(stored.ReceivedAt));
        if (reader is null)
        {
            return null;
        }

        if (FileRow.IsKind(stored.Event))
        {
            return FileRow.TryParse(stored.Body, stored.Event, stored.Number, out var row, out _) ? new ToldMessage(stored, reader, ExplainedMessage.Of(reader, row, context)) : null;
        }

        if (Hl7Message.TryParse(stored.Body, new Hl7ParseOptions { FallbackCharacterSet = reader.Practice.FallbackCharacterSet }, out var message, out _))
        {
            return new ToldMessage(stored, reader, ExplainedMessage.Of(reader, message, context));
        }

        return JsonBody.TryParse(stored.Body, out var body, out _) ? new ToldMessage(stored, reader, ExplainedMessage.Of(reader, body, stored.Event, context)) : null;
    }

    /// <summary>What it said of a record: of two that are one, the part that stood where the field's value did.</summary>
    public TracedRecord? Find(StoredRecord record, string field, ByteRange place)
    {
        var own = Content.Records.Where(one => one.Record.Type == record.Type).ToList();
        return own.Find(one => !place.IsNone && one.Record.Fields.Any(said => said.Definition.Name == field && said.Place == place))
            ?? own.FindLast(one => one.Record.Aliases.Any(record.Aliases.Contains))
            ?? (own.Count == 1 ? own[0] : null);
    }
}
