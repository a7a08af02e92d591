using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Fhir;
using InterfaceEngine.Sandbox.Vendors.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Events;

/// <summary>
/// Subscriptions of clients: athenahealth's own in its real profile, those of the Subscriptions R5 Backport guide in the guides' profiles. Not for
/// concurrent use.
/// </summary>
internal sealed class EventDesk : IAsyncDisposable
{
    private const string Stem = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";

    /// <summary>A client that does not take so many attempts of one notification has its subscription put to <c>error</c>.</summary>
    private const int AttemptsOfGuide = 3;

    private readonly VendorContext _vendor;
    private readonly Lock _oneAtATime;
    private readonly EventSender _sender;
    private readonly Dictionary<string, EventSubscription> _subscriptions = [];
    private readonly List<ITimer> _heartbeats = [];

    /// <param name="vendor">Whose.</param>
    /// <param name="account">Is told of every attempt.</param>
    /// <param name="oneAtATime">Held by whoever reads or changes what the vendor knows.</param>
    public EventDesk(VendorContext vendor, VendorEvents account, Lock oneAtATime)
    {
        (_vendor, _oneAtATime, _sender) = (vendor, oneAtATime, new EventSender(account, vendor.Options.NotificationPatience, vendor.Time));
        foreach (var practice in vendor.Practices.Values)
        {
            practice.Changed = change => Tell(practice, change);
        }
    }

    public EventSender Sender => _sender;

    private bool IsAthenas => _vendor.Profile is { IsAthena: true, IsGuide: false };

    public static VendorAnswer Topics(FhirRequest request) => Bundle(EventTopics.All.Select(topic => new JsonObject
    {
        ["resourceType"] = "SubscriptionTopic",
        ["id"] = topic,
        ["url"] = $"{request.Base}/SubscriptionTopic/{topic}",
        ["status"] = "active",
    }));

    public VendorAnswer List(FhirRequest request) => Bundle(_subscriptions.Values.Where(one => one.Practice == request.Practice.House.Id || IsAthenas).Select(Resource));

    public VendorAnswer Create(VendorRequest request)
    {
        if (request.Json() is not { } body || (string?)body["resourceType"] != "Subscription")
        {
            return FhirAnswers.Outcome(400, "structure", "A Subscription is expected.");
        }

        if (SubscriptionForm.Read(body, _vendor, request.Header("X-Hub-Secret"), Next(), out var wrong) is not { } subscription)
        {
            return FhirAnswers.Outcome(422, "invalid", wrong!);
        }

        _subscriptions.Add(subscription.Id, subscription);
        Start(subscription);
        return FhirAnswers.Json(Resource(subscription), 201).With("Location", $"{BaseOf(subscription)}/Subscription/{subscription.Id}");
    }

    /// <summary>Puts one that failed on again, as the guide has it.</summary>
    public VendorAnswer Update(VendorRequest request) => Of(request, subscription =>
    {
        subscription.Status = "requested";
        Start(subscription);
        return FhirAnswers.Json(Resource(subscription));
    });

    public VendorAnswer Read(VendorRequest request) => Of(request, subscription => FhirAnswers.Json(Resource(subscription)));

    public VendorAnswer Delete(VendorRequest request) => _subscriptions.Remove(request.Part("id")) ? new VendorAnswer(204) : NotFound();

    public VendorAnswer Status(VendorRequest request) => Of(request, subscription =>
        Bundle([Notification(subscription, "query-status", [])["entry"]![0]!["resource"]!.DeepClone().AsObject()]));

