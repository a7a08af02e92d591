using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>
/// Takes a vendor's documents in: what came in one answer is one run of rows, kind by kind, so that it is accounted for, confirmed where nothing changed, and
/// taken up, corrected and explained like every message. It is on disk when this returns.
/// </summary>
/// <param name="rows">Makes an intake of rows, by what is asked of them.</param>
internal sealed class VendorDocuments(Func<RowFileRules, RowFileIntake> rows)
{
    /// <summary>What is asked of what vendors bring: how much of it there is says nothing.</summary>
    public static RowFileRules Rules { get; } = new() { SmallerThanUsual = 0, IsQuiet = true };

    /// <summary>The most documents of one run: fewer than the rows of which all must be refused until the rest of a file is given up, for what was not read of an answer may not come again.</summary>
    private const int RunRows = RowFileRules.FirstRows / 2;

    private readonly RowFileIntake _intake = rows(Rules);

    /// <summary>Told, by connection, of documents that are on disk now; null tells nobody.</summary>
    public Func<string, IReadOnlyList<EhrDocument>, CancellationToken, Task>? Taken { get; init; }

    /// <summary>By connection, the clocks of its departments; null of one that has none.</summary>
    public Func<string, DepartmentClocks?>? Clocks { get; init; }

    /// <summary>By connection, what follows the visits that are moved there; null of one that has none.</summary>
    public Func<string, MovedVisits?>? Moves { get; init; }

    /// <summary>Whether a table of the practice reads documents of a kind.</summary>
    public bool IsRead(string practice, string kind) => _intake.ReaderOf(practice)?.ReadsCall(kind) == true;

    /// <param name="practice">Whose.</param>
    /// <param name="source">The connection's id.</param>
    /// <param name="documents">What came. Those of a kind that no table reads are left out.</param>
    /// <param name="serverTime">
    /// When it was so, by the vendor's clock: what is said counts from then. What a document says of its last change is older, and what was confirmed since goes before that.
    /// </param>
    /// <param name="cancellationToken">Ends it between two chunks; what is not on disk is to be brought again.</param>
    /// <param name="notBefore">What was told the vendor before it answered: the answer contains it, so that it counts from then at least, whatever the clocks say. None where nothing was.</param>
    /// <returns>The runs: of each kind that is read one for every so many documents.</returns>
    /// <exception cref="EhrException">
    /// <see cref="EhrFault.NotUnderstood"/>: what came of a kind can't be read as a whole. Another: by which clock visits are, or where they were moved to, the vendor can't say now. Other kinds may be on disk.
    /// </exception>
    /// <exception cref="StoreUnavailableException">The store failed, or another has taken the rows up: what came is to be brought again.</exception>
    public async Task<IReadOnlyList<FileOutcome>> TakeAsync(
        string practice, string source, IReadOnlyList<EhrDocument> documents, DateTimeOffset serverTime, CancellationToken cancellationToken, DateTimeOffset notBefore = default)
    {
        var outcomes = new List<FileOutcome>();
        foreach (var (kind, part) in (await MovedAsync(practice, source, documents, serverTime, cancellationToken)).GroupBy(document => document.Kind).Where(kind => IsRead(practice, kind.Key)).SelectMany(kind => kind.Chunk(RunRows).Select(part => (kind.Key, part))))
        {
            var lines = Lines(await NamedAsync(practice, source, kind, part, cancellationToken));
            var outcome = await _intake.TakeAsync(
                new OfferedFile
                {
                    Practice = practice,
                    Source = source,
                    Kind = kind,
                    Name = kind,
                    ModifiedAt = serverTime,
                    NotBefore = notBefore,
                    Size = lines.Length,
                    OpenAsync = _ => Task.FromResult<Stream>(new MemoryStream(lines, writable: false)),
                },
                cancellationToken);
            outcomes.Add(Kept(outcome, source));
        }

        if (Taken is not null)
        {
            await Taken(source, documents, cancellationToken);
        }

        return outcomes;
    }

    /// <summary>What came, with the rows of visits that were moved: those have their new numbers then.</summary>
    private async Task<IReadOnlyList<EhrDocument>> MovedAsync(string practice, string source, IReadOnlyList<EhrDocument> documents, DateTimeOffset serverTime, CancellationToken cancellationToken) =>
        documents.Any(document => document.Kind == AthenaAppointments.DocumentKind) && IsRead(practice, AthenaAppointments.DocumentKind) && Moves?.Invoke(source) is { } moves
            ? await moves.FollowAsync(practice, documents, serverTime, cancellationToken)
            : documents;

    /// <summary>Visits by athenaNet's list with the zones of their departments; everything else as it came.</summary>
    private async Task<IReadOnlyList<EhrDocument>> NamedAsync(string practice, string source, string kind, IReadOnlyList<EhrDocument> documents, CancellationToken cancellationToken) =>
        kind == AthenaAppointments.DocumentKind && Clocks?.Invoke(source) is { } clocks
            ? await clocks.NameAsync(documents, _intake.ReaderOf(practice)?.Maps.References.GetValueOrDefault("location"), cancellationToken)
            : documents;

    /// <summary>What is not on disk may not be taken for read.</summary>
    private static FileOutcome Kept(FileOutcome outcome, string source) => outcome.Run.State switch
    {
        FileRunState.Done or FileRunState.Known or FileRunState.Discarded => outcome,
        FileRunState.Running => throw new StoreUnavailableException($"run {outcome.Run.Id} of {source} was taken up elsewhere."),
        _ => throw new EhrException(EhrFault.NotUnderstood, $"{source}: what came as {outcome.Run.Kind} was not read (run {outcome.Run.Id}). {outcome.Reason}"),
    };

    private static byte[] Lines(IEnumerable<EhrDocument> documents)
    {
        var lines = new MemoryStream();
        foreach (var document in documents)
        {
            lines.Write(document.Json.Span);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }
}
