using System.Collections.Concurrent;
using InterfaceEngine.Sandbox.Clinic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>
/// A vendor's stand-in: tokens, athenaNet and FHIR over real HTTP, for people whom the feeds of the same seed tell of too. It holds its clients to
/// the vendor's rules, and misbehaves on request (<see cref="Faults"/>).
/// </summary>
public sealed class VendorServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly VendorContext _vendor;
    private readonly VendorRate _rate;
    private readonly VendorWire _wire;
    private readonly ConcurrentQueue<VendorCall> _calls = new();
    private readonly CancellationTokenSource _stopping = new();

    private VendorServer(WebApplication application, VendorContext vendor)
    {
        (_application, _vendor) = (application, vendor);
        _rate = new VendorRate(vendor.Options.Limits ?? vendor.Profile.Limits);
        _wire = new VendorWire(vendor.Time, _stopping.Token);
        Faults = new VendorFaults(vendor.Options.Faults);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_vendor.Address);

    /// <summary>The other host of this vendor, on a port of its own, which has files of exports alone.</summary>
    public Uri FileAddress => new(_vendor.FileAddress);

    /// <summary>athenaNet, with the number of the first practice; null where the vendor has none.</summary>
    public Uri? Rest => _vendor.Profile.Rest is { } rest ? new Uri($"{_vendor.Address}{rest}/{FirstPractice}") : null;

    /// <summary>FHIR, of the first practice where it is part of the address.</summary>
    public Uri Fhir => new(_vendor.Address + _vendor.Profile.Fhir.Replace("{}", FirstPractice, StringComparison.Ordinal));

    public Uri TokenAddress => new(_vendor.Address + _vendor.Profile.Token[0]);

    /// <summary>Where somebody is sent to give leave; whoever comes agrees at once.</summary>
    public Uri AuthorizeAddress => new(_vendor.Address + _vendor.Profile.Authorize);

    public string ClientId => _vendor.Options.ClientId;

    public string ClientSecret => _vendor.Options.ClientSecret;

    /// <summary>Which of the next calls go wrong.</summary>
    public VendorFaults Faults { get; }

    /// <summary>What clients are told of as it happens.</summary>
    public VendorEvents Events => _vendor.EventAccount;

    /// <summary>The last calls as they came, in order.</summary>
    public IReadOnlyList<VendorCall> Calls => [.. _calls];

    /// <summary>How many tokens were given.</summary>
    public int TokensIssued => Ask(() => _vendor.Tokens.Issued);

    private string FirstPractice => _vendor.Practices.Keys.First();

    /// <summary>Starts it.</summary>
    /// <exception cref="ArgumentException">There is no such profile.</exception>
    /// <exception cref="FormatException">The client's keys are no JWKS.</exception>
    /// <exception cref="IOException">The address can't be listened on.</exception>
    public static async Task<VendorServer> StartAsync(VendorServerOptions options, TimeProvider time)
    {
        var vendor = new VendorContext(options, VendorProfile.Of(options.Profile), time);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.BodyBytesMax;

            // A body that drips is meant to drip.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(options.Listens);
            kestrel.Listen(options.Listens.Address, 0);
        });
        var server = new VendorServer(builder.Build(), vendor);
        foreach (var route in VendorRoutes.Of(vendor.Profile))
        {
            server._application.MapMethods(route.Path, [route.Method], context => server.ServeAsync(context, route));
        }

        server._application.MapFallback(context => server.ServeAsync(context, VendorRoutes.Unknown));
        await server._application.StartAsync();
        var addresses = server._application.Urls.Select(url => url.TrimEnd('/')).ToList();
        (vendor.Address, vendor.FileAddress) = (addresses[0], addresses[1]);
        return server;
    }

    /// <summary>Takes other keys of the client, a JWKS as text, in place of those that it had.</summary>
    /// <exception cref="FormatException">It is no JWKS.</exception>
    public void Trust(string jwks) => Ask(() =>
    {
        _vendor.Tokens.Trust(jwks);
        return true;
    });

    /// <summary>No token that was given is good any more.</summary>
    public void RevokeTokens() => Ask(() =>
    {
        _vendor.Tokens.RevokeAll();
        return true;
    });

    /// <summary>What a practice has, to be looked at and changed as the practice's own people would: with nobody else doing anything meanwhile.</summary>
    /// <param name="practice">Its number; null for the first.</param>
    /// <param name="look">What to do with it.</param>
    public T At<T>(Func<VendorPractice, T> look, string? practice = null) => Ask(() => look(_vendor.Practices[practice ?? FirstPractice]));

    /// <summary>Something happened at a practice, as the feeds tell of it: it is seen over HTTP from now on, and whoever subscribed is told.</summary>
    public void Happen(ClinicEvent told, string? practice = null) => Ask(() =>
    {
        ClinicNews.Apply(told, _vendor.Practices[practice ?? FirstPractice]);
        return true;
    });

    /// <summary>Sends the notifications that <see cref="VendorEvents.Hold"/> held back, the last first, and holds no more.</summary>
    public Task ReleaseEventsAsync() => _vendor.Events.Sender.ReleaseAsync();

    /// <summary>How many notifications no client took within the hour.</summary>
    public int EventsNotTaken => _vendor.Events.Sender.Parked;

    /// <summary>Sends again what no client took within the hour, as the vendor's support does.</summary>
    public void ReplayEvents() => _vendor.Events.Sender.Replay();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _vendor.Events.DisposeAsync();
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
        _stopping.Dispose();
    }

    private T Ask<T>(Func<T> question)
    {
        lock (_vendor.OneAtATime)
        {
            return question();
        }
    }

    private async Task ServeAsync(HttpContext context, VendorRoute route)
    {
        var isFileHost = context.Connection.LocalPort == new Uri(_vendor.FileAddress).Port;
        if (isFileHost && !VendorRoutes.IsFile(route))
        {
            route = VendorRoutes.Unknown;
        }

        var call = new VendorCall(
            route.Name, context.Request.Method, context.Request.Path.Value ?? "", context.Request.QueryString.Value ?? "", context.Request.Headers.Authorization.Count > 0, isFileHost, _vendor.Now);
        var (answer, fault) = (new VendorAnswer(0), (VendorFault?)null);
        try
        {
            var request = await VendorRequest.ReadAsync(_vendor, context);
            fault = Faults.Take(route.Name);
            answer = VendorWire.Instead(fault) ?? Ask(() => Answer(request, route));
        }
        finally
        {
            // Before it is answered, and once it is done: whoever has the answer finds the call among those that came, and what spoils it among the faults that came about.
            call.Status = answer.Status;
            _calls.Enqueue(call);
            if (_calls.Count > _vendor.Options.CallsRememberedMax)
            {
                _calls.TryDequeue(out _);
            }

            Faults.Count(fault);
        }

        call.Status = await _wire.SendAsync(context, answer, fault);
    }

    /// <summary>The limits first, then the token, then what was asked.</summary>
    private VendorAnswer Answer(VendorRequest request, VendorRoute route)
    {
        var now = _vendor.Now;
        if (route.IsLimited && _rate.Take(now) is { } wait)
        {
            return WithLimits(VendorWire.TooMany((_vendor.Options.Limits ?? _vendor.Profile.Limits).HasRetryAfter ? wait : null), now);
        }

        if (route.Name == VendorRoutes.Token.Name && _rate.TakeToken(now) is { } soon)
        {
            return VendorWire.TooMany(soon);
        }

        var answer = Refuse(request, route) ?? route.Handle(request);
        return route.IsLimited ? WithLimits(answer, now) : answer;
    }

    private VendorAnswer WithLimits(VendorAnswer answer, DateTimeOffset now) => answer with { Headers = [.. answer.Headers, .. _rate.Headers(now)] };

    private VendorAnswer? Refuse(VendorRequest request, VendorRoute route)
    {
        if (route.Needs?.Invoke(request) is not { } need)
        {
            return null;
        }

        const string Scheme = "Bearer ";
        var header = request.Header("Authorization");
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && _vendor.Tokens.ScopesOf(header[Scheme.Length..].Trim()) is { } scopes
            ? need.IsMet(scopes) ? null : need.Refuse(403, "the token's scopes do not allow this.")
            : need.Refuse(401, "the token is missing, unknown or over.");
    }
}
