using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>What changed of a practice behind a cursor.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="After">The cursor that the last answer gave; null for the beginning of what is kept.</param>
/// <param name="Limit">The most commits of an answer.</param>
internal sealed record ListChangesRequest(string Practice, string? After = null, int Limit = 100) : ControlRequest<ChangesAnswer>;

/// <summary>A page of the feed.</summary>
/// <param name="Next">The cursor of what follows. Keep it together with what you made of the page: who asks by the same cursor again gets the same again.</param>
/// <param name="HasMore">There is more already.</param>
internal sealed record ChangesAnswer(string Practice, IReadOnlyList<CommitView> Commits, string Next, bool HasMore) : ControlAnswer;

/// <summary>All that one commit changed.</summary>
/// <param name="Message">What caused it; null for a person's own change.</param>
internal sealed record CommitView(long Sequence, DateTimeOffset CommittedAt, string? Message, IReadOnlyList<ChangedRecordView> Records);

/// <summary>One record that changed.</summary>
/// <param name="Id">Our id.</param>
/// <param name="ExternalId">As the vendor names it now, and as records have it; null when it has no such name.</param>
/// <param name="IsNew">It was made by this.</param>
internal sealed record ChangedRecordView(string Type, string Id, string? ExternalId, bool IsNew, IReadOnlyList<FieldChangeView> Fields);

/// <summary>
/// Where a consumer of the feed stands: behind a commit, and up to which time it has seen everything. The time tells whether what follows can have been dropped:
/// a practice that is quiet for longer than changes are kept has lost nothing. When its commit was made tells whether it is this store's: one that was
/// restored, or a standby that took over too early, gives the same number to another commit.
/// </summary>
/// <param name="Sequence">Of the last commit that was given; 0 before the first.</param>
/// <param name="CommittedAt">Of the same, UTC milliseconds.</param>
/// <param name="Until">UTC milliseconds.</param>
/// <param name="Practice">
/// Tells whose changes it follows, see <see cref="MarkOf"/>: a store of several nodes numbers each practice's commits by itself, and all of a batch have one time,
/// so that neither tells them apart. Null in a cursor of an earlier version, which is taken for the practice's that asks.
/// </param>
internal readonly record struct ChangeCursor(long Sequence, long CommittedAt, long Until, string? Practice)
{
    private const int MarkLength = 8;

    /// <summary>Of clocks of nodes that share a store.</summary>
    private static readonly TimeSpan _clockSkewMax = TimeSpan.FromMinutes(5);

    public static bool TryParse(string text, out ChangeCursor cursor)
    {
        cursor = default;
        var parts = text.Split('-');
        if (parts.Length is not (3 or 4) || !TryNumber(parts[0], out var sequence) || !TryNumber(parts[1], out var committedAt) || !TryNumber(parts[2], out var until))
        {
            return false;
        }

        cursor = new ChangeCursor(sequence, committedAt, until, parts.ElementAtOrDefault(3));
        return cursor.Practice is null || (cursor.Practice.Length == MarkLength && cursor.Practice.All(char.IsAsciiHexDigitLower));
    }

    /// <summary>What stands for a practice in its cursors: a short digest of its id.</summary>
    public static string MarkOf(string practice) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(practice)))[..MarkLength];

    /// <summary>Behind a page.</summary>
    /// <param name="practice">Whose changes they are.</param>
    /// <param name="commits">The page.</param>
    /// <param name="hasMore">Whether it is the last one for now.</param>
    /// <param name="now">When it was read.</param>
    public ChangeCursor Behind(string practice, IReadOnlyList<StoredCommit> commits, bool hasMore, DateTimeOffset now) => new(
        commits.Count > 0 ? commits[^1].Sequence : Sequence,
        commits.Count > 0 ? commits[^1].CommittedAt : CommittedAt,
        Math.Max(Until, hasMore ? commits[^1].CommittedAt : (now - _clockSkewMax).ToUnixTimeMilliseconds()),
        MarkOf(practice));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}-{CommittedAt}-{Until}{(Practice is null ? "" : "-")}{Practice}");

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>Gives the change log to a program that follows it.</summary>
internal sealed class ChangeOperations(EngineParts parts)
{
    private const int PageMax = 1_000;

