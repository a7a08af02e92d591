using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>An order of a visit as a resource.</summary>
/// <param name="Order">As it was written.</param>
/// <param name="Visit">Our id.</param>
/// <param name="Resource">What the resource says.</param>
internal sealed record WantedResource(CallOrder Order, EngineId Visit, FhirVisit Resource)
{
    /// <summary>By what the server knows it again as ours: our id, which the tables write as the number of whoever books.</summary>
    public string Identifier { get; } = Visit.ToString();

    /// <exception cref="FormatException">It is no order of a visit, or lacks what every visit has.</exception>
    public static WantedResource Of(CallOrder order)
    {
        var resource = FhirVisit.Of(order.Call);
        return EngineId.TryParse(order.Visit, out var id) && resource is { Patient: not null, Start: not null }
            ? new WantedResource(order, id, resource)
            : throw new FormatException("the order lacks the patient or the time of the visit.");
    }

    /// <summary>Whether a field is one of those that changed.</summary>
    public bool Changed(string field) => Order.Changed.Contains(field);

    /// <summary>The resource as a server takes a new one: it gives the id itself.</summary>
    public byte[] AsNew()
    {
        var resource = JsonNode.Parse(Order.Call.Span)!.AsObject();
        resource.Remove("id");
        Choose(resource);
        return Encoding.UTF8.GetBytes(resource.ToJsonString());
    }

    /// <summary>Names the slot that somebody chose.</summary>
    public void Choose(JsonObject resource)
    {
        if (Order.Slot is { } slot)
        {
            resource["slot"] = new JsonArray(new JsonObject { ["reference"] = $"Slot/{slot}" });
        }
    }
}
