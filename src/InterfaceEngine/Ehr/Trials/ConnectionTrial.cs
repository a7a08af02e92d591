using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using InterfaceEngine.Ehr.Discovery;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Ehr.Trials;

/// <summary>One step of trying a place, with what was seen: fit to be sent to whoever runs it.</summary>
/// <param name="Name">What was tried.</param>
/// <param name="Works">Null when it was not tried, because one before it failed.</param>
/// <param name="Evidence">What was seen, or why not; no secret, nothing of a patient.</param>
internal sealed record TrialStep(string Name, bool? Works, double Milliseconds, string Evidence);

/// <summary>
/// Tries a connection to a vendor step by step, so that it is seen how far it goes: name, port, TLS, token, scopes, one harmless read. A step that fails
/// ends it.
/// </summary>
/// <param name="connection">What is tried.</param>
/// <param name="neededTypes">The types of FHIR resources that the practice's tables read.</param>
/// <param name="isBookedOver">A destination books visits over it as FHIR resources.</param>
/// <param name="time">Measures the steps.</param>
internal sealed class ConnectionTrial(EhrConnection connection, IReadOnlyList<string> neededTypes, bool isBookedOver, TimeProvider time)
{
    private const int NamesMax = 8;
    private static readonly string[] _names = ["name", "port", "TLS", "token", "scopes", "read"];
    private readonly List<TrialStep> _steps = [];

    private ConnectionOptions Options => connection.Options;

    /// <summary>The steps, in order; those behind one that failed were not tried.</summary>
    public async Task<IReadOnlyList<TrialStep>> RunAsync(CancellationToken cancellationToken)
    {
        if (connection.WhyOff is { } off)
        {
            _steps.Add(new TrialStep("enabled", false, 0, off));
        }
        else
        {
            await StepsAsync((Options.Rest ?? Options.Fhir)!, cancellationToken);
        }

        return [.. _steps, .. _names.Except(_steps.Select(step => step.Name)).Select(name => new TrialStep(name, null, 0, "not tried"))];
    }

    private async Task StepsAsync(Uri address, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = [];
        using var limit = new CancellationTokenSource(Options.Http.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var isReached = await TryAsync("name", async () =>
            {
                addresses = await Dns.GetHostAddressesAsync(address.IdnHost, either.Token);
                return $"{address.IdnHost} is {string.Join(", ", addresses.Take(NamesMax).Select(one => one.ToString()))}";
            }, cancellationToken)
            && await TryAsync("port", () => ConnectAsync(addresses, address.Port, either.Token), cancellationToken)
            && (address.Scheme != Uri.UriSchemeHttps ? Plain() : await TryAsync("TLS", () => ShakeHandsAsync(addresses, address, either.Token), cancellationToken));
        if (!isReached)
        {
            return;
        }

        Tokens.EhrToken? token = null;
        var scope = Options.Fhir is not null && neededTypes.Count > 0 && Options.Scopes.Fhir.Length > 0 ? Options.Scopes.Fhir : Options.Rest is not null ? Options.Scopes.Rest : Options.Scopes.Fhir;
        if (Options.Client.Id is not null || Options.Token is not null)
        {
            if (!await TryAsync("token", async () =>
                {
                    token = await connection.TokenAsync(scope, cancellationToken);
                    return $"{(await connection.Discovery.TokenAsync(cancellationToken)).GetLeftPart(UriPartial.Path)} gave one that ends in {(token.EndsAt - time.GetUtcNow()).TotalMinutes:0} min";
                }, cancellationToken))
            {
                return;
            }
        }
        else
        {
            _steps.Add(new TrialStep("token", true, 0, "none is needed: no client is set"));
        }

        Compare(token, await AskedAsync(cancellationToken), token is not null && isBookedOver ? await WhyNotBookedAsync(cancellationToken) : null);
        await TryAsync("read", () => ReadAsync(cancellationToken), cancellationToken);
    }

    private bool Plain()
    {
        _steps.Add(new TrialStep("TLS", true, 0, "plain http, to this machine"));
        return true;
    }

    /// <summary>Of the types that the practice's tables read those that the server gives and the engine asks it for.</summary>
    private async Task<List<string>> AskedAsync(CancellationToken cancellationToken)
    {
        var types = neededTypes.Where(type => type != "Appointment" || !Options.Dialect.HasNoAppointmentSearch).ToList();
        try
        {
            return (await connection.Discovery.ReportAsync(cancellationToken)).Capabilities is { } server ? [.. types.Where(type => server.Can(type, "search-type"))] : types;
        }
        catch (EhrException)
        {
            // It does not say what it gives, so nothing is left out.
            return types;
        }
    }

    /// <summary>A type that is asked for and no scope covers will never come.</summary>
    private void Compare(Tokens.EhrToken? token, List<string> asked, string? whyNotBooked)
    {
        var granted = Granted(Options.Scopes.Fhir, token);
        var uncovered = Options.Fhir is null || token is null || granted.Count == 0 ? [] : asked.Where(type => !granted.Exists(one => ProfileCheck.Covers(one, type))).ToList();
        var evidence = (token?.Missing.Length > 0 ? $"not granted: {token.Missing}. " : "")
            + (uncovered.Count > 0 ? $"the practice's tables read {string.Join(", ", uncovered)}, and no scope covers them" : "what the practice's tables read is covered")
            + (whyNotBooked is null ? "" : $". Visits that a destination books over it will be refused: {whyNotBooked}");
        _steps.Add(new TrialStep("scopes", token?.Missing is not { Length: > 0 } && uncovered.Count == 0 && whyNotBooked is null, 0, evidence));
    }

    /// <summary>Why a destination's token lets no Appointment be written; null when it does, and where servers give tokens without scopes.</summary>
    private async Task<string?> WhyNotBookedAsync(CancellationToken cancellationToken)
    {
        var scope = Options.Scopes.Visits is { Length: > 0 } own ? own : Options.Scopes.Fhir;
        try
        {
            var granted = Granted(scope, await connection.TokenAsync(scope, cancellationToken));
            return scope.Length == 0 || granted.Exists(one => ProfileCheck.CoversWriting(one, "Appointment")) ? null : "no scope that was granted lets an Appointment be written";
        }
        catch (EhrException failure)
        {
            return failure.Message.TrimEnd('.');
        }
    }

    private static List<string> Granted(string scope, Tokens.EhrToken? token) => [.. scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Except((token?.Missing ?? "").Split(' '))];

    /// <summary>Departments, or what the server can do: nothing of a patient.</summary>
    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var call = Options.Rest is not null
            ? new EhrCall { Template = "/departments", Query = [new("limit", "1")], Priority = CallPriority.Interactive, MayRepeat = false }
            : new EhrCall { Of = EhrInterface.Fhir, Template = "/metadata", Priority = CallPriority.Interactive, MayRepeat = false };
        var answer = await connection.SendAsync(call, cancellationToken);
        EhrBody.Read(call, answer);
        var skew = answer.ServerTime - time.GetUtcNow();
        return $"{call.Endpoint}: {(int)answer.Status}, {answer.Body.Length} bytes, its clock is {Math.Abs(skew.TotalSeconds):0} s {(skew < TimeSpan.Zero ? "behind" : "ahead")}";
    }

