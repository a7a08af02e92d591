
namespace InterfaceEngine.Ehr.Discovery;

/// <summary>What the server says of itself, read at first use and once a day, without a token.</summary>
/// <param name="send">Sends a call of the connection.</param>
internal sealed class EhrDiscovery(ConnectionOptions options, Func<EhrCall, CancellationToken, Task<EhrAnswer>> send, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _life = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _once = new(1, 1);
    private SmartConfiguration? _smart;
    private DateTimeOffset _readAt;

    /// <summary>How to sign in, as the server says.</summary>
    /// <exception cref="EhrException">It says nothing of it.</exception>
    public async Task<SmartConfiguration> SmartAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            if (_smart is null || time.GetUtcNow() - _readAt > _life)
            {
                var call = new EhrCall { Of = EhrInterface.Fhir, Template = "/.well-known/smart-configuration", Accept = "application/json", HasToken = false, Priority = CallPriority.Interactive };
                _smart = SmartConfiguration.Read(EhrBody.Read(call, await send(call, cancellationToken)));
                _readAt = time.GetUtcNow();
            }

            return _smart;
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Where tokens are had.</summary>
    /// <exception cref="EhrException">Neither the settings nor the server say.</exception>
    public async Task<Uri> TokenAsync(CancellationToken cancellationToken) => options.Token ?? (await SmartAsync(cancellationToken)).Token
        ?? throw new EhrException(EhrFault.TokenRefused, $"{options.Id}: the server does not say where tokens are had. Set Connections:{options.Id}:Token.");

    /// <summary>Where a user consents.</summary>
    /// <exception cref="EhrException">Neither the settings nor the server say.</exception>
    public async Task<Uri> AuthorizeAsync(CancellationToken cancellationToken) => options.Client.Authorize ?? (await SmartAsync(cancellationToken)).Authorize
        ?? throw new EhrException(EhrFault.TokenRefused, $"{options.Id}: the server does not say where a user consents. Set Connections:{options.Id}:Client:Authorize.");

    public void Dispose() => _once.Dispose();
}