    public async Task<ChangesAnswer> ListAsync(ListChangesRequest request, CancellationToken cancellationToken)
    {
        if (parts.Practices.All(practice => practice.Id != request.Practice))
        {
            throw RequestException.Usage($"{request.Practice} is not a practice of the settings.");
        }

        var after = default(ChangeCursor);
        if (request.After is { } text && !ChangeCursor.TryParse(text, out after))
        {
            throw RequestException.Usage("This is no cursor of the feed of changes: give the one that the last answer gave, or none for the beginning.");
        }

        if (after.Practice is { } mark && mark != ChangeCursor.MarkOf(request.Practice))
        {
            throw RequestException.Usage("This cursor is of another practice's changes: each practice has cursors of its own.");
        }

        var limit = Math.Clamp(request.Limit, 1, PageMax);
        var now = parts.Time.GetUtcNow();
        var definitions = parts.Definitions(request.Practice).ToDictionary(definition => definition.Type);
        var (commits, views, loss) = await parts.Store.AskAsync(
            request.Audit("changes list", request.Practice, $"after {request.After ?? "the beginning"}"),
            reader => Read(reader, request.Practice, after, limit, definitions),
            cancellationToken);
        if (loss is not null)
        {
            throw RequestException.Refused(loss);
        }

        var hasMore = commits.Count > limit;
        return new ChangesAnswer(request.Practice, views, after.Behind(request.Practice, commits[..Math.Min(limit, commits.Count)], hasMore, now).ToString(), hasMore);
    }

    private static (List<StoredCommit> Commits, List<CommitView> Views, string? Loss) Read(
        IStoreReader reader, string practice, ChangeCursor after, int limit, Dictionary<string, RecordDefinition> definitions)
    {
        if (Loss(reader, practice, after) is { } loss)
        {
            return ([], [], loss);
        }

        var commits = reader.Commits(practice, after.Sequence, limit + 1).ToList();
        var records = new Dictionary<EngineId, StoredRecord?>();
        return (commits, commits.Take(limit).Select(commit => View(reader, practice, commit, records, definitions)).ToList(), null);
    }

    /// <summary>Why what follows a cursor is not all that followed; null when it is.</summary>
    private static string? Loss(IStoreReader reader, string practice, ChangeCursor after)
    {
        if (after.Until > 0 && reader.Dropped(DroppedKind.Changes, after.Until) is { } drop)
        {
            return $"Changes behind this cursor were dropped (before {DateTimeOffset.FromUnixTimeMilliseconds(drop.Before):yyyy-MM-dd}, Retention:Changes): "
                + "read the records anew, then follow the changes from the beginning of what is kept.";
        }

        if (after.Sequence == 0)
        {
            return null;
        }

        var isHere = reader.Commits(practice, after.Sequence - 1, 1) is [var last] && last.Sequence == after.Sequence
            ? last.CommittedAt == after.CommittedAt
            : reader.Dropped(DroppedKind.Changes, after.CommittedAt) is not null;
        return isHere ? null
            : "This cursor stands behind a change that this store does not have: it was restored from an older state, or a standby without it took over. "
                + "Read the records anew, then follow the changes from the beginning of what is kept.";
    }

    private static CommitView View(IStoreReader reader, string practice, StoredCommit commit, Dictionary<EngineId, StoredRecord?> records, Dictionary<string, RecordDefinition> definitions) => new(
        commit.Sequence,
        DateTimeOffset.FromUnixTimeMilliseconds(commit.CommittedAt),
        commit.Message == EngineId.None ? null : commit.Message.ToString(),
        [.. commit.Records.Select(change =>
        {
            if (!records.TryGetValue(change.Record, out var record))
            {
                records[change.Record] = record = reader.Record(practice, change.Record);
                if (record is not null)
                {
                    reader.Shown(record);
                }
            }

            return new ChangedRecordView(
                change.Type,
                change.Record.ToString(),
                record is null ? null : Views.Readable(record.ExternalId),
                change.Previous == 0,
                Views.Of(change.Fields, definitions.GetValueOrDefault(change.Type)));
        })]);
}
