using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Insurances;

/// <summary>
/// Patients whose insurances are to be asked for, since the vendor told that something of them changed and not what. A patient stands in it once, however often
/// something changes meanwhile.
/// </summary>
/// <param name="store">Keeps it.</param>
/// <param name="connection">The connection.</param>
/// <param name="documents">Knows what the practice's tables read.</param>
internal sealed class InsuranceQueue(IConnectionStore store, ConnectionOptions connection, VendorDocuments documents)
{
    /// <summary>What changes of a patient changes in several steps: the front desk's work is waited for.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(30);

    /// <summary>Whether the vendor tells insurances so, and a table reads them.</summary>
    public bool IsUsed => connection is { Rest: not null, IsOfUser: false } && documents.IsRead(connection.Practice, AthenaInsurances.DocumentKind);

    /// <summary>The patients, each once.</summary>
    public WaitingQueue<WaitingPatient> Waiting { get; } = new(store, $"insurances {connection.Id}");

    /// <summary>Adds patients by their numbers. Who is being asked for at the moment is asked for once more.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task AddAsync(IEnumerable<string> patients, CancellationToken cancellationToken)
    {
        foreach (var patient in IsUsed ? patients.Distinct(StringComparer.Ordinal) : [])
        {
            await Waiting.AddAsync(connection.Practice, connection.Id, NameOf(patient), new WaitingPatient { Patient = patient }, _pause, cancellationToken);
        }
    }

    /// <summary>A name is plain, so that the patient's number stands in it as a hash.</summary>
    private string NameOf(string patient) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{connection.Practice}\n{patient}")), 0, 16);
}

/// <summary>A patient who waits.</summary>
internal sealed record WaitingPatient : IWaiting<WaitingPatient>
{
    /// <summary>The vendor's number.</summary>
    public required string Patient { get; init; }

    public int Attempts { get; init; }

    public WaitingPatient Tried() => this with { Attempts = Attempts + 1 };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, InsuranceJson.Default.WaitingPatient);

    public static WaitingPatient Parse(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, InsuranceJson.Default.WaitingPatient)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(WaitingPatient))]
internal sealed partial class InsuranceJson : JsonSerializerContext;
