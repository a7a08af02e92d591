using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// After the last row of a file that is a full picture: appointments of the days it covers that are open, that its source wrote, and that it does not
/// name. They are listed for a person, and cancelled where the source is set so and nothing speaks against it: each as a change of its own whose cause is the
/// run. Nothing is sent for it. Broken off, it finds the rest when the run goes on.
/// </summary>
internal sealed class AbsentAppointments(IEngineStore store, RowRun run, FullPictureRules rules)
{
    /// <summary>The code of a file in which appointments are absent.</summary>
    public const string Code = "MAP561";

    /// <summary>The kind of review item for a file in which appointments are absent.</summary>
    public const string ReviewKind = "absent appointments";

    private const string Type = "appointment";
    private const string StartTime = "start_time";
    private const string Status = "status";

    /// <summary>Days before the file's own in which days that it covers are sought.</summary>
    private const int DaysBackMax = 31;

    /// <summary>Days after the file's own.</summary>
    private const int DaysAheadMax = 370;

    /// <summary>Days that are looked at in one read transaction.</summary>
    private const int DaysInPage = 31;

    private const int MessagesInPage = 500;
    private const int AttemptsMax = 5;

    /// <summary>How many a review item names.</summary>
    private const int ListedMax = 200;

    /// <summary>Where more than this share of the days' appointments is absent, the file is no full picture, whatever the setting says.</summary>
    private const double AbsentShareMax = 0.5;

    /// <summary>Refusals of a row of which not even the number may be read.</summary>
    private static readonly HashSet<string> _ofNobody = [MappingCodes.Row, MappingCodes.SpreadsheetNumber, MappingCodes.KeyMissing];

    private readonly RecordMap? _map = run.Live.Set.For(run.Practice.Id)?.Find(Type);

    /// <param name="isSmall">The file is much smaller than usual, and a person let it be read.</param>
    /// <param name="cancellationToken">Ends it between two appointments.</param>
    /// <returns>What people are told of it; null when none is absent.</returns>
    /// <exception cref="StoreUnavailableException">The store failed; the run goes on with this the next time.</exception>
    public async Task<string?> TakeAsync(bool isSmall, CancellationToken cancellationToken)
    {
        if (_map?.Messages.Any(rule => rule.Message == run.Run.Kind) != true || _map.Definition.Find(Status) is not { ClosedValues: [var cancelled, ..] } status)
        {
            return null;
        }

        var (absent, days, covered) = await FindAsync(status, cancellationToken);
        var mayBeAny = await DropNamedAsync(absent, cancellationToken);
        if (absent.Count == 0)
        {
            return null;
        }

        var against = !rules.Cancels ? null
            : isSmall ? "the file is much smaller than usual"
            : mayBeAny ? "rows of the file could not be read far enough to know which appointments they name"
            : absent.Count > covered * AbsentShareMax ? "more than half of the appointments of these days are absent"
            : null;
        if (rules.Cancels && against is null)
        {
            foreach (var appointment in absent.Where(one => !one.MayBeNamed))
            {
                appointment.IsCancelled = await CancelAsync(appointment.Id, status, cancelled, cancellationToken);
            }
        }

        return await ListAsync(absent, days, against, cancellationToken);
    }

    /// <summary>The appointments of the covered days that the run has not named by a value of theirs, how many were looked at, and the days.</summary>
    private async Task<(List<Absent> Absent, (LocalDate First, LocalDate Last) Days, int Covered)> FindAsync(FieldDefinition status, CancellationToken cancellationToken)
    {
        var made = run.EventAt.InZone(run.Practice.Zone).Date;
        var (candidates, open) = (new List<Absent>(), new List<LocalDate>());
        (LocalDate First, LocalDate Last) days = rules.Days is { } stated ? (made, made.PlusDays(stated - 1)) : (LocalDate.MaxIsoValue, LocalDate.MinIsoValue);
        for (var first = made.PlusDays(-DaysBackMax); first <= made.PlusDays(DaysAheadMax); first = first.PlusDays(DaysInPage))
        {
            var from = first;
            var page = await store.ReadAsync(reader => Enumerable.Range(0, DaysInPage).SelectMany(day => reader.Records(run.Practice.Id, KeyOf(from.PlusDays(day)))).ToList(), cancellationToken);
            foreach (var appointment in page)
            {
                if (DayOf(appointment) is not { } day)
                {
                    continue;
                }

                var isNamed = IsNamed(appointment);
                if (isNamed && rules.Days is null)
                {
                    days = (LocalDate.Min(days.First, day), LocalDate.Max(days.Last, day));
                }

                if (isNamed || IsOpenAndOurs(appointment, status))
                {
                    open.Add(day);
                    if (!isNamed)
                    {
                        candidates.Add(new Absent(appointment.Id, appointment.ExternalId, day));
                    }
                }
            }
        }

        return ([.. candidates.Where(one => one.Day >= days.First && one.Day <= days.Last)], days, open.Count(day => day >= days.First && day <= days.Last));
    }

