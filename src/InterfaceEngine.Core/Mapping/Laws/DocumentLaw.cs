using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>
/// L2 for the JSON documents of one practice: a document is read and written back over itself. What is there is said already, so only
/// what a formula works out may change, and the changed document must be read as the same record.
/// </summary>
internal sealed class DocumentLaw(PracticeMaps maps)
{
    private static readonly Instant _received = Instant.FromUtc(2030, 1, 1, 12, 0);

    private readonly PracticeReader _reader = new(maps);
    private PracticeWriter? _writer;

    /// <summary>Runs the law for a document.</summary>
    /// <param name="body">The document.</param>
    /// <param name="type">The record type that the document's test is about.</param>
    /// <param name="normalised">Counts the paths whose value changed, by format.</param>
    /// <returns>Null when the document makes no record that could be written; else what went wrong, or an empty text.</returns>
    public string? FaultOf(JsonBody body, string type, IDictionary<string, int> normalised)
    {
        var map = maps.Find(type);
        var isFhir = JsonMessage.IsFhir(body);
        var message = isFhir ? JsonMessage.FhirMessageOf(body.Root) : map?.Messages.FirstOrDefault(rule => rule.Format == MapFormat.AthenaNet)?.Message ?? "";
        var read = _reader.Read(body, message, new ReadContext(_received));
        if (read.IsRejected || read.Records is not [var record] || JsonMessage.Objects(body) is not [var original])
        {
            return null;
        }

        var fresh = new FreshRecords([record]);
        var (written, document) = (_writer ??= new PracticeWriter(_reader)).Documents.WriteWhole(new OutgoingDocument
        {
            Message = message,
            Record = fresh.Records[0],
            ExternalIdOf = fresh.ExternalIdOf,
            Instant = _received,
            Over = body,
        });

        // A test's document need not be one that its server would take, and may lack what a new record needs.
        if (written.Notes.FirstOrDefault(note => note.Severity == NoteSeverity.Reject) is { } refusal)
        {
            return refusal.Code is WritingCodes.Required or WritingCodes.R4Required or WritingCodes.R4Shape or WritingCodes.Reference or WritingCodes.Code or WritingCodes.PatientId ? null : $"{refusal.Code} {refusal.Field}: {refusal.Reason}";
        }

        var after = JsonBody.Parse(document!.ToBytes());
        foreach (var difference in JsonDifference.Between(original, after.Root))
        {
            var place = $"{(isFhir ? MapFormat.Fhir : MapFormat.AthenaNet).Title()} {difference.Path}";
            normalised[place] = (normalised.TryGetValue(place, out var count) ? count : 0) + 1;
        }

        var again = _reader.Read(after, message, new ReadContext(_received)).Records.SingleOrDefault();
        var other = record.Fields.Where(field => again?[field.Definition.Name] != field.Value).Select(field => field.Definition.Name).FirstOrDefault();
        return other is null ? "" : $"{type} {other} is read otherwise from what was written back.";
    }
}
