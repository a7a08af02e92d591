using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using InterfaceEngine.Ehr.Discovery;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Ehr.Trials;

/// <summary>One step of trying a place, with what was seen: fit to be sent to whoever runs it.</summary>
/// <param name="Name">What was tried.</param>
/// <param name="Works">Null when it was not tried, because one before it failed.</param>
/// <param name="Evidence">What was seen, or why not; no secret, nothing of a patient.</param>
internal sealed record TrialStep(string Name, bool? Works, double Milliseconds, string Evidence);

/// <summary>
/// Tries a connection to a vendor step by step, so that it is seen how far it goes: name, port, TLS, token, scopes, harmless reads. Each step takes every
/// server of the connection, athenaNet's, FHIR's and the one that gives tokens, and every set of scopes. A step that fails ends it.
/// </summary>
/// <param name="connection">What is tried.</param>
/// <param name="neededTypes">The types of FHIR resources that the practice's tables read.</param>
/// <param name="time">Measures the steps.</param>
internal sealed class ConnectionTrial(EhrConnection connection, IReadOnlyList<string> neededTypes, TimeProvider time)
{
    private const int NamesMax = 8;
    private static readonly string[] _names = ["name", "port", "TLS", "token", "scopes", "read"];
    private readonly List<TrialStep> _steps = [];

    /// <summary>A destination books visits over it as FHIR resources.</summary>
    public bool IsBookedOver { get; init; }

