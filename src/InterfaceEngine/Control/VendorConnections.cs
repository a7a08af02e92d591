using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Ehr;

namespace InterfaceEngine.Control;

/// <summary>The connection that somebody asks for.</summary>
internal static class VendorConnections
{
    /// <summary>Whoever may not speak of its practice is told that there is none.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public static EhrConnection ConnectionOf<T>(this EngineParts parts, EhrRequest<T> request)
        where T : ControlAnswer =>
        parts.Connections.TryGetValue(request.Connection, out var connection) && request.Practices?.Contains(connection.Options.Practice) != false
            ? connection
            : throw RequestException.NotFound($"{request.Connection} is no connection of the settings.");

    /// <summary>What works over a connection.</summary>
    /// <exception cref="RequestException">No mappings are loaded, so nothing that a vendor tells could be read.</exception>
    public static VendorParts VendorOf(this EngineParts parts, EhrConnection connection) => parts.Vendor?.Invoke(connection)
        ?? throw RequestException.Refused("No mappings are loaded, so nothing that a vendor tells could be read.");

    /// <summary>athenaNet's calls over a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="actor">Who asks, for the log.</param>
    /// <exception cref="RequestException">It has no athenaNet.</exception>
    public static AthenaNetClient AthenaNet(this EhrConnection connection, string actor) => connection.Options.Rest is null
        ? throw RequestException.Refused($"{connection.Options.Id} has no athenaNet (Connections:{connection.Options.Id}:Rest), and what is asked for is there alone.")
        : new AthenaNetClient(connection) { Priority = CallPriority.Interactive, Actor = actor };

    /// <summary>FHIR over a connection.</summary>
    /// <exception cref="RequestException">It has none.</exception>
    public static FhirClient Fhir(this EhrConnection connection) => connection.Options.Fhir is null
        ? throw RequestException.Refused($"{connection.Options.Id} has no FHIR (Connections:{connection.Options.Id}:Fhir), and what is asked for is there alone.")
        : new FhirClient(connection);

    /// <summary>How the practice's tables name what a visit refers to.</summary>
    /// <exception cref="RequestException">They have no appointments.</exception>
    public static VisitNames NamesOrRefuse(this AppointmentDesk desk, string practice)
    {
        try
        {
            return desk.NamesOf(practice);
        }
        catch (ChangeRefusedException refused)
        {
            throw RequestException.Of(refused);
        }
    }

    /// <summary>Since a time that lies ahead nothing has changed, and nobody would notice that nothing comes. Clocks may differ by a day's zones.</summary>
    /// <exception cref="RequestException">It lies ahead.</exception>
    public static void CheckSince(this EngineParts parts, DateTimeOffset? since)
    {
        if (since > parts.Time.GetUtcNow() + TimeSpan.FromDays(1))
        {
            throw RequestException.Usage("since lies ahead, and nothing has changed since then: say a time that is past.");
        }
    }

    /// <summary>Asks a vendor; a fault is told to whoever asked.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="missing">What it means that the vendor has no such thing; null where its answer says enough.</param>
    public static async Task<T> AskedAsync<T>(Func<Task<T>> question, string? missing = null)
    {
        try
        {
            return await question();
        }
        catch (EhrException fault) when (fault.Fault is EhrFault.NotFound && missing is not null)
        {
            throw RequestException.NotFound(missing);
        }
        catch (EhrException fault)
        {
            throw RequestException.Of(fault);
        }
    }
}
