using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Capture;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Batches;
using NodaTime;

namespace InterfaceEngine.Cli.Maps;

/// <summary>
/// <c>map test --capture</c>: a stored message, whose reading is audited, or a file becomes a test that can be committed. Which fakes
/// stand for what is decided by a random key that is never kept.
/// </summary>
internal sealed class MapCapture(CommandContext context, string? kind)
{
    /// <summary>The most messages or rows of a file that become cases of one test.</summary>
    private const int CasesMax = 50;

    public async Task<int> RunAsync(string message, string? output)
    {
        var target = output is null ? null : context.FullPath(output);
        if (target is not null && (File.Exists(target) || !target.EndsWith(".test.md", StringComparison.Ordinal)))
        {
            throw new UsageException(File.Exists(target) ? $"--out {output}: the file is there already." : $"--out {output}: the name of a test ends with .test.md.");
        }

        var set = MapCommands.Load(context);
        var path = context.FullPath(message);
        var (inputs, practice, received) = File.Exists(path) ? await OfFileAsync(set, path, message) : await OfStoredAsync(set, message);
        MapCommands.Require(context, set, practice);

        var fakes = new Fakes(RandomNumberGenerator.GetBytes(Fakes.KeyBytes), string.Join('\n', inputs.Select(input => input.Original)), inputs.Min(input => input.Sent) ?? Today());
        var captured = new CapturedTest(set, MapsOf(set, practice), fakes);
        var text = Text(message, captured, inputs, received);
        foreach (var difference in inputs.SelectMany(captured.Differences).Distinct())
        {
            context.Terminal.Error.WriteLine($"the fakes are read otherwise than what came: {difference}");
        }

        if (target is null)
        {
            context.Terminal.Out.Write(text);
        }
        else
        {
            Write(target, text);
            context.Terminal.Line($"{output}: {inputs.Count} {(inputs.Count == 1 ? "case" : "cases")}. It passes. Read it before you commit it.");
        }

        return ExitCode.Done;
    }

    private LocalDate Today() => LocalDate.FromDateTime(context.Terminal.Time.GetUtcNow().UtcDateTime);

    private async Task<(IReadOnlyList<CapturedInput> Inputs, string Practice, Instant? Received)> OfStoredAsync(MappingSet set, string id)
    {
        if (!EngineId.TryParse(id, out _))
        {
            throw new UsageException($"--capture {id}: neither a file nor the id of a message, as messages list shows them.");
        }

        var answer = await context.AskAsync(new ShowMessageRequest(id) { Actor = context.Terminal.Actor, Reason = context.Reason });
        var practice = context.PracticeOrAll() ?? answer.Message.Practice ?? throw new UsageException("The message's practice is not known: say it with --practice.");
        _ = MapsOf(set, practice);
        return ([Message(Encoding.UTF8.GetBytes(answer.Body), Hl7CharacterSet.Utf8, id)], practice, Instant.FromDateTimeOffset(answer.Message.ReceivedAt));
    }

    /// <summary>A file's test says no time of receipt: the present one, moved as the dates are, would tell by how much they were moved.</summary>
    private async Task<(IReadOnlyList<CapturedInput> Inputs, string Practice, Instant? Received)> OfFileAsync(MappingSet set, string path, string name)
    {
        if (name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            var practice = context.Practice();
            return (Rows(path, name, CsvFile.KindOf([MapsOf(set, practice)], kind)), practice, null);
        }

        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            var practice = context.Practice();
            if (!JsonBody.TryParse(await File.ReadAllBytesAsync(path, context.CancellationToken), out var body, out _))
            {
                throw new CommandFailedException($"{name} can't be read as JSON.");
            }

            var call = JsonMessage.IsFhir(body) ? JsonMessage.FhirMessageOf(body.Root) : kind ?? new PracticeReader(MapsOf(set, practice)).CallOf(body) ?? "";
            return ([new CapturedDocument(body, call)], practice, null);
        }

        var inputs = new List<CapturedInput>();
        string? owner = null;
        await foreach (var message in MessageFile.ReadAsync(path, name, new BatchTally(), context.CancellationToken))
        {
            var captured = Message(message.Body, Hl7ParseOptions.Default.FallbackCharacterSet, message.ToString());
            owner ??= OwnerOf(captured.Message);
            inputs.Add(inputs.Count < CasesMax ? captured : throw new CommandFailedException($"{name} has more than {CasesMax} messages: a test is made of a few."));
        }

        return (inputs, owner!, null);
    }

    private static List<CapturedInput> Rows(string path, string name, string file)
    {
        try
        {
            using var table = new CsvTable(new StreamReader(path, Encoding.UTF8));
            var rows = table.Rows().Take(CasesMax + 1).Select(row => (CapturedInput)new CapturedRow(table.Header, row, file)).ToList();
            return rows.Count is > 0 and <= CasesMax ? rows : throw new CommandFailedException(rows.Count == 0 ? $"{name} has no row." : $"{name} has more than {CasesMax} rows: a test is made of a few.");
        }
        catch (CsvFormatException wrong)
        {
            throw new CommandFailedException($"{name} can't be read: {wrong.Message}");
        }
    }

    private static CapturedMessage Message(ReadOnlyMemory<byte> body, Hl7CharacterSet fallback, string name) =>
        Hl7Message.TryParse(body, new Hl7ParseOptions { FallbackCharacterSet = fallback }, out var message, out var wrong) ? new CapturedMessage(message) : throw new CommandFailedException($"{name} can't be read: {wrong.Message}");

    private string OwnerOf(Hl7Message message)
    {
        if (context.PracticeOrAll() is { } named)
        {
            return named;
        }

        try
        {
            return new PracticeDirectory(context.Settings.Practices).Identify(message.SendingFacility, [.. context.Settings.Practices.Select(one => one.Id)]).Id;
        }
        catch (RejectedException)
        {
            return context.Practice();
        }
    }

    private static PracticeMaps MapsOf(MappingSet set, string practice) =>
        set.For(practice) ?? throw new CommandFailedException($"Practice {practice} has no tables: map check says why.");

    private static string Text(string name, CapturedTest captured, IReadOnlyList<CapturedInput> inputs, Instant? received)
    {
        try
        {
            return captured.Write(inputs, received);
        }
        catch (CaptureException why)
        {
            throw new CommandFailedException($"{name} can't be captured: {why.Message}");
        }
    }

    private static void Write(string file, string text)
    {
        try
        {
            File.WriteAllText(file, text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file} can't be written: {failure.Message}");
        }
    }
}
