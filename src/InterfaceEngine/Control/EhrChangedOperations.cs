using InterfaceEngine.Ehr;
using InterfaceEngine.Sources.Ehr.Changed;

namespace InterfaceEngine.Control;

/// <summary>The feeds of what changed, looked at when people want it and not by the clock alone.</summary>
internal sealed class EhrChangedOperations(EngineParts parts)
{
    public async Task<EhrChangedAnswer> LookAsync(EhrChangedRequest request, CancellationToken cancellationToken)
    {
        var connection = ConnectionOperations.Find(parts, request.Connection, request.Practices);
        var feeds = parts.VendorOf(connection).Changed();
        if (feeds.Count == 0)
        {
            throw RequestException.Refused($"{request.Connection} follows no feed of what changed: name them in Connections:{request.Connection}:Changed:Feeds.");
        }

        if (request.Feed is { } wanted && !feeds.ContainsKey(wanted))
        {
            throw RequestException.NotFound($"{wanted} is no feed that {request.Connection} follows: {string.Join(", ", feeds.Keys)} are.");
        }

        await parts.Store.AskAsync(request.Audit("ehr changed", connection.Options.Practice, $"{request.Connection}{(request.Feed is { } one ? $", {one}" : "")}"), _ => 0, cancellationToken);
        var views = new List<EhrChangedView>();
        foreach (var (name, feed) in feeds.Where(feed => request.Feed is null || feed.Key == request.Feed))
        {
            views.Add(await LookAsync(name, feed, request.Again, cancellationToken));
        }

        return new EhrChangedAnswer(request.Connection, views);
    }

    private static async Task<EhrChangedView> LookAsync(string name, ChangedFeed feed, DateTimeOffset? again, CancellationToken cancellationToken)
    {
        try
        {
            var report = await feed.LookAsync(again, cancellationToken);
            return new EhrChangedView(name, report.Rows, report.Again, report.LeftOut, report.Created, report.Updated, report.Refused, report.Until, null);
        }
        catch (Exception fault) when (fault is EhrException or ChangedBusyException)
        {
            return new EhrChangedView(name, 0, 0, 0, 0, 0, 0, null, fault.Message);
        }
    }
}
