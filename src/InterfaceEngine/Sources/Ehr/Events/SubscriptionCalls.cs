using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>
/// What is asked of a server about subscriptions, in athenahealth's form and in that of the standard (FHIR R4 Subscription; FHIR Subscriptions R5 Backport).
/// </summary>
internal sealed class SubscriptionCalls(EhrConnection connection, EventOptions options)
{
    private const string Stem = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";

    /// <summary>Some servers grant these scopes apart, and refuse a token that asks for them where they are not.</summary>
    private string? Scope => connection.Options.Scopes.Events is { Length: > 0 } own ? own : null;

    private bool IsAthena => connection.Options.Dialect.HasAthenaEvents;

    /// <summary>Creates a subscription. It is not repeated: whoever got no answer looks at <see cref="ListAsync"/>.</summary>
    /// <returns>Its id at the server, and when it ends there: a server may give less than it was asked for.</returns>
    /// <exception cref="EhrException">It came to nothing.</exception>
    public async Task<(string Id, DateTimeOffset? End)> CreateAsync(SubscriptionState wanted, CancellationToken cancellationToken)
    {
        var call = Call(HttpMethod.Post, "/Subscription") with { Body = Body(wanted), Headers = IsAthena ? [new("X-Hub-Secret", wanted.Secret)] : [] };
        var answer = await SendAsync(call, cancellationToken);
        var made = answer.Body.Length > 0 ? EhrBody.ReadOne(call, answer) : default;
        return (FhirJson.Text(made, "id") ?? LastOf(answer.Header("Location"))) is { Length: > 0 } id
            ? (id, TimeOf(FhirJson.Text(made, "end")) ?? wanted.End)
            : throw new EhrException(EhrFault.NotUnderstood, $"{connection.Options.Id} {call.Endpoint}: the answer names no id of the subscription.");
    }

    /// <summary>Asks for it to be active again.</summary>
    /// <exception cref="EhrException">It came to nothing.</exception>
    public Task UpdateAsync(SubscriptionState wanted, CancellationToken cancellationToken) =>
        SendAsync(One(HttpMethod.Put, wanted.Id) with { Body = Body(wanted), MayRepeat = true }, cancellationToken);

    /// <summary>Ends it at the server; that it is not there any more is as good.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(One(HttpMethod.Delete, id) with { MayRepeat = true }, cancellationToken);
        }
        catch (EhrException gone) when (gone.Fault == EhrFault.NotFound)
        {
            // Ended by itself, or by an earlier attempt.
        }
    }

    /// <summary>The subscriptions at the server that call our endpoint, whoever made them, each with its status.</summary>
    /// <exception cref="EhrException">It came to nothing.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string>();
        await foreach (var page in new FhirClient(connection) { Scope = Scope }.SearchAsync(new FhirSearch("Subscription", []), cancellationToken))
        {
            foreach (var resource in page.Resources)
            {
                using var document = JsonDocument.Parse(resource.Json);
                if (FhirJson.Text(FhirJson.Member(document.RootElement, "channel"), "endpoint") == options.Callback?.AbsoluteUri)
                {
                    found[resource.Id] = FhirJson.Text(document.RootElement, "status") ?? "";
                }
            }
        }

        return found;
    }

    /// <summary>What the server says of it: by <c>$status</c>, and of a server that has no such operation by the resource.</summary>
    /// <exception cref="EhrException">It came to nothing; <see cref="EhrFault.NotFound"/> when there is none of this id.</exception>
    public async Task<Notification> StatusAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(id, "$status", [], cancellationToken);
        }
        catch (EhrException fault) when (fault.Fault is EhrFault.NotFound or EhrFault.Invalid)
        {
            var call = One(HttpMethod.Get, id);
            var resource = EhrBody.ReadOne(call, await SendAsync(call, cancellationToken));
            return new Notification(NotificationKind.Status) { Subscription = id, Status = FhirJson.Text(resource, "status") };
        }
    }

    /// <summary>Events that were missed.</summary>
    /// <exception cref="EhrException">It came to nothing, or the server has no such operation.</exception>
    public Task<Notification> EventsAsync(string id, long first, long last, CancellationToken cancellationToken) => AskAsync(
        id, "$events", [new("eventsSinceNumber", Text(first)), new("eventsUntilNumber", Text(last)), new("content", "id-only")], cancellationToken);

    private async Task<Notification> AskAsync(string id, string operation, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken cancellationToken)
    {
        var call = One(HttpMethod.Get, id);
        call = call with { Template = $"{call.Template}/{operation}", Query = query };
        var answer = await SendAsync(call, cancellationToken);
        try
        {
            return NotificationReader.Read(answer.Body);
        }
        catch (NotificationException wrong)
        {
            throw new EhrException(EhrFault.NotUnderstood, $"{connection.Options.Id} {call.Endpoint}: {wrong.Message}", wrong);
        }
    }

    private static EhrCall One(HttpMethod method, string id) => Call(method, "/Subscription/{id}") with { Path = new Dictionary<string, string> { ["id"] = id } };

    private static EhrCall Call(HttpMethod method, string template) => new() { Method = method, Of = EhrInterface.Fhir, Template = template, Priority = CallPriority.Prompt };

    private Task<EhrAnswer> SendAsync(EhrCall call, CancellationToken cancellationToken) => connection.SendFhirAsync(call with { Scope = Scope }, cancellationToken);

    private byte[] Body(SubscriptionState wanted)
    {
        var topic = wanted.Topic.Contains(':', StringComparison.Ordinal) ? wanted.Topic : $"{connection.Options.Fhir!.AbsoluteUri.TrimEnd('/')}/SubscriptionTopic/{wanted.Topic}";
        var channel = new JsonObject
        {
            ["type"] = "rest-hook",
            ["endpoint"] = options.Callback!.AbsoluteUri,
            ["payload"] = "application/fhir+json",
            ["_payload"] = Extension("backport-payload-content", "valueCode", "id-only"),
        };
        if (!IsAthena)
        {
            channel["header"] = new JsonArray($"{WebhookIntake.SecretHeader}: {wanted.Secret}");
            channel["extension"] = new JsonArray(new JsonObject { ["url"] = $"{Stem}backport-heartbeat-period", ["valueUnsignedInt"] = (int)options.Heartbeat.TotalSeconds });
        }

        var subscription = new JsonObject
        {
            ["resourceType"] = "Subscription",
            ["meta"] = new JsonObject { ["profile"] = new JsonArray($"{Stem}backport-subscription") },
            ["status"] = "requested",
            ["end"] = wanted.End?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["reason"] = "Practice Studio follows what changes",
            ["criteria"] = topic,
            ["channel"] = channel,
        };
        if (wanted.Id.Length > 0)
        {
            subscription["id"] = wanted.Id;
        }

        if (connection.Options.Dialect.FhirTenant?.Replace("{}", connection.Options.VendorPractice, StringComparison.Ordinal) is { } tenant)
        {
            subscription["_criteria"] = Extension("backport-filter-criteria", "valueString", tenant);
        }

        return JsonSerializer.SerializeToUtf8Bytes(subscription);
    }

    private static JsonObject Extension(string name, string kind, string value) =>
        new() { ["extension"] = new JsonArray(new JsonObject { ["url"] = $"{Stem}{name}", [kind] = value }) };

    private static string? LastOf(string? location) => location?.Split('/', StringSplitOptions.RemoveEmptyEntries).TakeWhile(part => part != "_history").LastOrDefault();

    private static DateTimeOffset? TimeOf(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
