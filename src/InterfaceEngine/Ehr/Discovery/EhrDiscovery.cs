using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Ehr.Http;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Ehr.Discovery;

/// <summary>What a server says of itself, and where the settings and their profile say otherwise.</summary>
/// <param name="Smart">How to sign in; null when it does not say.</param>
/// <param name="Capabilities">What it can do; null when it does not say.</param>
/// <param name="Disagreements">For people, without secrets.</param>
internal sealed record ServerReport(SmartConfiguration? Smart, FhirCapabilities? Capabilities, IReadOnlyList<string> Disagreements);

/// <summary>What the server says of itself, read at first use and once a day, without a token.</summary>
/// <param name="connection">Whose server.</param>
internal sealed partial class EhrDiscovery(EhrConnection connection, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan _life = TimeSpan.FromDays(1);

    /// <summary>After a server that could not be asked, it is asked again.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _smartOnce = new(1, 1);
    private readonly SemaphoreSlim _reportOnce = new(1, 1);
    private (SmartConfiguration Smart, DateTimeOffset At)? _smart;
    private (ServerReport Report, DateTimeOffset At)? _report;

    private ConnectionOptions Options => connection.Options;

    /// <summary>How to sign in, as the server says.</summary>
    /// <exception cref="EhrException">It says nothing of it.</exception>
    public async Task<SmartConfiguration> SmartAsync(CancellationToken cancellationToken)
    {
        await _smartOnce.WaitAsync(cancellationToken);
        try
        {
            if (_smart is not { } known || time.GetUtcNow() - known.At > _life)
            {
                _smart = known = await SmartOnceAsync(_smart, cancellationToken);
            }

            return known.Smart;
        }
        finally
        {
            _smartOnce.Release();
        }
    }

    /// <summary>Asks for it. A server that can't say now is taken at its last word.</summary>
    private async Task<(SmartConfiguration Smart, DateTimeOffset At)> SmartOnceAsync((SmartConfiguration Smart, DateTimeOffset At)? last, CancellationToken cancellationToken)
    {
        var call = new EhrCall { Of = EhrInterface.Fhir, Template = "/.well-known/smart-configuration", Accept = "application/json", HasToken = false, Priority = CallPriority.Prompt };
        try
        {
            return (SmartConfiguration.Read(EhrBody.Read(call, await connection.SendAsync(call, cancellationToken))), time.GetUtcNow());
        }
        catch (EhrException fault) when (fault.IsTransient && last is not null)
        {
            Log.NotRead(logger, Options.Id, fault.Message);
            return (last.Value.Smart, time.GetUtcNow() - _life + _pause);
        }
    }

    /// <summary>Where tokens are had.</summary>
    /// <exception cref="EhrException">Neither the settings nor the server say.</exception>
    public async Task<Uri> TokenAsync(CancellationToken cancellationToken) => Options.Token ?? Own((await SmartAsync(cancellationToken)).Token, "tokens are had", "Token");

    /// <summary>Where a user consents.</summary>
    /// <exception cref="EhrException">Neither the settings nor the server say.</exception>
    public async Task<Uri> AuthorizeAsync(CancellationToken cancellationToken) =>
        Options.Client.Authorize ?? Own((await SmartAsync(cancellationToken)).Authorize, "a user consents", "Client:Authorize");

    /// <summary>Everything the server says of itself. Where it disagrees is logged when it is read.</summary>
    /// <exception cref="EhrException">It can't be asked what it can do.</exception>
    public async Task<ServerReport> ReportAsync(CancellationToken cancellationToken)
    {
        await _reportOnce.WaitAsync(cancellationToken);
        try
        {
            if (_report is not { } known || time.GetUtcNow() - known.At > _life)
            {
                _report = known = (await ReadAsync(cancellationToken), time.GetUtcNow());
            }

            return known.Report;
        }
        finally
        {
            _reportOnce.Release();
        }
    }

    /// <summary>What the server can do; null where it does not say.</summary>
    /// <exception cref="EhrException">It can't be asked now.</exception>
    public async Task<FhirCapabilities?> CapabilitiesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await ReportAsync(cancellationToken)).Capabilities;
        }
        catch (EhrException silent) when (silent.Fault is EhrFault.NotFound or EhrFault.NotUnderstood or EhrFault.Unauthorized or EhrFault.Forbidden)
        {
            return null;
        }
    }

    /// <summary>Reads it once a day as long as the engine runs. A connection that is off is not asked, nor a server of FHIR that the connection does not use.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var pause = _life;
            try
            {
                if (connection.WhyOff is null && Options.UsesFhir)
                {
                    await ReportAsync(cancellationToken);
                }
            }
            catch (EhrException fault)
            {
                pause = _pause;
                Log.NotRead(logger, Options.Id, fault.Message);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    public void Dispose()
    {
        _smartOnce.Dispose();
        _reportOnce.Dispose();
    }

    /// <summary>A place that the server names and that is the connection's own: no secret goes to whatever page it was sent on to.</summary>
    private Uri Own(Uri? said, string what, string setting) =>
        said is null ? throw new EhrException(EhrFault.TokenRefused, $"{Options.Id}: the server does not say where {what}. Set Connections:{Options.Id}:{setting}.")
        : connection.IsOwn(said) ? said
        : throw new EhrException(
            EhrFault.TokenRefused,
            $"{Options.Id}: the server says that {what} at {EhrAddresses.Place(said)}, which is no host of this connection. If it is the vendor's, set Connections:{Options.Id}:{setting}, or add it to Hosts.");

    private async Task<ServerReport> ReadAsync(CancellationToken cancellationToken)
    {
        if (Options.Fhir is null)
        {
            return new ServerReport(null, null, []);
        }

        SmartConfiguration? smart = null;
        try
        {
            smart = await SmartAsync(cancellationToken);
        }
        catch (EhrException silent) when (silent.Fault is EhrFault.NotFound or EhrFault.NotUnderstood or EhrFault.Unauthorized or EhrFault.Forbidden)
        {
            // Not every server has it; what is missing is told below.
        }

        var capabilities = await new FhirClient(connection).CapabilitiesAsync(cancellationToken);
        var report = new ServerReport(smart, capabilities, [.. ProfileCheck.Disagreements(Options, smart, capabilities)]);
        foreach (var disagreement in report.Disagreements)
        {
            Log.Disagreed(logger, Options.Id, disagreement);
        }

        return report;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Connection}: {Disagreement}", EventName = "ProfileDisagreed")]
        public static partial void Disagreed(ILogger logger, string connection, string disagreement);

        [LoggerMessage(2, LogLevel.Warning, "{Connection}: what its server says of itself can't be read: {Problem}", EventName = "ServerNotRead")]
        public static partial void NotRead(ILogger logger, string connection, string problem);
    }
}
