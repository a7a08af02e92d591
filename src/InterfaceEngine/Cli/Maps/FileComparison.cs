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

/// <summary>Reads files by two mapping sets, without a store.</summary>
/// <param name="practice">Whose every message is; null lets each message say it.</param>
/// <param name="otherwise">Whose a message is that does not say it; null compares no such.</param>
/// <param name="kind">The kind of CSV file or the call of athenaNet; null as in <c>map run</c>.</param>
internal sealed class FileComparison(CommandContext context, SetComparison sets, string? practice, string? otherwise, string? kind, DifferenceTally tally)
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
            tally.AddNotCompared("unreadable as HL7");
        }
        else if (MessageRules.IsAcknowledgement(message))
        {
            tally.AddNotCompared("acknowledgements");
        }
        else if (Identify(message) is not { } owner)
        {
            tally.AddNotCompared("of no practice of the settings");
        }
        else if (Comparer(owner.Id) is { } comparer)
        {
            if (owner.FallbackCharacterSet != Hl7ParseOptions.Default.FallbackCharacterSet)
            {
                message = Hl7Message.Parse(source.Body, new Hl7ParseOptions { FallbackCharacterSet = owner.FallbackCharacterSet });
            }

            tally.Add($"{source.File} message {source.Number}", comparer.Compare(message, _received));
        }
    }

    private void ReadRows(string path, string name)
    {
        if (Comparer(Owner("Rows don't say whose they are")) is not { } comparer)
        {
            return;
        }

        var file = CsvFile.KindOf(comparer.After.Maps, kind);
        foreach (var (number, row, _) in CsvFile.Rows(path))
        {
            if (row is null)
            {
                tally.AddNotCompared("unreadable as CSV");
            }
            else
            {
                tally.Add($"{name} row {number}", comparer.Compare(row, file, _received));
            }
        }
    }

    private void ReadDocument(string path, string name)
    {
        if (Comparer(Owner("A JSON document doesn't say whose it is")) is not { } comparer)
        {
            return;
        }

        if (!JsonBody.TryParse(File.ReadAllBytes(path), out var body, out _))
        {
            tally.AddNotCompared("unreadable as JSON");
            return;
        }

        tally.Add(name, comparer.Compare(body, kind ?? comparer.After.CallOf(body) ?? "", _received));
    }

    private string Owner(string why) => practice ?? otherwise ?? throw new UsageException($"{why}: say it with --practice.");

    private PracticeComparer? Comparer(string owner)
    {
        var comparer = sets.For(owner);
        if (comparer is null)
        {
            tally.AddNotCompared($"of practice {owner}, for which one of the sets has no tables");
        }

        return comparer;
    }

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
