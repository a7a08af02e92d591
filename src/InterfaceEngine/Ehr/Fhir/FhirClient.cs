using System.Runtime.CompilerServices;
using System.Text.Json;

namespace InterfaceEngine.Ehr.Fhir;

/// <summary>
/// FHIR R4 over a connection: what the calls are, and what their answers must be. Every failure is an <see cref="EhrException"/> whose message names the codes of
/// the server's OperationOutcome; its words are in <see cref="EhrException.Reply"/> alone. Safe for many callers at once.
/// </summary>
internal sealed class FhirClient(EhrConnection connection)
{
    private const string JsonType = "application/fhir+json";

    public FhirLimits Limits { get; init; } = new();

    /// <summary>The scopes of its token; null takes the connection's.</summary>
    public string? Scope { get; init; }

    public EhrConnection Connection => connection;

    private ConnectionOptions Options => connection.Options;

    /// <summary>Reads one resource.</summary>
    /// <exception cref="EhrException">It came to nothing; <see cref="EhrFault.NotFound"/> when there is none, or none any more.</exception>
    public async Task<FhirResource> ReadAsync(string type, string id, CallPriority priority, CancellationToken cancellationToken)
    {
        var call = Call(HttpMethod.Get, $"/{type}/{{id}}", priority) with { Path = new Dictionary<string, string> { ["id"] = id } };
        return Resource(call, await SendAsync(call, cancellationToken), type);
    }

    /// <summary>All pages of a search, one after the other: the next is asked for only when the caller wants it. How large a page is, the server decides.</summary>
    /// <exception cref="EhrException">It came to nothing, or the pages have no end.</exception>
    public async IAsyncEnumerable<FhirPage> SearchAsync(FhirSearch search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (search.WhyNot(Options.Dialect) is { } reason)
        {
            throw new EhrException(EhrFault.Invalid, $"{Options.Id} GET /{search.Type}: {reason}.");
        }

        var call = Call(HttpMethod.Get, $"/{search.Type}", search.Priority) with { Query = [.. search.Query, .. Tenant()], Actor = search.Actor };
        var (seen, empty) = (new HashSet<string>(StringComparer.Ordinal), 0);
        while (true)
        {
            var page = Page(call, await SendAsync(call, cancellationToken));
            yield return page;
            if (page.Next is not { } next)
            {
                yield break;
            }

            empty = page.Resources.Count == 0 ? empty + 1 : 0;
            if (!seen.Add(next) || seen.Count >= Limits.PagesMax || empty > Limits.EmptyPagesMax)
            {
                throw new EhrException(EhrFault.NotUnderstood, $"{Options.Id} {call.Endpoint}: after {seen.Count} pages the server gives the same again, or nothing: its pages have no end.");
            }

            call = call with { Address = next, Query = [] };
        }
    }

    /// <summary>Makes a resource. It is sent once: whether a lost answer means that it was made, the caller looks first.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="resource">It, without an id.</param>
    /// <param name="unless">A search: where it finds one already, none is made and that one is given (<c>If-None-Exist</c>). Null makes one whatever is there.</param>
    /// <param name="priority">Who goes first.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>As the server has it; where it sent none back, what was given and the id of its <c>Location</c>.</returns>
    /// <exception cref="EhrException">It came to nothing, or what became of it is not known (<see cref="EhrFault.Unanswered"/>).</exception>
    public async Task<FhirResource> CreateAsync(string type, ReadOnlyMemory<byte> resource, string? unless, CallPriority priority, CancellationToken cancellationToken)
    {
        var call = Call(HttpMethod.Post, $"/{type}", priority) with { Body = resource, Headers = unless is null ? [] : [new("If-None-Exist", unless)] };
        var answer = await SendAsync(call, cancellationToken);
        return Written(call, answer, type, FhirIds.In(answer.Header("Location"), type) ?? "", resource);
    }

    /// <summary>Replaces a resource.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="id">Its id, which the resource says as well.</param>
    /// <param name="resource">As it is to be.</param>
    /// <param name="etag">The version that was read: where the server has another by now nothing is written. Null replaces whatever is there.</param>
    /// <param name="priority">Who goes first.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="EhrException">It came to nothing; <see cref="EhrFault.Conflict"/> when somebody else has changed it.</exception>
    public async Task<FhirResource> UpdateAsync(string type, string id, ReadOnlyMemory<byte> resource, string? etag, CallPriority priority, CancellationToken cancellationToken)
    {
        var call = Call(HttpMethod.Put, $"/{type}/{{id}}", priority) with
        {
            Path = new Dictionary<string, string> { ["id"] = id },
            Body = resource,
            Headers = etag is null ? [] : [new("If-Match", etag)],
        };
        return Written(call, await SendAsync(call, cancellationToken), type, id, resource);
    }

