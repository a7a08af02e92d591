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
    public bool IsUsed => connection.Rest is not null && documents.IsRead(connection.Practice, AthenaInsurances.DocumentKind);

    private string Kind => $"insurances {connection.Id}";

    /// <summary>Adds patients by their numbers. Who is being asked for at the moment is asked for once more.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task AddAsync(IEnumerable<string> patients, CancellationToken cancellationToken)
    {
        foreach (var patient in IsUsed ? patients.Distinct(StringComparer.Ordinal) : [])
        {
            ConnectionDocument kept;
            do
            {
                kept = await store.FindAsync(KeyOf(patient), cancellationToken);
            }
            while (!await store.WriteAsync([new ConnectionWrite(kept.Key, kept.Version, new WaitingPatient { Patient = patient }.ToJson()) { DueIn = _pause }], cancellationToken));
        }
    }

    /// <summary>Those who are due, who waited longest first.</summary>
    public async Task<IReadOnlyList<(ConnectionDocument Document, WaitingPatient Waiting)>> DueAsync(int limit, CancellationToken cancellationToken) =>
        [.. (await store.DueAsync(Kind, limit, cancellationToken)).Select(document => (document, WaitingPatient.Parse(document.Content)))];

    /// <summary>The patient need not be asked for any more, unless something changed meanwhile.</summary>
    public Task DoneAsync(ConnectionDocument waiting, CancellationToken cancellationToken) => store.WriteAsync([new ConnectionWrite(waiting.Key, waiting.Version, null)], cancellationToken);

    /// <summary>The patient is asked for again after a pause.</summary>
    public Task AgainAsync(ConnectionDocument waiting, WaitingPatient next, TimeSpan pause, CancellationToken cancellationToken) =>
        store.WriteAsync([new ConnectionWrite(waiting.Key, waiting.Version, next.ToJson()) { DueIn = pause }], cancellationToken);

    /// <summary>A name is plain, so that the patient's number stands in it as a hash.</summary>
    private ConnectionKey KeyOf(string patient) =>
        new(connection.Practice, connection.Id, Kind, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{connection.Practice}\n{patient}")), 0, 16));
}

/// <summary>A patient who waits.</summary>
internal sealed record WaitingPatient
{
    /// <summary>The vendor's number.</summary>
    public required string Patient { get; init; }

    /// <summary>How often it came to nothing.</summary>
    public int Attempts { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, InsuranceJson.Default.WaitingPatient);

    public static WaitingPatient Parse(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, InsuranceJson.Default.WaitingPatient)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(WaitingPatient))]
internal sealed partial class InsuranceJson : JsonSerializerContext;
