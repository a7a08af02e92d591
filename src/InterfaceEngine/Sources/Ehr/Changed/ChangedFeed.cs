using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Nodes;
using InterfaceEngine.Sources.Ehr.Insurances;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr.Changed;

/// <summary>
/// Follows one of athenaNet's feeds of what changed. To read a page marks its rows as handed out, and nobody with the same key gets them again. So before the
/// vendor is asked it is kept that it was, a page is on disk before the next is asked for, and a look that did not come to its end is followed by asking for
/// what was handed out since the last one that did. What came before is only confirmed.
/// </summary>
/// <param name="connection">To the vendor.</param>
/// <param name="feed">Which feed.</param>
/// <param name="documents">Takes rows in.</param>
/// <param name="insurances">Patients who changed, whose insurances no row tells.</param>
/// <param name="store">Keeps how far it was read.</param>
/// <param name="leases">Who reads it now.</param>
/// <param name="owner">This process among the nodes.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Its log.</param>
internal sealed partial class ChangedFeed(
    EhrConnection connection,
    ChangedKind feed,
    VendorDocuments documents,
    InsuranceQueue insurances,
    IConnectionStore store,
    ILeaseStore leases,
    string owner,
    TimeProvider time,
    ILogger<ChangedFeed> logger)
{
    /// <summary>The most rows that are asked for in one page.</summary>
    public const int PageRows = 500;

    private static readonly string _pageRows = PageRows.ToString(CultureInfo.InvariantCulture);

    /// <summary>The most pages of one look; what is left waits for the next one.</summary>
    private const int PagesMax = 200;

    /// <summary>How often it is made sure that the vendor still fills the feed.</summary>
    private static readonly TimeSpan _subscribedFor = TimeSpan.FromHours(1);

    private readonly AthenaNetClient _client = new(connection) { Priority = CallPriority.Sync };
    private readonly ChangedCursors _cursors = new(store, connection.Options.Practice, connection.Options.Id);

    /// <summary>When it was made sure last that it is subscribed to, by our clock; null makes sure of it.</summary>
    private DateTimeOffset? _subscribedAt;

    /// <summary>The vendor's clock as it was told last.</summary>
    private DateTimeOffset _now;

    /// <summary>The same, as a moment from which may be asked again.</summary>
    private DateTimeOffset Moment => VendorTime.Believed(_now, time.GetUtcNow());

    /// <summary>This process has looked to the end of it, so that nothing was handed out behind its back, as before a store was restored.</summary>
    private bool _isFollowed;

    private ConnectionOptions Options => connection.Options;

    /// <summary>Looks at it again and again, until it is cancelled. A connection that is off is not asked.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; what was not kept is asked for again.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? said = null;
        while (true)
        {
            if (connection.WhyOff is null)
            {
                said = await TryLookAsync(said, cancellationToken);
            }

            await Task.Delay(Options.Changed.Every, time, cancellationToken);
        }
    }

    /// <summary>One look: first for what may be lost, then for what is new.</summary>
    /// <param name="again">Asks for what was handed out since then again, too; null for what may be lost alone.</param>
    /// <param name="cancellationToken">Breaks it off; the next look asks again for what it was given.</param>
    /// <exception cref="ChangedBusyException">Another looks at it now.</exception>
    /// <exception cref="EhrException">A page came to nothing. What came before it was taken, and the next look asks for the rest.</exception>
    /// <exception cref="StoreUnavailableException">A page is not on disk: the next look asks for it again.</exception>
    public async Task<ChangedReport> LookAsync(DateTimeOffset? again, CancellationToken cancellationToken)
    {
        if (!documents.IsRead(Options.Practice, feed.DocumentKind))
        {
            throw new EhrException(EhrFault.Disabled, $"{Options.Id}: no table of practice {Options.Practice} reads '{feed.DocumentKind}', so the changed {feed.Name} are left where they are.");
        }

        // Within this process one looks at a time as well, so that each is an owner of its own.
        await using var ownership = await Ownership.TryTakeAsync(leases, $"changed/{Options.Id}/{feed.Name}", $"{owner} {Guid.NewGuid():N}", Duty.LeaseFor, time, logger, cancellationToken)
            ?? throw new ChangedBusyException(Options.Id, feed.Name);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ownership.Lost);
        var look = new Look(await _cursors.FindAsync(feed.Name, ending.Token), new ChangedReport(feed.Name));
        try
        {
            await SubscribeAsync(ending.Token);
            await LostAsync(look, again, ending.Token);
            await NewAsync(look, ownership, ending.Token);
            _isFollowed = true;
            return look.Report;
        }
        catch (EhrException fault)
        {
            _subscribedAt = null;
            var cursor = look.Kept.Cursor with { Fault = fault.Message, IsOpen = look.Kept.Cursor.IsOpen && !(look is { IsNew: true, IsHandedOut: false } && IsRefusal(fault.Fault)) };
            if (cursor != look.Kept.Cursor)
            {
                await KeepAsync(look, cursor, ending.Token);
            }

            throw;
        }
    }

    /// <returns>What is wrong now; null when nothing is.</returns>
    private async Task<string?> TryLookAsync(string? said, CancellationToken cancellationToken)
    {
        try
        {
            var report = await LookAsync(null, cancellationToken);
            if (report.Rows + report.Again > 0)
            {
                Log.Looked(logger, Options.Id, feed.Name, report.Rows, report.Again, report.Refused);
            }

            return null;
        }
        catch (Exception fault) when (fault is EhrException or ChangedBusyException)
        {
            // A vendor that fails for an hour is said once.
            if (fault.Message != said)
            {
                Log.Failed(logger, Options.Id, feed.Name, fault.Message);
            }

            return fault.Message;
        }
    }

    /// <summary>Has the vendor fill the feed with all its events. It may take a quarter of an hour until it does.</summary>
    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        if (_subscribedAt is { } at && time.GetUtcNow() - at < _subscribedFor)
        {
            return;
        }

        var call = AthenaCalls.Get(feed.SubscriptionPath);
        var answer = await _client.SendAsync(call, cancellationToken);
        _now = answer.ServerTime;
        if (EhrBody.ReadOne(call, answer).Text("status") is not "ACTIVE")
        {
            await _client.OneAsync(AthenaCalls.Post(feed.SubscriptionPath), cancellationToken);
            Log.Subscribed(logger, Options.Id, feed.Name);
        }

        _subscribedAt = time.GetUtcNow();
    }

    /// <summary>
    /// Asks again for what was handed out since the last look that came to its end, where a later one did not, or where this process does not know: the store may
    /// have been restored meanwhile.
    /// </summary>
    private async Task LostAsync(Look look, DateTimeOffset? again, CancellationToken cancellationToken)
    {
        var cursor = look.Kept.Cursor;
        var since = cursor.IsOpen || !_isFollowed ? cursor.Until : null;
        if ((again < since ? again : since ?? again) is not { } from)
        {
            return;
        }

        var until = Moment;
        var call = AthenaCalls.Get(
            feed.Path,
            ("showprocessedstartdatetime", AthenaValues.Of(from - AthenaValues.AnyZone)),
            ("showprocessedenddatetime", AthenaValues.Of((_now > until ? _now : until) + AthenaValues.AnyZone)),
            ("limit", _pageRows));
        var isFirst = true;
        await foreach (var page in _client.PagesAsync(call, feed.List, cancellationToken))
        {
            // What was handed out before the first answer is in it.
            until = isFirst ? VendorTime.Believed(page.ServerTime, time.GetUtcNow()) : until;
            isFirst = false;
            await TakeAsync(look, page.Rows, page.ServerTime, cancellationToken);
            look.Report = look.Report with { Again = look.Report.Again + page.Rows.Count };
        }

        if (cursor.IsOpen)
        {
            Log.Replayed(logger, Options.Id, feed.Name, LogTime.Of(from), look.Report.Again);
        }

        // What somebody asked for from another moment on says nothing of what was before.
        look.Until = since is null ? null : until;
    }

    /// <summary>
    /// Reads what is new until nothing is left. Whether the next page's address leads to rows that were marked with the first, or past rows that moved up, nobody says: it
    /// is followed, and then the list is asked for anew.
    /// </summary>
    private async Task NewAsync(Look look, Ownership ownership, CancellationToken cancellationToken)
    {
        await KeepAsync(look, look.Kept.Cursor with { Until = look.Until ?? look.Kept.Cursor.Until ?? Moment, IsOpen = true, Fault = null }, cancellationToken);

        look.IsNew = true;

        // Sent again by itself, it would find that what the lost answer held is gone.
        var first = AthenaCalls.Get(feed.Path, ("limit", _pageRows)) with { MayRepeat = false };
        var (call, inList, seen) = (first, 0, new HashSet<string>(StringComparer.Ordinal));
        for (var page = 0; page < PagesMax; page++)
        {
            if (!ownership.IsSure)
            {
                throw new ChangedBusyException(Options.Id, feed.Name);
            }

            var answer = await _client.SendAsync(call, cancellationToken);
            var rows = AthenaRows.Of(call, answer, feed.List);
            look.IsHandedOut = true;
            await TakeAsync(look, rows.Rows, answer.ServerTime, cancellationToken);
            look.IsHandedOut = false;
            look.Report = look.Report with { Rows = look.Report.Rows + rows.Rows.Count };
            (_now, inList) = (answer.ServerTime, inList + rows.Rows.Count);
            if (rows.Next is { } next && seen.Add(next))
            {
                call = first with { Address = next, Query = [] };
            }
            else if (inList > 0)
            {
                (call, inList) = (first, 0);
            }
            else
            {
                break;
            }
        }

        await KeepAsync(look, new ChangedCursor { Until = Moment, RowsAt = look.Report.Rows > 0 ? Moment : look.Kept.Cursor.RowsAt }, cancellationToken);
        look.Report = look.Report with { Until = look.Kept.Cursor.Until };
    }

    private async Task TakeAsync(Look look, IReadOnlyList<JsonElement> rows, DateTimeOffset serverTime, CancellationToken cancellationToken)
    {
        var taken = rows.Where(feed.IsTaken).Select(row => AthenaDocument.Of(AthenaCalls.Get(feed.DocumentKind["GET ".Length..]), row)).ToList();
        var outcomes = await documents.TakeAsync(Options.Practice, Options.Id, taken, serverTime, cancellationToken);
        if (feed.IsOfPatients)
        {
            await insurances.AddAsync(rows.Select(row => row.Text("patientid")).OfType<string>(), cancellationToken);
        }

        look.Report = look.Report.With(rows.Count - taken.Count, outcomes);
    }

    private async Task KeepAsync(Look look, ChangedCursor cursor, CancellationToken cancellationToken) => look.Kept = await _cursors.WriteAsync(feed.Name, look.Kept, cursor, cancellationToken);

    /// <summary>Nothing was read, and so nothing was handed out. A gateway that fails may have asked before.</summary>
    private static bool IsRefusal(EhrFault fault) =>
        fault is EhrFault.Disabled or EhrFault.Unreachable or EhrFault.TokenRefused or EhrFault.Unauthorized or EhrFault.Forbidden or EhrFault.NotFound or EhrFault.Invalid or EhrFault.RateLimited;

    /// <summary>One look while it is made.</summary>
    private sealed class Look(KeptCursor kept, ChangedReport report)
    {
        public KeptCursor Kept { get; set; } = kept;

        public ChangedReport Report { get; set; } = report;

        /// <summary>What is new is being read: nothing that was handed out before can be lost any more.</summary>
        public bool IsNew { get; set; }

        /// <summary>A page came, and is not on disk yet. What it needs of the vendor besides may be refused.</summary>
        public bool IsHandedOut { get; set; }

        /// <summary>Until when what was handed out is on disk, since it was asked for again; null where that is not so.</summary>
        public DateTimeOffset? Until { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connection}: the feed of changed {Feed} is subscribed to; it may take a quarter of an hour until it says something", EventName = "FeedSubscribed")]
        public static partial void Subscribed(ILogger logger, string connection, string feed);

        [LoggerMessage(2, LogLevel.Warning, "{Connection}: a look at the changed {Feed} had not come to its end, so what was handed out since {Since} was asked for again: {Rows} rows", EventName = "FeedReplayed")]
        public static partial void Replayed(ILogger logger, string connection, string feed, string since, long rows);

        [LoggerMessage(3, LogLevel.Error, "{Connection}: the changed {Feed} could not be read and are at the next look: {Reason}", EventName = "FeedWaits")]
        public static partial void Failed(ILogger logger, string connection, string feed, string reason);

        [LoggerMessage(4, LogLevel.Information, "{Connection}: {Rows} changed {Feed} came, {Again} came again, {Refused} of them were refused", EventName = "FeedLooked")]
        public static partial void Looked(ILogger logger, string connection, string feed, long rows, long again, long refused);
    }
}
