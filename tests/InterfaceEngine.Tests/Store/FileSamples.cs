using System.Globalization;
using System.Security.Cryptography;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Store;

/// <summary>Files of rows of patients to store: what a row says is a patient's id and last name.</summary>
internal sealed class FileSamples(IEngineStore store, StoreSamples samples, StoreClock clock)
{
    public const string Source = "nightly";
    public const string Kind = "Patients file";

    public string Practice { get; init; } = StoreSamples.Practice;

    public string Of { get; init; } = Source;

    public static ReadOnlyMemory<byte> Content(string text) => SHA256.HashData(StoreSamples.Bytes(text));

    public FileRunStart Start(string content = "monday", long rows = 2, FileRunState state = FileRunState.Running, bool isAgain = false) => new()
    {
        Id = samples.NextId(),
        Practice = Practice,
        Source = Of,
        Kind = Kind,
        Content = Content(content),
        Size = 100,
        Rows = rows,
        EventAt = clock.Milliseconds,
        ReceivedAt = clock.Milliseconds,
        State = state,
        IsAgain = isAgain,
        Detail = $$"""{"file":"{{content}}.csv"}""",
    };

    public Task<FileRun> BeginAsync(string content = "monday", long rows = 2, bool isAgain = false) => store.Files.BeginAsync(Start(content, rows, isAgain: isAgain), default);

    /// <summary>Confirms rows by what they say; they are numbered from <paramref name="first"/>.</summary>
    public Task<bool[]> ConfirmAsync(FileRun run, string[] says, long first = 1) => store.Files.ConfirmAsync(
        new RowConfirmation
        {
            Run = run.Id,
            Reader = run.Reader,
            Practice = Practice,
            Rows = [.. says.Select((text, index) => new NumberedFingerprint(first + index, Fingerprint(text)))],
            Position = first + says.Length - 1,
        },
        default);

    public Task<CommitResult[]> CommitAsync(FileRun run, params RowWrite[] rows) => CommitAsync(run, rows.Max(row => row.Number), rows);

    public Task<CommitResult[]> CommitAsync(FileRun run, long position, params RowWrite[] rows) =>
        store.Files.CommitAsync(new RowChunk { Run = run.Id, Reader = run.Reader, Practice = Practice, Rows = rows, Position = position }, default);

    public ReadOnlyMemory<byte> Fingerprint(string says) => Content($"{Of}\n{says}");

    /// <summary>A row that makes a patient, and is wholly in force.</summary>
    public RowWrite New(FileRun run, long number, string says)
    {
        var (id, name) = (says.Split(' ')[0], says.Split(' ')[1]);
        var record = samples.Record(id, name, Practice);
        var message = MessageOf(run, number);
        return InForce(run, number, says, RowOutcome.Created, message, StoreSamples.Create(Said(record, record.Fields, run, message.Id)));
    }

    /// <summary>A row that changes a patient's name, or says it again.</summary>
    public RowWrite Next(FileRun run, long number, string says, StoredRecord stored)
    {
        var name = says.Split(' ')[1];
        var message = MessageOf(run, number);
        var change = samples.Change(stored, "last_name", name);
        var hasChanged = stored["last_name"] != name;
        change = new RecordWrite
        {
            Next = Said(change.Next, change.Next.Fields, run, message.Id),
            ExpectedVersion = change.ExpectedVersion,
            Confirmations = change.Confirmations,
            Changes = hasChanged ? change.Changes : [],
        };
        return InForce(run, number, says, hasChanged ? RowOutcome.Updated : RowOutcome.Unchanged, message, change);
    }

    /// <summary>A row of which only a message is kept.</summary>
    public RowWrite Kept(FileRun run, long number, RowOutcome outcome = RowOutcome.Refused) => new()
    {
        Number = number,
        Outcome = outcome,
        Unit = samples.Unit(MessageOf(run, number, MessageState.Quarantined), practice: Practice) with
        {
            Cause = new CauseWrite(MessageState.Quarantined, "MAP501", "dob", "patient.map.md:1", "a date that is none"),
        },
    };

    public FileRunEnd End(FileRun run, long found, FileRunState state = FileRunState.Done) => new()
    {
        Id = run.Id,
        Reader = run.Reader,
        Practice = Practice,
        State = state,
        Detail = """{"read":"to its end"}""",
        Batch = new BatchEnd
        {
            Id = run.Id,
            Verdict = state == FileRunState.Done ? BatchVerdict.Complete : BatchVerdict.Interrupted,
            Stated = null,
            Found = found,
            States = new Dictionary<MessageState, long> { [MessageState.Applied] = found },
            Detail = "{}",
        },
    };

    public FileDecision Decision(EngineId run, FileRunState from, FileRunState to) => new(run, Practice, from, to, StoreSamples.Audit($"files {to.Text()}", Practice));

    public async Task<StoredRecord?> FindAsync(string id)
    {
        var alias = StoreSamples.Patient(id);
        return (await store.LoadAsync(Practice, StoreSamples.Query(alias), default)).ByAlias.GetValueOrDefault(alias);
    }

    /// <summary>Everything that is kept of files, with something in it: a run that is done, one that is held, a note.</summary>
    public async Task FillAsync()
    {
        var run = await BeginAsync(rows: 1);
        (await CommitAsync(run, New(run, 1, "F1 DOE"))).Should().OnlyContain(result => result.Outcome == CommitOutcome.Committed);
        await store.Files.EndAsync(End(run, found: 1), default);
        await store.Files.BeginAsync(Start("tuesday", state: FileRunState.Held), default);
        await store.Files.NotePollAsync(new PollNote(Source, 1, 2, 3, "the server does not answer", 0), default);
    }

    private MessageWrite MessageOf(FileRun run, long number, MessageState state = MessageState.Applied) => samples.Message(state, body: string.Create(CultureInfo.InvariantCulture, $"id,name\nrow {number}")) with
    {
        Source = Of,
        ReceivedAt = run.ReceivedAt,
        Event = Kind,
        Number = number,
        Batch = run.Id,
        Reply = default,
    };

    private RowWrite InForce(FileRun run, long number, string says, RowOutcome outcome, MessageWrite message, RecordWrite record) => new()
    {
        Number = number,
        Outcome = outcome,
        Unit = samples.Unit(message with { Detail = DetailOf(record) }, practice: Practice, records: record),
        Fingerprint = Fingerprint(says),
        Records = [(record.Next.Id, record.Next.Version)],
    };

    private static string? DetailOf(RecordWrite write) => new MessageDetail
    {
        Records =
        [
            new RecordOutcome(
                write.Next.Type, write.Next.ExternalId, write.Next.Id.ToString(), write.ExpectedVersion == 0 ? "created" : write.Changes.Count > 0 ? "updated" : "unchanged",
                [.. write.Changes.Select(change => change.Name)]),
        ],
    }.ToJson();

    /// <summary>What a row says counts from the time of its file.</summary>
    private StoredRecord Said(StoredRecord record, IReadOnlyList<StoredField> fields, FileRun run, EngineId message) => record.WithFields(
        [.. fields.Select(field => field.Cause is null ? field : field with { Cause = new Cause(message, run.EventAt, Of, "set-1") })]);
}
