using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using NodaTime.Text;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>
/// The steps by which a patient of ours becomes known to a FHIR server and is changed there, as a Patient. Each begins with reading, ends with our record
/// having what the server has, and may be begun anew wherever it was cut off.
/// </summary>
/// <param name="client">The server.</param>
/// <param name="records">Our own side.</param>
internal sealed class FhirRegistration(FhirClient client, OwnRecords records) : IOrderCalls
{
    private const string Type = "Patient";

    /// <summary>A resource that others change all the time is tried again later.</summary>
    private const int UpdatesMax = 5;

    /// <summary>As many of one name and birth date as nobody has to choose from.</summary>
    private const int FoundMax = 50;

    private ConnectionOptions Options => client.Connection.Options;

    public async Task<string> DoAsync(CallOrder order, CancellationToken cancellationToken)
    {
        var wanted = WantedPerson.OfFhir(order);
        return await records.NumberOfAsync(wanted.Patient, cancellationToken) is not { } number ? await RegisterAsync(wanted, cancellationToken)
            : order.Event == CallOrder.Registered ? await SettleAsync(wanted, FhirIds.OfPatient(Options, number), "registered", cancellationToken)
            : await UpdateAsync(wanted, FhirIds.OfPatient(Options, number), cancellationToken);
    }

    /// <summary>Registers a patient, if the server does not know her.</summary>
    private async Task<string> RegisterAsync(WantedPerson wanted, CancellationToken cancellationToken)
    {
        var known = await CapabilitiesAsync("create", cancellationToken);
        var search = new FhirPatients(client, client.Connection.Options.Id) { Priority = CallPriority.Booking };

        // Our own call before this one may have come through, and its answer been lost.
        if (known?.Seeks(Type, "identifier") != false && await search.SearchAsync(new FhirPersonQuery { Identifier = wanted.Patient.ToString() }, 1, cancellationToken) is { Found: [var own] })
        {
            return await SettleAsync(wanted, own.Id, "registered", cancellationToken);
        }

        var person = wanted.Person;
        var (found, _) = await search.SearchAsync(new FhirPersonQuery { Family = person.LastName, BirthDate = LocalDatePattern.Iso.Format(person.Born!.Value) }, FoundMax, cancellationToken);
        if (await PersonMatch.FindAsync(wanted, found.Select(one => KnownPerson.Of(one, FhirIds.NumberOf(Options, one.Id) ?? one.Id)), records, cancellationToken) is { } number)
        {
            return await SettleAsync(wanted, FhirIds.OfPatient(Options, number), "known there", cancellationToken);
        }

        var unless = known?.ConditionalCreates.Contains(Type) == true ? $"identifier={wanted.Patient}" : null;
        var made = await client.CreateAsync(Type, AsNew(wanted), unless, CallPriority.Booking, cancellationToken);
        return await SettleAsync(wanted, made.Id.Length > 0 ? made.Id : throw Unfinished("the registration was taken, and the answer has no id"), "registered", cancellationToken);
    }

    /// <summary>Writes what changed over what the server has now, so often until nobody changed it in between.</summary>
    private async Task<string> UpdateAsync(WantedPerson wanted, string id, CancellationToken cancellationToken)
    {
        await CapabilitiesAsync("update", cancellationToken);
        for (var attempt = 0; attempt < UpdatesMax; attempt++)
        {
            var held = await ReadAsync(id, cancellationToken);
            var next = records.Amend(wanted.Order, $"FHIR {Type}", held.Json);
            if (JsonNode.DeepEquals(JsonNode.Parse(held.Json.Span), JsonNode.Parse(next.Span)))
            {
                return await SettleAsync(wanted, id, "changed", cancellationToken);
            }

            try
            {
                await client.UpdateAsync(Type, id, next, held.ETag, CallPriority.Booking, cancellationToken);
                return await SettleAsync(wanted, id, "changed", cancellationToken);
            }
            catch (EhrException failure) when (failure.Status is HttpStatusCode.PreconditionFailed)
            {
                // Somebody changed it since it was read: what they changed stays.
            }
        }

        throw Unfinished("the patient is changed by others again and again");
    }

    /// <summary>What the server says that it can do; null where it does not say.</summary>
    /// <exception cref="HeldException">It says that it can't do this.</exception>
    private async Task<FhirCapabilities?> CapabilitiesAsync(string interaction, CancellationToken cancellationToken) =>
        await client.Connection.Discovery.CapabilitiesAsync(cancellationToken) is not { } known ? null
        : known.Can(Type, interaction) ? known
        : throw new HeldException(
            "no patients",
            $"The server of {Options.Id} says that it takes no Patient ({interaction}): patients are only read there. Tell the vendor in another way, and dismiss this.");

    private async Task<FhirResource> ReadAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ReadAsync(Type, id, CallPriority.Booking, cancellationToken);
        }
        catch (EhrException missing) when (missing.Fault is EhrFault.NotFound)
        {
            throw new HeldException("not there", "The server has no patient of this id. Nothing was changed there.");
        }
    }

    /// <summary>Gives our record the number and what the server has. Only then it is delivered.</summary>
    private async Task<string> SettleAsync(WantedPerson wanted, string id, string code, CancellationToken cancellationToken)
    {
        var resource = await ReadAsync(id, cancellationToken);
        if (await records.RenumberAsync(wanted.Patient, FhirIds.NumberOf(Options, id) ?? id, cancellationToken) is { } other)
        {
            throw new HeldException(
                HeldException.TwoRecords,
                $"The vendor knows the patient by a number that patient {other} has here. Book and change that one, and dismiss this; or, where they are two people, say so (patients change --another).");
        }

        await records.TakeAsync(wanted.Order, resource.Document, resource.ServerTime, cancellationToken);
        return code;
    }

    /// <summary>The resource as a server takes a new one: it gives the id itself, and knows the patient again as ours by our id.</summary>
    private static byte[] AsNew(WantedPerson wanted)
    {
        var resource = JsonNode.Parse(wanted.Order.Call.Span)!.AsObject();
        resource.Remove("id");
        resource["identifier"] = new JsonArray(new JsonObject
        {
            ["use"] = "secondary",
            ["type"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v2-0203", ["code"] = "PI" }) },
            ["value"] = wanted.Patient.ToString(),
            ["assigner"] = new JsonObject { ["display"] = "Practice Studio" },
        });
        return Encoding.UTF8.GetBytes(resource.ToJsonString());
    }

    private static EhrException Unfinished(string what) => new(EhrFault.ServerFailed, $"FHIR: {what}.");
}
