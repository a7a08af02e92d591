using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>
/// The steps by which a visit of ours comes about, changes and ends at a FHIR server, as an Appointment. Each begins with reading, ends with our record having
/// what the server has, and may be begun anew wherever it was cut off.
/// </summary>
/// <param name="options">What the settings say.</param>
/// <param name="client">The server.</param>
/// <param name="records">Our own side.</param>
internal sealed class FhirVisits(CalledDestinationOptions options, FhirClient client, OwnRecords records) : IOrderCalls
{
    /// <summary>A resource that others change all the time is tried again later.</summary>
    private const int UpdatesMax = 5;

    private const string CancelReasons = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason";

    private static readonly string[] _words = ["reasonCode", "comment", "description", "patientInstruction"];

    private readonly FhirVisitSearch _search = new(client);

    public async Task<string> DoAsync(CallOrder order, CancellationToken cancellationToken)
    {
        var wanted = WantedResource.Of(await records.WithPatientAsync(order, cancellationToken));
        return order.Event switch
        {
            CallOrder.Booked => await BookAsync(wanted, cancellationToken),
            CallOrder.Cancelled => await CancelAsync(wanted, cancellationToken),
            _ => await ModifyAsync(wanted, cancellationToken),
        };
    }

    /// <summary>Books a visit, if it is not.</summary>
    private async Task<string> BookAsync(WantedResource wanted, CancellationToken cancellationToken)
    {
        var number = await records.NumberOfAsync(wanted.Visit, cancellationToken) ?? (await _search.FindAsync(wanted, cancellationToken))?.Id;
        if (number is null)
        {
            return await CreateAsync(wanted, cancellationToken);
        }

        if (await ReadAsync(wanted, number, cancellationToken) is not { Visit.IsOver: false })
        {
            throw new HeldException("over", "The visit was booked at the vendor, and does not stand there any more. Book another, and dismiss this.");
        }

        // It stands as the vendor has it by now. Who booked it there before us said nothing of what is to be said here.
        var code = await SettleAsync(wanted, number, "booked", cancellationToken);
        await UpdateAsync(wanted with { Order = wanted.Order with { Changed = [] } }, Unsaid, cancellationToken);
        return code;
    }

    /// <summary>Changes or moves a visit that stands, as far as it is not so already.</summary>
    private async Task<string> ModifyAsync(WantedResource wanted, CancellationToken cancellationToken)
    {
        var visit = await UpdateAsync(wanted, Moved, cancellationToken)
            ?? throw new HeldException("not there", "The vendor has no such visit of this patient: it was never booked there, or does not stand any more. Look at the deliveries before this one.");
        return await SettleAsync(wanted, visit, wanted.Changed("start_time") ? "moved" : "changed", cancellationToken);
    }

    /// <summary>Cancels a visit, if it stands.</summary>
    private async Task<string> CancelAsync(WantedResource wanted, CancellationToken cancellationToken) =>
        await UpdateAsync(wanted, Cancelled, cancellationToken) is { } visit ? await SettleAsync(wanted, visit, "cancelled", cancellationToken)

            // Cancelled already, or never there: either way the patient has no such visit at the vendor.
            : await ThereAsync(wanted, cancellationToken) is { } over ? await SettleAsync(wanted, over.Visit.Id, "cancelled", cancellationToken)
            : await records.NumberOfAsync(wanted.Visit, cancellationToken) is { } number && await FindAsync(number, cancellationToken) is { Visit.IsOver: false }
                ? throw new HeldException("another patient", "The visit stands at the vendor for another patient than here. Nothing was cancelled. If the two were merged there, have the merge told here, then retry.")
            : "not there";

    private async Task<string> CreateAsync(WantedResource wanted, CancellationToken cancellationToken)
    {
        var unless = await _search.UnlessAsync(wanted, cancellationToken);
        string id;
        try
        {
            id = (await client.CreateAsync(FhirVisit.Type, wanted.AsNew(), unless, CallPriority.Booking, cancellationToken)).Id;
        }
        catch (EhrException failure) when (failure.Fault is EhrFault.Conflict or EhrFault.Invalid)
        {
            // Our own call before this one may have come through after we had looked.
            if (await _search.FindAsync(wanted, cancellationToken) is not { IsOver: false } mine)
            {
                throw;
            }

            id = mine.Id;
        }

        return await SettleAsync(
            wanted,
            id.Length > 0 ? id : (await _search.FindAsync(wanted, cancellationToken))?.Id ?? throw Unfinished("the booking was taken, and the visit is not there yet"),
            "booked",
            cancellationToken);
    }

