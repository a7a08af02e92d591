using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// How a record is withdrawn whose resource was deleted at the sender: it says what it would say were it entered in error. Where no row of the table can say that, a
/// person decides.
/// </summary>
internal sealed class WithdrawalRule(RecordMap map, MapFormat format)
{
    private readonly IncomingField? _field = format == MapFormat.Fhir ? Field(map) : null;

    /// <summary>The record as it is withdrawn; null when a person was asked instead.</summary>
    /// <param name="reading">Where notes go.</param>
    /// <param name="deleted">What was deleted.</param>
    /// <param name="rule">The message's.</param>
    /// <param name="name">The record's name.</param>
    /// <param name="isByTeller">The name is that of the resource that told of the record, which may be known by another.</param>
    public IncomingRecord? Read(RecordReading reading, DeletedResource deleted, MessageRule rule, RecordAlias name, bool isByTeller)
    {
        if (_field is not { } field)
        {
            reading.Scope.Begin(null, null);
            reading.Scope.Path = "entry.request.url";
            reading.Scope.Review(
                MappingCodes.DeletedHow, $"a {deleted.Type} was deleted at the sender, and no row of {map.Type} says that it is withdrawn.", "", $"a {deleted.Type} was deleted at the sender.",
                "What was taken of it stands; a person should look at it.", "deleted", $"{map.Type}\n{name.Value}");
            return null;
        }

        return new IncomingRecord
        {
            Definition = map.Definition,
            Verb = rule.Verb,
            Aliases = [name],
            Fields = [field],
            Format = format.Title(),
            EventTime = reading.EventTime,
            IsDeletion = true,
            DeletedBy = isByTeller ? new LookUpKey(map.Type, DeletedResource.Field, name.Value) : null,
        };
    }

    /// <summary>The field whose code table reads FHIR's own word for what was entered in error, else <c>active</c>, which is false then.</summary>
    private static IncomingField? Field(RecordMap map)
    {
        foreach (var row in map.Rows.Where(row => !row.IsTransient && row.Cells.ContainsKey(MapFormat.Fhir)))
        {
            var value = row.As.Codes is { } codes ? codes.Read(MapFormat.Fhir, "entered-in-error") : row is { Name: "active", As.Type: "bool" } ? "false" : null;
            if (value is not null)
            {
                return new IncomingField(row.Definition, FieldValue.Of(value), row.Cells[MapFormat.Fhir].Reference, ByteRange.None, IsOfEvent: true);
            }
        }

        return null;
    }
}
