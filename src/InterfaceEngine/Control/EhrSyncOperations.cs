using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Sources.Ehr.Sync;

namespace InterfaceEngine.Control;

/// <summary>Synchronisations that people and programs want now.</summary>
internal sealed class EhrSyncOperations(EngineParts parts)
{
    public async Task<EhrSyncAnswer> RunAsync(EhrSyncRequest request, CancellationToken cancellationToken)
    {
        var connection = parts.ConnectionOf(request);
        if (request.ResourceTypes?.Select(FhirResource.WhyNoType).FirstOrDefault(why => why is not null) is { } wrong)
        {
            throw RequestException.Usage(wrong);
        }

        parts.CheckSince(request.Since);

        // Whom it is about is itself a patient's secret, so that the subject does not say it.
        await parts.Store.AskAsync(request.Audit("ehr sync", connection.Options.Practice, $"{request.Connection}{(request.Patient is null ? "" : ", one patient")}"), _ => 0, cancellationToken);
        try
        {
            var wanted = new SyncRequest
            {
                IncludeStandard = request.IncludeStandard,
                IncludeEnhanced = request.IncludeEnhanced,
                Types = request.ResourceTypes,
                Since = request.Since,
                Patient = request.Patient,
            };
            var report = await parts.VendorOf(connection).Sync().RunAsync(wanted, cancellationToken);
            if (report is { Fetched: 0, Stopped: { } stopped })
            {
                throw RequestException.Of(stopped);
            }

            if (request.Patient is not null && report.Types.Any(type => type is { Type: "Patient", Fetched: 0, Skipped: null }))
            {
                throw RequestException.NotFound($"{request.Connection} has no such patient: give the vendor's number or our id.");
            }

            return View(request.Connection, report);
        }
        catch (SyncBusyException busy)
        {
            throw RequestException.Refused(busy.Message);
        }
        catch (EhrException fault)
        {
            throw RequestException.Of(fault);
        }
    }

    /// <summary>What became of the last one, for whoever did not wait for its answer.</summary>
    public async Task<EhrSyncStateAnswer> ShowAsync(EhrSyncStateRequest request, CancellationToken cancellationToken)
    {
        var connection = parts.ConnectionOf(request).Options;
        var leases = await parts.Store.ReadAsync(reader => reader.Leases(), cancellationToken);
        var isHeld = leases.Any(lease => lease.Name == VendorSync.LeaseOf(connection.Id) && lease.EndsIn > TimeSpan.Zero);
        if (await new SyncStates(parts.Store.Connections, connection.Practice, connection.Id).FindAsync(cancellationToken) is not { } last)
        {
            return new EhrSyncStateAnswer(connection.Id, isHeld ? "running" : "never");
        }

        return new EhrSyncStateAnswer(connection.Id, last.Types is not null ? "done" : isHeld ? "running" : "broken off")
        {
            BeganAt = last.BeganAt,
            EndedAt = last.EndedAt,
            Result = last.Types is { } types ? View(connection.Id, new SyncReport(types) { Notes = last.Notes ?? [] }) : null,
        };
    }

    private static EhrSyncAnswer View(string connection, SyncReport report) => new(connection, Fetched(report, isEnhanced: false), Fetched(report, isEnhanced: true))
    {
        Types = [.. report.Types.Select(Of)],
        Until = report.Until,
        Notes = report.Notes,
    };

    private static EhrSyncTypeView Of(SyncedType type) => new(type.Type, type.IsEnhanced, type.Fetched, type.Created, type.Updated, type.Refused, type.Skipped)
    {
        Held = type.Held,
        Parked = type.Parked,
        HasFailed = type.HasFailed,
    };

    private static long Fetched(SyncReport report, bool isEnhanced) => report.Types.Where(type => type.IsEnhanced == isEnhanced).Sum(type => type.Fetched);
}
