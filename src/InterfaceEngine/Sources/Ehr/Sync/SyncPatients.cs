using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>The patients that a practice knows, as a vendor's FHIR numbers them.</summary>
internal sealed class SyncPatients(IEngineStore store, Practice practice, EhrConnection vendor)
{
    private const int PageMax = 500;

    private readonly ConnectionOptions _connection = vendor.Options;

    /// <summary>
    /// In the order of our ids. Those who are one with another are asked for as well: the vendor may still know both. Where a user's consent opened one patient's record, that one
    /// alone, known or not. Who has no number of the vendor's yet is among them, and can't be asked for.
    /// </summary>
    /// <param name="after">Only those behind this one.</param>
    public async IAsyncEnumerable<SyncPatient> AllAsync(long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await vendor.OnlyPatientAsync(cancellationToken) is { } only)
        {
            if (await FindAsync(only, cancellationToken) is var launched && (after == 0 || launched.Record > after))
            {
                yield return launched;
            }

            yield break;
        }

        while (true)
        {
            var page = await store.LookAsync(reader => reader.Records(practice.Id, RecordDefinition.Patient, new EngineId(after), PageMax), cancellationToken);
            foreach (var record in page)
            {
                after = record.Id.Value;
                yield return Of(record) ?? new SyncPatient(record.Id.Value, "", "", IdSource.TimeOf(record.Id), DateTimeOffset.MinValue);
            }

            if (page.Count < PageMax)
            {
                yield break;
            }
        }
    }

    /// <summary>Whether there is anybody to ask for.</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await foreach (var patient in AllAsync(0, cancellationToken))
        {
            if (patient.HasNumber)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One patient, by our id, or by the vendor's number or id; also one who is not known yet.</summary>
    public async Task<SyncPatient> FindAsync(string id, CancellationToken cancellationToken)
    {
        var record = EngineId.TryParse(id, out var own) ? await store.LookAsync(reader => reader.Record(practice.Id, own), cancellationToken) : null;
        return record is { Type: RecordDefinition.Patient } && Of(record) is { } known
            ? known
            : new SyncPatient(0, FhirIds.OfPatient(_connection, id), FhirIds.NumberOf(_connection, id) ?? id, default, DateTimeOffset.MaxValue);
    }

    private SyncPatient? Of(StoredRecord record) => OutboundMessages.IdOf(record, practice) is { } number
        ? new SyncPatient(record.Id.Value, FhirIds.OfPatient(_connection, number), FhirIds.NumberOf(_connection, number) ?? number, IdSource.TimeOf(record.Id), ToldAt(record))
        : null;

    /// <summary>When the last message came that told anything of the patient, by our clock.</summary>
    private static DateTimeOffset ToldAt(StoredRecord record) => IdSource.TimeOf(record.Fields.Max(field => field.Cause?.Message) is { } last && last > record.Id ? last : record.Id);
}

/// <param name="Record">Our id; 0 for one who is not known.</param>
/// <param name="Id">The vendor's, in FHIR.</param>
/// <param name="Number">The vendor's, in its other interfaces.</param>
/// <param name="MadeAt">When our record was made, by our clock.</param>
/// <param name="ToldAt">When something was told of the patient last, by our clock.</param>
internal readonly record struct SyncPatient(long Record, string Id, string Number, DateTimeOffset MadeAt, DateTimeOffset ToldAt)
{
    public bool HasNumber => Id.Length > 0;
}