    /// <summary>Writes what was changed over the visit as it is at the vendor, so often until nobody changed it in between.</summary>
    /// <param name="beside">What the tables do not write.</param>
    /// <returns>Its id; null when no such visit stands.</returns>
    private async Task<string?> UpdateAsync(WantedResource wanted, Action<WantedResource, FhirVisit, JsonObject> beside, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < UpdatesMax; attempt++)
        {
            if (await ThereAsync(wanted, cancellationToken) is not { Visit.IsOver: false } there)
            {
                return null;
            }

            var (held, visit) = there;
            var next = JsonNode.Parse(records.Amend(wanted.Order, $"FHIR {FhirVisit.Type}", held.Json).Span)!.AsObject();
            beside(wanted, visit, next);
            if (JsonNode.DeepEquals(JsonNode.Parse(held.Json.Span), next))
            {
                return visit.Id;
            }

            try
            {
                await client.UpdateAsync(FhirVisit.Type, visit.Id, Encoding.UTF8.GetBytes(next.ToJsonString()), held.ETag, CallPriority.Booking, cancellationToken);
                return visit.Id;
            }
            catch (EhrException failure) when (failure.Status is HttpStatusCode.PreconditionFailed)
            {
                // Somebody changed it since it was read: what they changed stays.
            }
        }

        throw Unfinished("the visit is changed by others again and again");
    }

    /// <summary>The visit as the vendor has it, by its number or, where the answer that had it was lost, by ours; null when there is none of this patient.</summary>
    private async Task<(FhirResource Resource, FhirVisit Visit)?> ThereAsync(WantedResource wanted, CancellationToken cancellationToken)
    {
        var number = await records.NumberOfAsync(wanted.Visit, cancellationToken) ?? (await _search.FindAsync(wanted, cancellationToken))?.Id;
        return number is null ? null : await ReadAsync(wanted, number, cancellationToken);
    }

    private async Task<(FhirResource Resource, FhirVisit Visit)?> ReadAsync(WantedResource wanted, string number, CancellationToken cancellationToken)
    {
        return await FindAsync(number, cancellationToken) is { } there && there.Visit.Patient == wanted.Resource.Patient ? there : null;
    }

    /// <summary>The visit, whosever it is; null when there is none.</summary>
    private async Task<(FhirResource Resource, FhirVisit Visit)?> FindAsync(string number, CancellationToken cancellationToken)
    {
        try
        {
            var resource = await client.ReadAsync(FhirVisit.Type, number, CallPriority.Booking, cancellationToken);
            return (resource, FhirVisit.Of(resource.Json));
        }
        catch (EhrException failure) when (failure.Fault is EhrFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>Gives our record the number and what the vendor has. Only then it is delivered.</summary>
    private async Task<string> SettleAsync(WantedResource wanted, string number, string code, CancellationToken cancellationToken)
    {
        if (await ReadAsync(wanted, number, cancellationToken) is not { } there || there.Visit.IsOver != (code == "cancelled"))
        {
            throw Unfinished("the call was taken, and the visit is not yet as it was asked for");
        }

        if (await records.RenumberAsync(wanted.Visit, number, cancellationToken) is { } other)
        {
            throw new HeldException(
                HeldException.TwoRecords,
                $"The vendor has the visit under a number by which appointment {other} is known here. It stands at the vendor; decide which of the two is to stay here.");
        }

        await records.TakeAsync(wanted.Order, there.Resource.Document, there.Resource.ServerTime, cancellationToken);
        return code;
    }

    /// <summary>A visit that is moved, to another time, place or practitioner, leaves its slot for the one that was chosen, if any was.</summary>
    private static void Moved(WantedResource wanted, FhirVisit visit, JsonObject next)
    {
        if ((wanted.Changed("start_time") && visit.Start != wanted.Resource.Start)
            || (wanted.Changed("provider_id") && visit.Practitioner != wanted.Resource.Practitioner)
            || (wanted.Changed("location_id") && visit.Location != wanted.Resource.Location))
        {
            next.Remove("slot");
            wanted.Choose(next);
        }
    }

    /// <summary>What the visit says nothing of there, and is said here: why the patient comes, and what the clinic should know.</summary>
    private static void Unsaid(WantedResource wanted, FhirVisit visit, JsonObject next)
    {
        var said = JsonNode.Parse(wanted.Order.Call.Span)!.AsObject();
        foreach (var name in _words.Where(name => next[name] is null && said[name] is not null))
        {
            next[name] = said[name]!.DeepClone();
        }
    }

    /// <summary>R4 wants to know why.</summary>
    private void Cancelled(WantedResource wanted, FhirVisit visit, JsonObject next) =>
        next["cancelationReason"] ??= new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = CancelReasons, ["code"] = options.CancelReason ?? "other" }) };

    private static EhrException Unfinished(string what) => new(EhrFault.ServerFailed, $"FHIR: {what}.");
}