    /// <summary>What the server says that it can do. It is asked without a token, as the standard has it, and with one where that is refused.</summary>
    /// <exception cref="EhrException">It came to nothing.</exception>
    public async Task<FhirCapabilities> CapabilitiesAsync(CancellationToken cancellationToken)
    {
        var call = Call(HttpMethod.Get, "/metadata", CallPriority.Prompt) with { HasToken = false };
        EhrAnswer answer;
        try
        {
            answer = await SendAsync(call, cancellationToken);
        }
        catch (EhrException closed) when (closed.Fault is EhrFault.Unauthorized or EhrFault.Forbidden)
        {
            answer = await SendAsync(call with { HasToken = true }, cancellationToken);
        }

        return FhirCapabilities.Read(EhrBody.Read(call, answer)) ?? throw NotOf(call, answer, "CapabilityStatement");
    }

    private Task<EhrAnswer> SendAsync(EhrCall call, CancellationToken cancellationToken) => connection.SendFhirAsync(call with { Scope = Scope }, cancellationToken);

    private static EhrCall Call(HttpMethod method, string template, CallPriority priority) =>
        new() { Method = method, Of = EhrInterface.Fhir, Template = template, Priority = priority, Accept = JsonType, ContentType = JsonType };

    /// <summary>What every search of the connection has: of which practice.</summary>
    private IEnumerable<KeyValuePair<string, string>> Tenant() =>
        Options.Dialect.FhirTenant?.Split('=', 2) is [var name, var value] ? [new(name, value.Replace("{}", Options.VendorPractice, StringComparison.Ordinal))] : [];

    private FhirPage Page(EhrCall call, EhrAnswer answer)
    {
        var bundle = EhrBody.Read(call, answer);
        ThrowIfRefused(call, answer, bundle);
        if (FhirJson.Text(bundle, "resourceType") != "Bundle")
        {
            throw NotOf(call, answer, "Bundle");
        }

        var (resources, issues) = (new List<FhirResource>(), new List<FhirIssue>());
        foreach (var entry in FhirJson.Items(bundle, "entry"))
        {
            if (FhirResource.Of(FhirJson.Member(entry, "resource")) is not { } resource)
            {
                continue;
            }

            if (resource.Type == "OperationOutcome")
            {
                issues.AddRange(FhirOutcome.Read(resource.Json));
            }
            else
            {
                resources.Add(resource with { ServerTime = answer.ServerTime });
            }
        }

        return new FhirPage(resources, answer.ServerTime) { Issues = issues, Next = FhirJson.Link(bundle, "next") };
    }

    private FhirResource Resource(EhrCall call, EhrAnswer answer, string type)
    {
        var root = EhrBody.Read(call, answer);
        ThrowIfRefused(call, answer, root);
        return FhirResource.Of(root) is { } resource && resource.Type == type
            ? resource with { ETag = ETagOf(answer, root), ServerTime = answer.ServerTime }
            : throw NotOf(call, answer, type);
    }

    /// <summary>What a server sends back of a writing: the resource, an OperationOutcome, or nothing.</summary>
    private static FhirResource Written(EhrCall call, EhrAnswer answer, string type, string id, ReadOnlyMemory<byte> resource)
    {
        var root = answer.Body.Length == 0 ? default : EhrBody.Read(call, answer);
        ThrowIfRefused(call, answer, root);
        var written = FhirResource.Of(root) is { } given && given.Type == type ? given : new FhirResource(type, id, resource);
        return written with { ETag = ETagOf(answer, root), ServerTime = answer.ServerTime };
    }

    /// <summary>A status that is good, and a body that says that it was not done.</summary>
    private static void ThrowIfRefused(EhrCall call, EhrAnswer answer, JsonElement root)
    {
        var errors = FhirOutcome.Read(root).Where(issue => issue.IsError).ToList();
        if (errors.Count > 0)
        {
            throw answer.Failure(EhrFault.Refused, $"{call.Endpoint}: the status is {(int)answer.Status}, and the answer says that it was not done: {FhirOutcome.Codes(errors)}.");
        }
    }

    private static string? ETagOf(EhrAnswer answer, JsonElement root) =>
        answer.Header("ETag") ?? (FhirJson.Text(FhirJson.Member(root, "meta"), "versionId") is { Length: > 0 } version ? $"W/\"{version}\"" : null);

    private EhrException NotOf(EhrCall call, EhrAnswer answer, string type) =>
        answer.Failure(EhrFault.NotUnderstood, $"{Options.Id} {call.Endpoint}: the answer ({(int)answer.Status}, {answer.Body.Length} bytes) is no {type}.");
}