    public VendorAnswer Events(VendorRequest request) => Of(request, subscription =>
    {
        long Bound(string name, long otherwise) => long.TryParse(request.Query[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
        var (from, to) = (Bound("eventsSinceNumber", 1), Bound("eventsUntilNumber", long.MaxValue));
        return FhirAnswers.Json(Notification(subscription, "query-event", [.. subscription.Events.Where(one => one.Number >= from && one.Number <= to)]));
    });

    public async ValueTask DisposeAsync()
    {
        _heartbeats.ForEach(timer => timer.Dispose());
        await _sender.DisposeAsync();
    }

    private string Next() => $"sub-{(_subscriptions.Count + 1).ToString(CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}"[..24];

    private void Start(EventSubscription subscription)
    {
        if (IsAthenas)
        {
            // No handshake is described, so none is sent.
            subscription.Status = "active";
            return;
        }

        _sender.Send(Outgoing.Of(subscription, "handshake", Notification(subscription, "handshake", []), 1), hasArrived =>
        {
            lock (_oneAtATime)
            {
                subscription.Status = hasArrived ? "active" : "error";
            }
        });
        if (subscription.Heartbeat > TimeSpan.Zero && subscription.LastSent == default)
        {
            subscription.LastSent = _vendor.Now;
            _heartbeats.Add(_vendor.Time.CreateTimer(_ => Beat(subscription), null, subscription.Heartbeat, subscription.Heartbeat));
        }
    }

    private void Beat(EventSubscription subscription)
    {
        lock (_oneAtATime)
        {
            var isQuiet = _vendor.Now - subscription.LastSent >= subscription.Heartbeat;
            if (!_subscriptions.ContainsKey(subscription.Id) || IsOver(subscription) || subscription.Status == "requested" || !isQuiet)
            {
                return;
            }

            subscription.LastSent = _vendor.Now;
            _sender.Send(Outgoing.Of(subscription, "heartbeat", Notification(subscription, "heartbeat", []), 1));
        }
    }

    private void Tell(VendorPractice practice, VendorChange change)
    {
        foreach (var subscription in _subscriptions.Values.Where(one => one.Practice == practice.House.Id && one.Topic == EventTopics.Of(change)).ToList())
        {
            if (IsOver(subscription) || !subscription.IsOn(_vendor.Now))
            {
                continue;
            }

            var told = new VendorEvent(subscription.Events.Count + 1, Guid.NewGuid().ToString(), change, _vendor.Now);
            subscription.Events.Add(told);
            subscription.LastSent = _vendor.Now;
            _sender.Send(Outgoing.Of(subscription, Outgoing.Event, Notification(subscription, Outgoing.Event, [told]), IsAthenas ? 0 : AttemptsOfGuide), hasArrived =>
            {
                if (!hasArrived && !IsAthenas)
                {
                    lock (_oneAtATime)
                    {
                        subscription.Status = "error";
                    }
                }
            });
        }
    }

    private bool IsOver(EventSubscription subscription)
    {
        if (subscription.End is { } end && _vendor.Now >= end)
        {
            subscription.Status = "off";
        }

        return subscription.Status == "off";
    }

    private JsonObject Notification(EventSubscription subscription, string type, IReadOnlyList<VendorEvent> events)
    {
        var chart = new FhirChart(_vendor.Practices[subscription.Practice], new FhirIds(subscription.Practice, IsAthenas));
        return IsAthenas && type == Outgoing.Event
            ? EventBundles.OfAthena(subscription, events, _vendor.Now, chart.Ids)
            : EventBundles.OfGuide(subscription, type, events, _vendor.Now, BaseOf(subscription), chart.Find);
    }

    private string BaseOf(EventSubscription subscription) => _vendor.Address + _vendor.Profile.Fhir.Replace("{}", subscription.Practice, StringComparison.Ordinal);

    private VendorAnswer Of(VendorRequest request, Func<EventSubscription, VendorAnswer> handle)
    {
        if (!_subscriptions.TryGetValue(request.Part("id"), out var subscription))
        {
            return NotFound();
        }

        IsOver(subscription);
        return handle(subscription);
    }

    private static JsonObject Resource(EventSubscription subscription)
    {
        var resource = new JsonObject
        {
            ["resourceType"] = "Subscription",
            ["id"] = subscription.Id,
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(Stem + "backport-subscription") },
            ["status"] = subscription.Status,
            ["reason"] = "as asked",
            ["criteria"] = subscription.TopicAddress,
            ["channel"] = new JsonObject
            {
                ["type"] = "rest-hook",
                ["endpoint"] = subscription.Endpoint.ToString(),
                ["payload"] = "application/fhir+json",
                ["_payload"] = new JsonObject { ["extension"] = new JsonArray(new JsonObject { ["url"] = Stem + "backport-payload-content", ["valueCode"] = subscription.Payload }) },
            },
        };
        if (subscription.End is { } end)
        {
            resource["end"] = end.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        }

        return resource;
    }

    private static VendorAnswer Bundle(IEnumerable<JsonObject> resources) => FhirAnswers.Json(new JsonObject
    {
        ["resourceType"] = "Bundle",
        ["type"] = "searchset",
        ["entry"] = new JsonArray([.. resources.Select(resource => new JsonObject { ["resource"] = resource })]),
    });

    private static VendorAnswer NotFound() => FhirAnswers.Outcome(404, "not-found", "Subscription: there is none of this id.");
}
