using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Fhir;
using InterfaceEngine.Sandbox.Vendors.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Bulk;

/// <summary>The files of an export: each makes its lines as they are sent.</summary>
internal static class BulkFiles
{
    private const string Observation = "Observation";
    private static readonly byte[] _broken = "{ \"resourceType\": \"Observation\", \"id\": \n"u8.ToArray();

    public static IEnumerable<BulkFile> Of(BulkJob job, VendorExport export)
    {
        foreach (var type in job.Types)
        {
            foreach (var (people, number) in job.Snapshot.Sources.Chunk(export.PeopleInFile).Select((people, index) => (people, index + 1)))
            {
                var count = people.Sum(source => Resources(job, type, source).Count());
                if (count > 0)
                {
                    var isBroken = export.HasBrokenLine && type == Observation && number == 1;
                    yield return new BulkFile("output", type, Name(type, number), count, (stream, cancellationToken) => WriteAsync(stream, people.SelectMany(source => Resources(job, type, source)), isBroken, cancellationToken));
                }
            }

            foreach (var further in type == Observation ? Further(job, export) : [])
            {
                yield return further;
            }
        }

        foreach (var withdrawn in Withdrawn(job))
        {
            yield return withdrawn;
        }

        if (export.HasErrors)
        {
            var outcome = FhirAnswers.Outcome(200, "processing", "Some resources of one patient could not be exported.");
            yield return new BulkFile("error", "OperationOutcome", "errors.ndjson", 1, (stream, cancellationToken) => stream.WriteAsync(new ReadOnlyMemory<byte>([.. outcome.Body, (byte)'\n']), cancellationToken).AsTask());
        }
    }

    private static IEnumerable<FhirResource> Resources(BulkJob job, string type, ChartSource source) => job.Snapshot.Of(type, source).Where(resource => job.Has(resource.Updated));

    private static string Name(string type, int number) => string.Create(CultureInfo.InvariantCulture, $"{type}.{number}.ndjson");

    private static IEnumerable<BulkFile> Further(BulkJob job, VendorExport export)
    {
        for (var first = 0; first < export.FurtherObservations && job.Has(FurtherObservations.Updated); first += export.FurtherInFile)
        {
            var (begin, count) = (first, Math.Min(export.FurtherInFile, export.FurtherObservations - first));
            var people = job.Snapshot.Sources.Select(source => job.Snapshot.Resources.Ids.Patient(source.Person.Id)).ToArray();
            yield return new BulkFile("output", Observation, Name("Observation.further", (first / export.FurtherInFile) + 1), count, (stream, cancellationToken) => FurtherObservations.WriteAsync(stream, people, begin, count, cancellationToken));
        }
    }

    /// <summary>What there is no more since the last export, as Bundles that say DELETE.</summary>
    private static IEnumerable<BulkFile> Withdrawn(BulkJob job)
    {
        var gone = job.Since is { } since ? job.Snapshot.Withdrawn.Where(one => one.Value > since && job.Types.Contains(one.Key.Type)).Select(one => one.Key).ToList() : [];
        if (gone.Count > 0)
        {
            var bundle = new JsonObject
            {
                ["resourceType"] = "Bundle",
                ["id"] = job.Id,
                ["type"] = "transaction",
                ["entry"] = new JsonArray([.. gone.Select(one => new JsonObject { ["request"] = new JsonObject { ["method"] = "DELETE", ["url"] = $"{one.Type}/{one.Id}" } })]),
            };
            var line = Encoding.UTF8.GetBytes(bundle.ToJsonString() + "\n");
            yield return new BulkFile("deleted", "Bundle", "deleted.ndjson", 1, (stream, cancellationToken) => stream.WriteAsync(line, cancellationToken).AsTask());
        }
    }

    private static async Task WriteAsync(Stream stream, IEnumerable<FhirResource> resources, bool isBroken, CancellationToken cancellationToken)
    {
        var number = 0;
        foreach (var resource in resources)
        {
            var line = ++number == 3 && isBroken ? _broken : Encoding.UTF8.GetBytes(resource.Body.ToJsonString() + "\n");
            await stream.WriteAsync(line, cancellationToken);
        }
    }
}
