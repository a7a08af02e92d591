using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Batches;
using NodaTime;

namespace InterfaceEngine.Cli.Maps;

/// <summary>What takes the messages of files, one after the other.</summary>
internal interface ICorpusTaker
{
    /// <summary>What reads a practice's messages, first what says of which kind a file is; empty when they are not to be had, which was reported then.</summary>
    IReadOnlyList<PracticeReader> ReadersOf(string practice);

    /// <param name="practice">One for which <see cref="ReadersOf"/> gave readers, as for the two below.</param>
    void Take(string practice, Hl7Message message, string name, ReadContext context);

    void Take(string practice, CsvRow row, string kind, string name, ReadContext context);

    void Take(string practice, JsonBody body, string call, string name, ReadContext context);

    /// <param name="reason">Why one could not be taken, without anything of its content.</param>
    void NotTaken(string reason);
}

/// <summary>Reads files of messages, rows and documents, without a store, each for its practice.</summary>
/// <param name="practice">Whose every message is; null lets each message say it.</param>
/// <param name="otherwise">Whose a message is that does not say it; null takes no such.</param>
/// <param name="kind">The kind of CSV file or the call of athenaNet; null as in <c>map run</c>.</param>
internal sealed class CorpusFiles(CommandContext context, string? practice, string? otherwise, string? kind, ICorpusTaker taker)
{
    private readonly PracticeDirectory _practices = new(context.Settings.Practices);
    private readonly ReadContext _received = new(Instant.FromDateTimeOffset(context.Terminal.Time.GetUtcNow()));

    public async Task ReadAsync(IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            var path = context.FullPath(file);
            if (file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            {
                ReadRows(path, file);
            }
            else if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                ReadDocument(path, file);
            }
            else
            {
                await foreach (var message in MessageFile.ReadAsync(path, file, new BatchTally(), context.CancellationToken))
                {
                    Read(message);
                }
            }
        }
    }

    private void Read(FileMessage source)
    {
        if (!Hl7Message.TryParse(source.Body, out var message, out _))
        {
            taker.NotTaken("unreadable as HL7");
        }
        else if (MessageRules.IsAcknowledgement(message))
        {
            taker.NotTaken(ComparisonReport.Acknowledgements);
        }
        else if (Identify(message) is not { } owner)
        {
            taker.NotTaken("of no practice of the settings");
        }
        else if (taker.ReadersOf(owner.Id).Count > 0)
        {
            if (owner.FallbackCharacterSet != Hl7ParseOptions.Default.FallbackCharacterSet)
            {
                message = Hl7Message.Parse(source.Body, new Hl7ParseOptions { FallbackCharacterSet = owner.FallbackCharacterSet });
            }

            taker.Take(owner.Id, message, $"{source.File} message {source.Number}", _received);
        }
    }

    private void ReadRows(string path, string name)
    {
        var owner = Owner("Rows don't say whose they are");
        var readers = taker.ReadersOf(owner);
        if (readers.Count == 0)
        {
            return;
        }

        var file = CsvFile.KindOf([.. readers.Select(reader => reader.Maps)], kind);
        foreach (var (number, row, _) in CsvFile.Rows(path))
        {
            if (row is null)
            {
                taker.NotTaken("unreadable as CSV");
            }
            else
            {
                taker.Take(owner, row, file, $"{name} row {number}", _received);
            }
        }
    }

    private void ReadDocument(string path, string name)
    {
        var owner = Owner("A JSON document doesn't say whose it is");
        var readers = taker.ReadersOf(owner);
        if (readers.Count == 0)
        {
            return;
        }

        if (!JsonBody.TryParse(File.ReadAllBytes(path), out var body, out _))
        {
            taker.NotTaken("unreadable as JSON");
            return;
        }

        // A resource says itself what it is.
        var call = JsonMessage.IsFhir(body) ? "" : kind ?? readers.Select(reader => reader.CallOf(body)).FirstOrDefault(guess => guess is not null);
        if (call is null || (call.Length > 0 && !readers.Any(reader => reader.ReadsCall(call))))
        {
            taker.NotTaken("of a call that no table reads");
            return;
        }

        taker.Take(owner, body, call, name, _received);
    }

    private string Owner(string why) => practice ?? otherwise ?? throw new UsageException($"{why}: say it with --practice.");

    private Practice? Identify(Hl7Message message)
    {
        var known = practice;
        try
        {
            known ??= _practices.Identify(message.SendingFacility, [.. context.Settings.Practices.Select(one => one.Id)]).Id;
        }
        catch (RejectedException)
        {
            known = otherwise;
        }

        return known is not null && _practices.TryFind(known, out var found) ? found : null;
    }
}