    private static async Task<string> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(addresses, port, cancellationToken);
        return $"{socket.RemoteEndPoint} takes connections";
    }

    private async Task<string> ShakeHandsAsync(IPAddress[] addresses, Uri address, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(addresses, address.Port, cancellationToken);
        using var tls = new SslStream(new NetworkStream(socket));
        var check = new PeerCheck(isRequired: true, allowedNames: []);
        var (chain, refusal) = (new List<string>(), (string?)null);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = Options.Tls?.Name ?? address.IdnHost,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    ClientCertificateContext = Options.Tls?.Own is { } own ? own.Load([.. own.Paths.Select(File.ReadAllBytes)]) : null,
                    CertificateChainPolicy = PeerCheck.Policy(Options.Tls?.Ca is { } ca ? AuthorityFile.Load(ca, File.ReadAllBytes(ca)) : null, Options.Tls?.ChecksRevocation == true, time.GetUtcNow()),
                    RemoteCertificateValidationCallback = (sender, certificate, built, errors) =>
                    {
                        chain.AddRange((built?.ChainElements ?? Enumerable.Empty<X509ChainElement>()).Select(element => element.Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)));
                        var isAccepted = check.IsAccepted(sender, certificate, built, errors);
                        refusal = check.Refusal;
                        return isAccepted;
                    },
                },
                cancellationToken);
        }
        catch (AuthenticationException failure)
        {
            throw new AuthenticationException($"{refusal ?? failure.Message}; chain: {string.Join(" < ", chain)}", failure);
        }

        using var certificate = new X509Certificate2(tls.RemoteCertificate!);
        var ends = certificate.NotAfter.ToUniversalTime();
        return $"{tls.SslProtocol}, {tls.NegotiatedCipherSuite}, {string.Join(" < ", chain)}, ends {ends.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} ({(ends - time.GetUtcNow().UtcDateTime).Days} days left)";
    }

    private async Task<bool> TryAsync(string name, Func<Task<string>> step, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var evidence = await step();
            _steps.Add(new TrialStep(name, true, Stopwatch.GetElapsedTime(began).TotalMilliseconds, evidence));
            return true;
        }
        catch (Exception failure) when (failure is EhrException or SocketException or AuthenticationException or IOException or CertificateException)
        {
            var reason = failure is SocketException socket ? $"{socket.SocketErrorCode}" : failure.Message.TrimEnd('.');
            _steps.Add(new TrialStep(name, false, Stopwatch.GetElapsedTime(began).TotalMilliseconds, reason));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _steps.Add(new TrialStep(name, false, Stopwatch.GetElapsedTime(began).TotalMilliseconds, $"nothing came within {Options.Http.ConnectTimeout.TotalSeconds:0.#} s"));
        }

        return false;
    }
}
