using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.Events;

/// <summary>
/// Sends notifications. What is not answered with a 2xx in its time is sent again, with ever longer pauses, for about an hour; then it is
/// parked, and sent again when somebody asks for that.
/// </summary>
/// <param name="account">Is told of every attempt.</param>
/// <param name="patience">How long an answer may take.</param>
/// <param name="time">The clock.</param>
internal sealed class EventSender(VendorEvents account, TimeSpan patience, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _triesMax = TimeSpan.FromHours(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly List<Task> _running = [];
    private readonly List<Outgoing> _held = [];
    private readonly List<Outgoing> _parked = [];

    /// <summary>How many notifications no client took within the hour, so that they wait for a replay.</summary>
    public int Parked
    {
        get
        {
            lock (_lock)
            {
                return _parked.Count;
            }
        }
    }

    /// <summary>Sends a notification as soon as nothing holds it back. Faults meet notifications in the order in which they are sent.</summary>
    /// <param name="outgoing">Which.</param>
    /// <param name="ended">Is told whether it arrived, before the last attempt is in the account: whoever finds it there finds what comes of it.</param>
    public void Send(Outgoing outgoing, Action<bool>? ended = null)
    {
        lock (_lock)
        {
            if (account.IsHeld && outgoing.Type == Outgoing.Event)
            {
                _held.Add(outgoing);
                return;
            }

            _running.RemoveAll(one => one.IsCompletedSuccessfully);
            var fault = FaultOf(outgoing);
            _running.Add(Task.Run(() => RunAsync(outgoing, fault, ended)));
        }
    }

    /// <summary>Sends what was held back, the last first.</summary>
    public async Task ReleaseAsync()
    {
        Outgoing[] held;
        lock (_lock)
        {
            held = [.. Enumerable.Reverse(_held)];
            _held.Clear();
        }

        account.Release();
        foreach (var one in held)
        {
            await RunAsync(one, FaultOf(one), null);
        }
    }

    /// <summary>Sends again what was parked.</summary>
    public void Replay()
    {
        Outgoing[] parked;
        lock (_lock)
        {
            parked = [.. _parked];
            _parked.Clear();
        }

        foreach (var one in parked)
        {
            Send(one);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] running;
        lock (_lock)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _http.Dispose();
        _stopping.Dispose();
    }

    private EventFault? FaultOf(Outgoing outgoing) => outgoing.Type == Outgoing.Event ? account.TakeFault() : null;

    private async Task RunAsync(Outgoing outgoing, EventFault? fault, Action<bool>? ended)
    {
        try
        {
            if (fault == EventFault.Lost)
            {
                ended?.Invoke(true);
                return;
            }

            await TryAsync(outgoing, fault, ended);
            if (fault == EventFault.Twice)
            {
                await TryAsync(outgoing, null, null);
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    private async Task TryAsync(Outgoing outgoing, EventFault? fault, Action<bool>? ended)
    {
        var until = time.GetUtcNow() + _triesMax;
        var pause = _firstPause;
        for (var attempt = 1; ; attempt++)
        {
            // What is wrong with it is wrong once: the sender mends it.
            var status = await PostAsync(outgoing, attempt == 1 ? fault : null);
            var (hasArrived, isLast) = (status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices, outgoing.AttemptsMax == attempt || time.GetUtcNow() + pause > until);
            if (isLast && !hasArrived)
            {
                lock (_lock)
                {
                    _parked.Add(outgoing);
                }
            }

            if (isLast || hasArrived)
            {
                ended?.Invoke(hasArrived);
            }

            account.Add(new VendorNotification(outgoing.Subscription, outgoing.Type, attempt, status, Encoding.UTF8.GetString(outgoing.Body)));
            if (isLast || hasArrived)
            {
                return;
            }

            await Task.Delay(pause, time, _stopping.Token);
            pause += pause;
        }
    }

    /// <returns>What was answered; null where nothing was within the time.</returns>
    private async Task<HttpStatusCode?> PostAsync(Outgoing outgoing, EventFault? fault)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, outgoing.To) { Content = new ByteArrayContent(outgoing.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        foreach (var (name, value) in outgoing.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (outgoing.Secret.Length > 0 && fault != EventFault.NoSignature)
        {
            var secret = fault == EventFault.WrongSignature ? outgoing.Secret + "?" : outgoing.Secret;
            request.Headers.TryAddWithoutValidation("X-Hub-Signature", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), outgoing.Body))}");
        }

        using var late = new CancellationTokenSource(patience, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping.Token);
        try
        {
            using var answer = await _http.SendAsync(request, ends.Token);
            return answer.StatusCode;
        }
        catch (Exception failed) when (failed is HttpRequestException || (failed is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            return null;
        }
    }
}

/// <summary>One notification on its way.</summary>
/// <param name="AttemptsMax">After so many it is given up; zero for as long as an hour.</param>
internal sealed record Outgoing(string Subscription, string Type, Uri To, byte[] Body, string Secret, IReadOnlyList<(string Name, string Value)> Headers, int AttemptsMax)
{
    public const string Event = "event-notification";

    public static Outgoing Of(EventSubscription subscription, string type, JsonObject bundle, int attemptsMax) =>
        new(subscription.Id, type, subscription.Endpoint, Encoding.UTF8.GetBytes(bundle.ToJsonString()), subscription.Secret, subscription.Headers, attemptsMax);
}
