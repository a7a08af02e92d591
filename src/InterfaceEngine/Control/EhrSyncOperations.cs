using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Sources.Ehr.Sync;

namespace InterfaceEngine.Control;

/// <summary>Synchronisations that people and programs want now.</summary>
internal sealed class EhrSyncOperations(EngineParts parts)
{
    public async Task<EhrSyncAnswer> RunAsync(EhrSyncRequest request, CancellationToken cancellationToken)
    {
        if (!parts.Connections.TryGetValue(request.Connection, out var connection) || request.Practices is { } practices && !practices.Contains(connection.Options.Practice) || parts.Sync?.Invoke(request.Connection) is not { } sync)
        {
            throw RequestException.NotFound($"{request.Connection} is no connection of the settings.");
        }

        if (request.ResourceTypes?.Any(type => !FhirResource.IsType(type)) == true)
        {
            throw RequestException.Usage("One of the types is no type of resource: they are written Encounter, DiagnosticReport.");
        }

        // Whom it is about is itself a patient's secret, so that the subject does not say it.
        await parts.Store.AskAsync(request.Audit("ehr sync", connection.Options.Practice, $"{request.Connection}{(request.Patient is null ? "" : ", one patient")}"), _ => 0, cancellationToken);
        try
        {
            var report = await sync.RunAsync(
                new SyncRequest { IncludeStandard = request.IncludeStandard, IncludeEnhanced = request.IncludeEnhanced, Types = request.ResourceTypes, Since = request.Since, Patient = request.Patient }, cancellationToken);
            if (report is { Fetched: 0, Stopped: { } stopped })
            {
                throw RequestException.Of(stopped);
            }

            if (request.Patient is not null && report.Types.Any(type => type is { Type: "Patient", Fetched: 0, Skipped: null }))
            {
                throw RequestException.NotFound($"{request.Connection} has no such patient: give the vendor's number or our id.");
            }

            return new EhrSyncAnswer(request.Connection, Fetched(report, isEnhanced: false), Fetched(report, isEnhanced: true))
            {
                Types = [.. report.Types.Select(type => new EhrSyncTypeView(type.Type, type.IsEnhanced, type.Fetched, type.Created, type.Updated, type.Refused, type.Skipped) { HasFailed = type.HasFailed })],
                Until = report.Until,
            };
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

    private static long Fetched(SyncReport report, bool isEnhanced) => report.Types.Where(type => type.IsEnhanced == isEnhanced).Sum(type => type.Fetched);
}
