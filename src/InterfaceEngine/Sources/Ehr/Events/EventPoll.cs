using System.Text.Json;
using System.Text.Json.Serialization;
using InterfaceEngine.Ehr;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>
/// Asks for what an event would have said that did not come: now and then, and soon where it is known that one is missing. It is the synchronisation of the types
/// that the topics are about, on from where the last one ended. One node at a time does it (a duty).
/// </summary>
/// <param name="options">The connection.</param>
/// <param name="sync">Its synchronisation.</param>
/// <param name="store">Keeps when it is due.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it says what came of it.</param>
internal sealed partial class EventPoll(ConnectionOptions options, VendorSync sync, IConnectionStore store, TimeProvider time, ILogger<EventPoll> logger)
{
    private const string Kind = "event poll";

    private static readonly TimeSpan _look = TimeSpan.FromSeconds(10);

    /// <summary>However much is missing, it is asked for at most so often: asking for everybody costs a call for each patient.</summary>
    private static readonly TimeSpan _soonest = TimeSpan.FromHours(1);

    private static readonly TimeSpan _pauseAfterFault = TimeSpan.FromMinutes(5);

    private ConnectionKey Key => new(options.Practice, options.Id, Kind, "");

    /// <summary>Goes on until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await LookAsync(cancellationToken);
            await Task.Delay(_look, time, cancellationToken);
        }
    }

    /// <summary>How it stands; null when it never was due.</summary>
    public async Task<PollState?> StateAsync(CancellationToken cancellationToken) => await store.FindAsync(Key, cancellationToken) is { Version: > 0 } kept ? PollState.Parse(kept.Content) : null;

    /// <summary>Something is missing: asks soon. An hour lies between two times.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        while (!await store.WriteAsync([await SoonAsync(cancellationToken)], cancellationToken))
        {
            // Another node wrote it meanwhile.
        }
    }

    /// <summary>The same, to be written together with what makes it necessary.</summary>
    public async Task<ConnectionWrite> SoonAsync(CancellationToken cancellationToken)
    {
        var kept = await store.FindAsync(Key, cancellationToken);
        var state = kept.Version == 0 ? new PollState() : PollState.Parse(kept.Content);
        var since = time.GetUtcNow() - (state.EndedAt ?? DateTimeOffset.MinValue);
        var soon = since > _soonest ? TimeSpan.Zero : _soonest - since;

        // What is due sooner stays so.
        var isDueSooner = kept.DueAt - kept.Now < soon.TotalMilliseconds;
        return new ConnectionWrite(Key, kept.Version, state.ToJson()) { DueIn = isDueSooner ? TimeSpan.FromMilliseconds(Math.Max(0, kept.DueAt!.Value - kept.Now)) : soon };
    }

    /// <summary>Does it when it is due.</summary>
    /// <returns>Whether it was.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var kept = await store.FindAsync(Key, cancellationToken);
        if (kept.Version == 0 && options.Events.Topics.Count > 0)
        {
            await store.WriteAsync([new ConnectionWrite(Key, 0, new PollState().ToJson()) { DueIn = options.Events.Poll }], cancellationToken);
            return false;
        }

        if (kept.DueAt is not { } due || due > kept.Now)
        {
            return false;
        }

        var fault = await AskNowAsync(cancellationToken);
        var state = new PollState { EndedAt = time.GetUtcNow(), Fault = fault };

        // Where it was asked for once more meanwhile, it stays due.
        TimeSpan? next = fault is not null ? _pauseAfterFault : options.Events.Topics.Count > 0 ? options.Events.Poll : null;
        await store.WriteAsync([new ConnectionWrite(Key, kept.Version, state.ToJson()) { DueIn = next }], cancellationToken);
        return true;
    }

    /// <returns>Why it came to nothing; null when it did not.</returns>
    private async Task<string?> AskNowAsync(CancellationToken cancellationToken)
    {
        var types = options.Events.Topics.Select(EventTopics.TypesOf).ToList();
        var request = types.Count > 0 && types.TrueForAll(each => each is not null)
            ? new SyncRequest { IncludeStandard = false, Types = [.. types.SelectMany(each => each!).Distinct()] }
            : new SyncRequest();
        string? fault;
        try
        {
            fault = (await sync.RunAsync(request, cancellationToken)).Fault;
        }
        catch (Exception failure) when (failure is EhrException or SyncBusyException)
        {
            fault = failure.Message;
        }

        if (fault is not null)
        {
            Log.Failed(logger, options.Id, fault);
        }

        return fault;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Connection} could not be asked for what events may have left out, and is in some minutes: {Reason}", EventName = "EventPollFailed")]
        public static partial void Failed(ILogger logger, string connection, string reason);
    }
}

/// <summary>How it stands with asking for what events left out.</summary>
internal sealed record PollState
{
    /// <summary>When it was done last; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it came to nothing; null when it did not. No patient data.</summary>
    public string? Fault { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, PollJson.Default.PollState);

    public static PollState Parse(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, PollJson.Default.PollState)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PollState))]
internal sealed partial class PollJson : JsonSerializerContext;