    /// <summary>A destination tells of patients over it as FHIR resources.</summary>
    public bool IsRegisteredOver { get; init; }

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
            await StepsAsync(cancellationToken);
        }

        return [.. _steps, .. _names.Except(_steps.Select(step => step.Name)).Select(name => new TrialStep(name, null, 0, "not tried"))];
    }

    private async Task StepsAsync(CancellationToken cancellationToken)
    {
        var servers = Servers();
        var addresses = new Dictionary<Uri, IPAddress[]>();
        using var limit = new CancellationTokenSource(Options.Http.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var isReached = await TryAsync("name", servers, async server =>
            {
                addresses[server] = await Dns.GetHostAddressesAsync(server.IdnHost, either.Token);
                return $"{server.IdnHost} is {string.Join(", ", addresses[server].Take(NamesMax).Select(one => one.ToString()))}";
            }, cancellationToken)
            && await TryAsync("port", servers, server => ConnectAsync(addresses[server], server.Port, either.Token), cancellationToken)
            && await TryAsync("TLS", servers, server => server.Scheme == Uri.UriSchemeHttps
                ? ShakeHandsAsync(addresses[server], server, either.Token)
                : Task.FromResult("plain http, to this machine"), cancellationToken);
        if (!isReached)
        {
            return;
        }

        var tokens = new Dictionary<string, EhrToken>();
        if (Options.Client.Id is not null || Options.Token is not null)
        {
            var where = (Uri?)null;
            if (!await TryAsync("token", Sets(), async set =>
                {
                    where ??= await connection.Discovery.TokenAsync(cancellationToken);
                    // One that is kept says nothing of what the server thinks of the client now.
                    tokens[set.Scope] = await connection.NewTokenAsync(set.Scope, cancellationToken);
                    return $"{where.GetLeftPart(UriPartial.Path)} gave one for {set.Use} that ends in {(tokens[set.Scope].EndsAt - time.GetUtcNow()).TotalMinutes:0} min";
                }, cancellationToken))
            {
                return;
            }
        }
        else
        {
            _steps.Add(new TrialStep("token", true, 0, "none is needed: no client is set"));
        }

        var (asked, server) = await AskedAsync(cancellationToken);
        Compare(tokens, asked, tokens.Count > 0 ? await RefusedAsync(server, cancellationToken) : [], tokens.Count > 0 ? await ListsAsync(cancellationToken) : "");
        await TryAsync("read", Reads(), call => ReadAsync(call, cancellationToken), cancellationToken);
    }

    /// <summary>Each once. Where tokens are had is left out where the server must be asked for it first.</summary>
    private List<Uri> Servers() => [.. new[] { Options.Rest, Options.Fhir, Options.Token }.OfType<Uri>().DistinctBy(address => address.Authority)];

    /// <summary>The sets of scopes that the connection works with, each with what it is for. What nothing is set up for may not be granted.</summary>
    private List<(string Use, string Scope)> Sets()
    {
        if (Options.Client.Grant is TokenGrant.AuthorizationCode)
        {
            return [("the user's consent", Options.Scopes.Fhir)];
        }

        (string Use, string Scope, bool IsUsed)[] all =
        [
            ("athenaNet", Options.Scopes.Rest, Options.Rest is not null),
            ("FHIR", Options.Scopes.Fhir, Options.Fhir is not null),
            ("exports", Options.Scopes.Export, Options.Fhir is not null && Options.Scopes.Export.Length > 0),
            ("events", Options.Scopes.Events, Options.Events.Topics.Count > 0 && Options.Scopes.Events.Length > 0),
        ];
        return [.. all.Where(set => set.IsUsed).GroupBy(set => set.Scope).Select(same => (string.Join(", ", same.Select(set => set.Use)), same.Key))];
    }

    /// <summary>Departments, and what the server can do: nothing of a patient.</summary>
    private List<EhrCall> Reads()
    {
        EhrCall[] departments = Options.Rest is null ? [] : [new EhrCall { Template = "/departments", Query = [new("limit", "1")] }];
        EhrCall[] metadata = Options.Fhir is null ? [] : [new EhrCall { Of = EhrInterface.Fhir, Template = "/metadata" }];
        return [.. departments.Concat(metadata).Select(call => call with { Priority = CallPriority.Interactive, MayRepeat = false })];
    }

    /// <summary>Of the types that the practice's tables read those that the server gives and the engine asks it for.</summary>
    private async Task<(List<string> Types, FhirCapabilities? Server)> AskedAsync(CancellationToken cancellationToken)
    {
        var types = neededTypes.Where(type => type != "Appointment" || !Options.Dialect.HasNoAppointmentSearch).ToList();
        try
        {
            return (await connection.Discovery.ReportAsync(cancellationToken)).Capabilities is { } server ? ([.. types.Where(type => server.Can(type, "search-type"))], server) : (types, null);
        }
        catch (EhrException)
        {
            // It does not say what it gives, so nothing is left out.
            return (types, null);
        }
    }

    /// <summary>A type that is asked for and no scope covers will never come.</summary>
    private void Compare(Dictionary<string, EhrToken> tokens, List<string> asked, List<string> refused, string lists)
    {
        var missing = string.Join(' ', tokens.Values.SelectMany(token => token.Missing.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct());
        var granted = Granted(Options.Scopes.Fhir, missing);
        var uncovered = Options.Fhir is null || tokens.Count == 0 || granted.Count == 0 ? [] : asked.Where(type => !granted.Exists(one => ProfileCheck.Covers(one, type))).ToList();
        var evidence = (missing.Length > 0 ? $"not granted: {missing}. " : "")
            + (uncovered.Count > 0 ? $"the practice's tables read {string.Join(", ", uncovered)}, and no scope covers them" : "what the practice's tables read is covered")
            + string.Concat(refused.Select(why => $". {why}")) + lists;
        _steps.Add(new TrialStep("scopes", missing.Length == 0 && uncovered.Count == 0 && refused.Count == 0, 0, evidence));
    }

    /// <summary>What destinations will not be let do, and why. A server that takes no patients at all says so itself: what is to go there is held for that reason.</summary>
    private async Task<List<string>> RefusedAsync(FhirCapabilities? server, CancellationToken cancellationToken)
    {
        var refused = new List<string>();
        if (IsBookedOver && await WhyNotWrittenAsync(Options.Scopes.Visits, "an Appointment", cancellationToken) is { } visits)
        {
            refused.Add($"Visits that a destination books over it will be refused: {visits}");
        }

        if (IsRegisteredOver && server?.Can("Patient", "create") != false && await WhyNotWrittenAsync(Options.Scopes.Patients, "a Patient", cancellationToken) is { } patients)
        {
            refused.Add($"Patients of whom a destination tells over it will be refused: {patients}");
        }

        return refused;
    }

    /// <summary>Why a destination's token lets no resource of a type be written; null when it does, and where servers give tokens without scopes.</summary>
    /// <param name="own">The scopes of such; empty takes those of FHIR.</param>
    /// <param name="what">The type, with its article.</param>
    private async Task<string?> WhyNotWrittenAsync(string own, string what, CancellationToken cancellationToken)
    {
        var scope = own.Length > 0 ? own : Options.Scopes.Fhir;
        try
        {
            var granted = Granted(scope, (await connection.TokenAsync(scope, cancellationToken)).Missing);
            return scope.Length == 0 || granted.Exists(one => ProfileCheck.CoversWriting(one, what.Split(' ')[1])) ? null : $"no scope that was granted lets {what} be written";
        }
        catch (EhrException failure)
        {
            return failure.Message.TrimEnd('.');
        }
    }

    /// <summary>Departments and providers are a help: that they can't be compared is told, and is no reason not to use the connection.</summary>
    private async Task<string> ListsAsync(CancellationToken cancellationToken)
    {
        if (Options.References.Schedule is null || Options.Rest is not null || Options.Scopes.References is not { Length: > 0 } scope)
        {
            return "";
        }

        try
        {
            var missing = (await connection.TokenAsync(scope, cancellationToken)).Missing;
            return missing.Length > 0 ? $". Departments and providers can't be compared with the tables: {missing} was not granted" : "";
        }
        catch (EhrException failure)
        {
            return $". Departments and providers can't be compared with the tables: {failure.Message.TrimEnd('.')}";
        }
    }

    private static List<string> Granted(string scope, string missing) => [.. scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Except(missing.Split(' '))];

    private async Task<string> ReadAsync(EhrCall call, CancellationToken cancellationToken)
    {
        var answer = await connection.SendAsync(call, cancellationToken);
        EhrBody.Read(call, answer);
        var skew = answer.ServerTime - time.GetUtcNow();
        // A server says its time in whole seconds, and its answer was a moment on the way.
        var clock = skew.Duration() < TimeSpan.FromSeconds(2) ? "" : $", its clock is {skew.Duration().TotalSeconds:0} s {(skew < TimeSpan.Zero ? "behind" : "ahead")}";
        return $"{call.Endpoint}: {(int)answer.Status}, {answer.Body.Length} bytes{clock}";
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
        var authorities = Options.Tls?.Ca is { } ca ? AuthorityFile.Load(ca, File.ReadAllBytes(ca)) : null;
        var (chain, refusal, ended) = (new List<string>(), (string?)null, (string?)null);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = Options.Tls?.Name ?? address.IdnHost,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    ClientCertificateContext = Options.Tls?.Own is { } own ? own.Load([.. own.Paths.Select(File.ReadAllBytes)]) : null,
                    CertificateChainPolicy = PeerCheck.Policy(authorities, Options.Tls?.ChecksRevocation == true, time.GetUtcNow()),
                    RemoteCertificateValidationCallback = (sender, certificate, built, errors) =>
                    {
                        chain.AddRange(Certificates(built).Select(Named));
                        var isAccepted = check.IsAccepted(sender, certificate, built, errors);
                        refusal = check.Refusal;
                        ended = OutOfDate(built);
                        return isAccepted;
                    },
                },
                cancellationToken);
        }
        catch (AuthenticationException failure)
        {
            throw new AuthenticationException($"{refusal ?? failure.Message}{ended}; chain: {string.Join(" < ", chain)}", failure);
        }

        using var certificate = new X509Certificate2(tls.RemoteCertificate!);
        var ends = certificate.NotAfter.ToUniversalTime();
        return $"{tls.SslProtocol}, {tls.NegotiatedCipherSuite}, {string.Join(" < ", chain)}, ends {Day(ends)} ({(ends - time.GetUtcNow().UtcDateTime).Days} days left)";
    }

    /// <summary>The certificates that do not hold now, each with when it does.</summary>
    private string OutOfDate(X509Chain? chain)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var found = Certificates(chain).Where(one => one.NotAfter.ToUniversalTime() < now || one.NotBefore.ToUniversalTime() > now);
        return string.Concat(found.Select(one => $"; {Named(one)} holds from {Day(one.NotBefore)} to {Day(one.NotAfter)}"));
    }

    private static IEnumerable<X509Certificate2> Certificates(X509Chain? chain) => (chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>()).Select(element => element.Certificate);

    private static string Named(X509Certificate2 certificate) => certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>One step for each of several, in turn; the first that fails ends it.</summary>
    private async Task<bool> TryAsync<T>(string name, List<T> all, Func<T, Task<string>> step, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var seen = new List<string>();
        var problem = (string?)null;
        try
        {
            foreach (var one in all)
            {
                seen.Add(await step(one));
            }
        }
        catch (Exception failure) when (failure is EhrException or SocketException or AuthenticationException or IOException or CertificateException)
        {
            problem = failure is SocketException socket ? $"{socket.SocketErrorCode}" : failure.Message.TrimEnd('.');
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem = $"nothing came within {Options.Http.ConnectTimeout.TotalSeconds:0.#} s";
        }

        var at = problem is not null && all.Count > 1 && all[seen.Count] is Uri server ? $"{server.Authority}: " : "";
        _steps.Add(new TrialStep(name, problem is null, Stopwatch.GetElapsedTime(began).TotalMilliseconds, problem is null ? string.Join("; ", seen) : $"{at}{problem}"));
        return problem is null;
    }
}