    /// <summary>
    /// Takes those out that a row names though none of its values is in force, and marks those that a row names which was refused or waits.
    /// </summary>
    /// <returns>True when a row was refused of which not even that is known.</returns>
    private async Task<bool> DropNamedAsync(List<Absent> absent, CancellationToken cancellationToken)
    {
        var mayBeAny = false;
        for (var after = EngineId.None; absent.Count > 0;)
        {
            var page = await store.ReadAsync(reader => reader.BatchMessages(run.Run.Id, after, MessagesInPage).Select(row => IsApplied(row) ? row : reader.Message(row.Id)!).ToList(), cancellationToken);
            if (page.Count == 0)
            {
                break;
            }

            foreach (var row in page)
            {
                if (IsApplied(row))
                {
                    var named = MessageDetail.FromJson(row.Detail).Records.Select(record => record.Id).ToHashSet();
                    absent.RemoveAll(one => named.Contains(one.Id.ToString()));
                    continue;
                }

                mayBeAny |= row.IsDamaged || MessageDetail.FromJson(row.Detail).Notes.Any(note => note.Severity == Details.Refused && _ofNobody.Contains(note.Code));
                var words = Encoding.UTF8.GetString(row.Body.Span).Split([',', '"', '\r', '\n', ':', '{', '}', ' '], StringSplitOptions.RemoveEmptyEntries).ToHashSet();
                foreach (var one in absent)
                {
                    one.MayBeNamed |= words.Contains(one.ExternalId);
                }
            }

            after = page[^1].Id;
        }

        return mayBeAny;

        static bool IsApplied(StoredMessage row) => row.State is MessageState.Applied or MessageState.Unchanged or MessageState.Duplicate;
    }

    /// <returns>False when it was left: somebody has written it since, or another source's word counts more.</returns>
    private async Task<bool> CancelAsync(EngineId id, FieldDefinition status, string cancelled, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            if (await store.ReadAsync(reader => reader.Record(run.Practice.Id, id), cancellationToken) is not { } stored || IsNamed(stored) || !IsOpenAndOurs(stored, status))
            {
                return false;
            }

            var said = new IncomingRecord
            {
                Definition = _map!.Definition,
                Verb = Verb.Cancel,
                Aliases = [stored.Aliases[0]],
                Fields = [new IncomingField(status, FieldValue.Of(cancelled), OriginOf(status), ByteRange.None, IsOfEvent: true)],
                Format = MapFormat.Csv.Title(),
            };
            var cause = new Cause(run.Run.Id, run.Run.EventAt, run.Run.Source, run.Live.Hash);
            var result = Reconciler.Reconcile(run.Practice.Id, stored, said, cause, default, conflicts: run.Practice.Conflicts);
            if (result.Outcome != ReconciledOutcome.Updated)
            {
                return false;
            }

            var work = new RecordWork(_map.Definition, stored);
            work.Take(result);
            var audit = new AuditEntry("engine", "files absent", run.Practice.Id, $"{Type} {id}", $"run {run.Run.Id} is a full picture and does not name it");
            if ((await store.CommitAsync(new CommitUnit { Practice = run.Practice.Id, Records = [work.ToWrite()!], Audit = audit }, cancellationToken)).Outcome == CommitOutcome.Committed)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<string> ListAsync(List<Absent> absent, (LocalDate First, LocalDate Last) days, string? against, CancellationToken cancellationToken)
    {
        var cancelled = absent.Count(one => one.IsCancelled);
        var told = string.Create(CultureInfo.InvariantCulture, $"{absent.Count} open appointment{(absent.Count == 1 ? "" : "s")} of {days.First:yyyy-MM-dd} to {days.Last:yyyy-MM-dd} {(absent.Count == 1 ? "is" : "are")} not in the file: ")
            + (cancelled > 0 ? string.Create(CultureInfo.InvariantCulture, $"{cancelled} cancelled, {absent.Count - cancelled} listed for a person.") : against is null ? "listed for a person." : $"listed for a person, and not cancelled, for {against}.");
        var detail = new MessageDetail
        {
            Records = [.. absent.OrderBy(one => one.Day).Take(ListedMax).Select(one => new RecordOutcome(Type, one.ExternalId, one.Id.ToString(), one.IsCancelled ? "cancelled" : "kept", one.IsCancelled ? [Status] : []))],
            Notes = [new DetailNote(Details.Review, Code, null, null, told, null, null)],
        };
        await store.CommitAsync(new CommitUnit { Practice = run.Practice.Id, Reviews = [new ReviewWrite(ReviewKind, run.Run.Id.ToString(), detail.ToJson()!)] }, cancellationToken);
        return told;
    }

    /// <summary>The run says something of it: a row wrote or confirmed a value. Another file of the very same time counts as well.</summary>
    private bool IsNamed(StoredRecord appointment) =>
        appointment.Fields.Any(field => field.Cause is { } cause && cause.Source == run.Run.Source && cause.EventTime == run.Run.EventAt);

    /// <summary>Not ended, written by this source, and by nobody since the file was made: what was booked later can't be in it.</summary>
    private bool IsOpenAndOurs(StoredRecord appointment, FieldDefinition status) =>
        !(appointment[Status] is { } value && status.ClosedValues.Contains(value))
        && appointment.Fields.Any(field => field.Cause?.Source == run.Run.Source)
        && !appointment.Fields.Any(field => field.Cause?.EventTime > run.Run.EventAt);

    private LocalDate? DayOf(StoredRecord appointment) =>
        InstantPattern.ExtendedIso.Parse(appointment[StartTime] ?? "") is { Success: true, Value: var start } ? start.InZone(run.Practice.Zone).Date : null;

    /// <summary>By the day in UTC; that of the practice is at most the one before or after.</summary>
    private static LookUpKey KeyOf(LocalDate day) => new(Type, StartTime, LocalDatePattern.Iso.Format(day));

    private CellReference OriginOf(FieldDefinition status) => _map!.Rows.First(row => row.Name == status.Name).Origin;

    private sealed record Absent(EngineId Id, string ExternalId, LocalDate Day)
    {
        /// <summary>A row that was refused, is held or waits names it.</summary>
        public bool MayBeNamed { get; set; }

        public bool IsCancelled { get; set; }
    }
}
