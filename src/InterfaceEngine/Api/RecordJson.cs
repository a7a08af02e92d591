using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;

namespace InterfaceEngine.Api;

/// <summary>
/// A record as programs get it: its numbers, its fields by name (a list as a list, a cleared one as null), and where each came from when that is
/// asked for. Written by hand, since fields are the maps' and no type's.
/// </summary>
internal static class RecordJson
{
    /// <param name="definition">Which fields are lists; null where the maps know the type no more.</param>
    /// <param name="hasLineage">With where each field came from.</param>
    public static void Write(Utf8JsonWriter writer, StoredRecord record, RecordDefinition? definition, bool hasLineage)
    {
        writer.WriteStartObject();
        writer.WriteString("id", record.Id.ToString());
        writer.WriteString("practice", record.Practice);
        writer.WriteString("type", record.Type);
        writer.WriteString("externalId", Readable(record.ExternalId));
        writer.WriteNumber("version", record.Version);
        writer.WriteStartArray("aliases");
        foreach (var alias in BookingNames.Told(record.Aliases))
        {
            writer.WriteStartObject();
            writer.WriteString("system", alias.System);
            writer.WriteString("value", Readable(alias.Value));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("fields");
        foreach (var field in record.Fields)
        {
            WriteValue(writer, field, definition?.Find(field.Name)?.IsList ?? false);
        }

        writer.WriteEndObject();
        if (hasLineage)
        {
            WriteLineage(writer, record);
        }

        writer.WriteEndObject();
    }

    /// <summary>An item of a list is named by its patient and its key: <c>12345/AETNA</c>.</summary>
    public static string Readable(string alias) => alias.Replace(FieldValue.ListSeparator, '/');

    private static void WriteValue(Utf8JsonWriter writer, StoredField field, bool isList)
    {
        if (field.Value is not { } value)
        {
            writer.WriteNull(field.Name);
        }
        else if (isList)
        {
            writer.WriteStartArray(field.Name);
            foreach (var item in value.Split(FieldValue.ListSeparator))
            {
                writer.WriteStringValue(item);
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteString(field.Name, value);
        }
    }

    private static void WriteLineage(Utf8JsonWriter writer, StoredRecord record)
    {
        writer.WriteStartObject("lineage");
        foreach (var field in record.Fields)
        {
            writer.WriteStartObject(field.Name);
            if (field.Cause is { } cause)
            {
                writer.WriteString("eventTime", ApiTime.Write(DateTimeOffset.FromUnixTimeMilliseconds(cause.EventTime)));
                writer.WriteString("source", cause.Source);
                writer.WriteString("message", cause.Message.ToString());
            }

            if (field.Cell is { } cell)
            {
                writer.WriteString("cell", cell.ToString());
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
