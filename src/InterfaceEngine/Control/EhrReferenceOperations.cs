using InterfaceEngine.Ehr;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Ehr.References;

namespace InterfaceEngine.Control;

/// <summary>The vendor's departments and providers beside the practice's own tables of them. What is new can be written into the mapping folder, to be deployed as always.</summary>
internal sealed class EhrReferenceOperations(EngineParts parts)
{
    public async Task<EhrReferencesAnswer> CompareAsync(EhrReferencesRequest request, CancellationToken cancellationToken)
    {
        var connection = parts.ConnectionOf(request);
        var check = parts.VendorOf(connection).References();
        try
        {
            var (differences, state) = await check.RunAsync(
                request.Actor, CallPriority.Interactive, request.IsWritten ? request.Audit("ehr references", connection.Options.Practice, null) : null, cancellationToken);
            var views = differences.Select(one => new EhrReferenceView(one.Table, one.Change, one.VendorId, one.Name, one.Npi, one.Zone, one.Was));
            return new EhrReferencesAnswer(connection.Options.Id, [.. views]) { Written = request.IsWritten ? state.Written : [] };
        }
        catch (EhrException fault)
        {
            throw RequestException.Of(fault);
        }
        catch (ChangeRefusedException refused)
        {
            throw RequestException.Of(refused);
        }
        catch (ReferenceFileException failed)
        {
            throw RequestException.Refused(failed.Message);
        }
    }
}
