using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Ehr.Fhir;

/// <summary>A time that a server's schedule has.</summary>
/// <param name="Id">The server's.</param>
/// <param name="Start">When it begins.</param>
/// <param name="End">When it ends.</param>
internal sealed record FhirSlot(string Id, Instant Start, Instant End)
{
    public bool IsFree { get; init; }

    /// <summary>Id of its provider; null where its schedule names none.</summary>
    public string? Provider { get; init; }

    /// <summary>Id of its location; null where its schedule names none.</summary>
    public string? Location { get; init; }

    /// <summary>The code of what it is for; null where it says none.</summary>
    public string? Type { get; init; }

    public string? TypeName { get; init; }

    public int Minutes => (int)(End - Start).TotalMinutes;
}

/// <summary>A server's schedule: Slots, and by their Schedules whose they are and where.</summary>
internal sealed class FhirSlots(FhirClient client, string actor)
{
    /// <summary>So many schedules are named in one search, so that no address is too long.</summary>
    private const int SchedulesAtOnce = 20;

    /// <summary>What is free, in the server's order.</summary>
    /// <param name="provider">Id of the provider; null for all.</param>
    /// <param name="location">Id of the location; null for all.</param>
    /// <param name="type">The code of what it is for; null for all. A slot that says nothing is for anything.</param>
    /// <param name="from">From when on.</param>
    /// <param name="until">Until when, excluded.</param>
    /// <param name="limit">The most that are given.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="EhrException">The server did not say.</exception>
    public async Task<(IReadOnlyList<FhirSlot> Slots, bool HasMore)> OpenAsync(
        string? provider, string? location, string? type, Instant from, Instant until, int limit, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> actors = [.. ActorIs("Practitioner", provider), .. ActorIs("Location", location)];
        var schedules = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        await foreach (var page in SeekAsync("Schedule", actors, cancellationToken))
        {
            foreach (var schedule in page.Resources.Where(one => one.Type == "Schedule"))
            {
                schedules[schedule.Id] = Root(schedule);
            }
        }

        var (found, hasMore) = (new List<FhirSlot>(), false);
        foreach (var some in schedules.Where(one => Is(one.Value, "Practitioner", provider) && Is(one.Value, "Location", location)).Select(one => one.Key).Chunk(SchedulesAtOnce))
        {
            var query = new[]
            {
                KeyValuePair.Create("schedule", string.Join(',', some.Select(id => $"Schedule/{id}"))), KeyValuePair.Create("status", "free"),
                KeyValuePair.Create("start", $"ge{InstantPattern.General.Format(from)}"), KeyValuePair.Create("start", $"lt{InstantPattern.General.Format(until)}"),
            };
            var before = found.Count;
            await foreach (var page in SeekAsync("Slot", query, cancellationToken))
            {
                found.AddRange(page.Resources.Where(one => one.Type == "Slot").Select(one => Slot(Root(one), schedules)).OfType<FhirSlot>()
                    .Where(slot => slot.IsFree && slot.Start >= from && slot.Start < until && (type is null || (slot.Type ?? type) == type)));
                if (found.Count - before > limit)
                {
                    hasMore = true;
                    break;
                }
            }
        }

        return (found, hasMore);
    }

    /// <summary>One slot.</summary>
    /// <exception cref="EhrException">The server has none of this id, or did not say.</exception>
    public async Task<FhirSlot> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var slot = Root(await client.ReadAsync("Slot", id, CallPriority.Interactive, cancellationToken));
        var schedules = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (ScheduleOf(slot) is { } schedule)
        {
            schedules[schedule] = Root(await client.ReadAsync("Schedule", schedule, CallPriority.Interactive, cancellationToken));
        }

        return Slot(slot, schedules) ?? throw new EhrException(EhrFault.NotUnderstood, $"{client.Connection.Options.Id} GET /Slot/{{id}}: the slot says no time.");
    }

    private IAsyncEnumerable<FhirPage> SeekAsync(string type, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken cancellationToken) =>
        client.SearchAsync(new FhirSearch(type, query) { Priority = CallPriority.Interactive, Actor = actor }, cancellationToken);

    private static IEnumerable<KeyValuePair<string, string>> ActorIs(string type, string? id) => id is null ? [] : [new("actor", $"{type}/{id}")];

    private static FhirSlot? Slot(JsonElement slot, Dictionary<string, JsonElement> schedules)
    {
        if (FhirVisit.Moment(slot, "start") is not { } start || FhirVisit.Moment(slot, "end") is not { } end || FhirJson.Text(slot, "id") is not { } id)
        {
            return null;
        }

        var schedule = ScheduleOf(slot) is { } name ? schedules.GetValueOrDefault(name) : default;
        var type = FhirJson.Member(slot, "appointmentType");
        var coding = FhirJson.Items(type, "coding").FirstOrDefault();
        return new FhirSlot(id, start, end)
        {
            IsFree = FhirJson.Text(slot, "status") == "free",
            Provider = Actor(schedule, "Practitioner"),
            Location = Actor(schedule, "Location"),
            Type = FhirJson.Text(coding, "code"),
            TypeName = FhirJson.Text(type, "text") ?? FhirJson.Text(coding, "display"),
        };
    }

    private static string? ScheduleOf(JsonElement slot) => FhirIds.In(FhirJson.Text(FhirJson.Member(slot, "schedule"), "reference"), "Schedule");

    /// <summary>Who is sought, or nobody is: a server that did not look at a parameter gives others as well.</summary>
    private static bool Is(JsonElement schedule, string type, string? id) =>
        id is null || FhirJson.Items(schedule, "actor").Any(one => FhirIds.In(FhirJson.Text(one, "reference"), type) == id);

    private static string? Actor(JsonElement schedule, string type) =>
        FhirJson.Items(schedule, "actor").Select(one => FhirIds.In(FhirJson.Text(one, "reference"), type)).FirstOrDefault(id => id is not null);

    private static JsonElement Root(FhirResource resource)
    {
        using var document = JsonDocument.Parse(resource.Json);
        return document.RootElement.Clone();
    }
}
