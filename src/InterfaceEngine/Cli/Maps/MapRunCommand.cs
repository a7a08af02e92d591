using System.CommandLine;
using System.Text.Json;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Maps;

/// <summary>
/// <c>map run FILE…</c>: what each message, row or document would become, and from which place and cell. Nothing is stored.
/// Ends with 1 when one of them was refused, held, unreadable or did not write back to its own bytes, and when the
/// envelope of a batch is wrong.
/// </summary>
internal static class MapRunCommand
{
    public static Command Make(CommandRunner run)
    {
        var files = new Argument<string[]>("FILE") { Description = "HL7 files in any form, CSV files (*.csv), JSON documents of FHIR or athenaNet (*.json), or folders of them.", Arity = ArgumentArity.OneOrMore };
        var kind = new Option<string?>("--kind") { Description = "The kind of CSV file, or the call of athenaNet, as the tables call it. Default: the first they know; the call whose table reads most of it.", HelpName = "KIND" };
        var isShort = new Option<bool>("--short") { Description = "One line for each message." };
        var command = new Command("run", "Shows what messages or rows would become. Stores nothing.") { files, kind, isShort, CommonOptions.Practice, CommonOptions.Json };
        command.SetAction(run(context => RunAsync(context, context.Value(files), context.Value(kind), context.Value(isShort))));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string[] names, string? kind, bool isShort)
    {
        var files = InputFiles.Find(context, names);
        var (set, practice) = (MapCommands.Load(context), context.PracticeOrAll());
        MapCommands.Require(context, set, practice);
        var trial = new MapTrial(context.Settings, set, practice, context.PracticeOrNone(), context.Terminal.Time.GetUtcNow());
        var verdicts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var isGood = true;
        var printed = new List<Trial>();
        await foreach (var result in ReadAsync(context, trial, files, kind))
        {
            isGood &= result.IsGood;
            verdicts[result.Verdict] = verdicts.GetValueOrDefault(result.Verdict) + 1;
            if (context.IsJson)
            {
                printed.Add(result);
            }
            else
            {
                Show(context.Terminal, result, isShort);
            }
        }

        if (context.IsJson)
        {
            context.Terminal.Out.WriteLine(JsonSerializer.Serialize([.. printed], CommandJson.Indented.TrialArray));
        }
        else
        {
            context.Terminal.Line($"{verdicts.Values.Sum()} read: {string.Join(", ", verdicts.Select(verdict => $"{verdict.Value} {verdict.Key}"))}. Nothing was stored; mapping set {set.Hash}.");
        }

        return isGood ? ExitCode.Done : ExitCode.Failed;
    }

    private static async IAsyncEnumerable<Trial> ReadAsync(CommandContext context, MapTrial trial, IReadOnlyList<string> files, string? kind)
    {
        foreach (var file in files)
        {
            var path = context.FullPath(file);
            if (file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var row in trial.ReadRows(path, file, kind))
                {
                    yield return row;
                }

                continue;
            }

            if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                yield return trial.ReadDocument(path, file, kind);
                continue;
            }

            var envelope = new BatchTally();
            await foreach (var message in MessageFile.ReadAsync(path, file, envelope, context.CancellationToken))
            {
                yield return trial.Read(message);
            }

            foreach (var problem in envelope.Problems)
            {
                yield return new Trial { File = file, Number = 0, Event = "batch", Verdict = envelope.Verdict.Text(), Reason = problem };
            }
        }
    }

    private static void Show(Terminal terminal, Trial trial, bool isShort)
    {
        terminal.Line(string.Join("  ", new[] { trial.Number > 0 ? $"{trial.File} {trial.Number}:" : $"{trial.File}:", trial.Event, trial.ControlId, trial.Practice is { } practice ? $"practice {practice}" : "", trial.Verdict, trial.Reason ?? "" }.Where(text => text.Length > 0)));
        if (trial.WritesBack == false)
        {
            terminal.Line("  does NOT write back to the same bytes");
        }

        foreach (var note in trial.Notes)
        {
            terminal.Line($"  {note.Severity} {note.Code}{(note.Place.Length > 0 ? $" {note.Place}" : "")}: {note.Text}{(note.Cell is { } cell ? $"   [{cell}]" : "")}");
        }

        foreach (var record in trial.Records)
        {
            if (!isShort)
            {
                terminal.Line($"  {record.Does} {record.Type} {record.ExternalId}{(record.Part is { } part ? $" ({part})" : "")}");
            }

            if (record.Missing.Count > 0)
            {
                terminal.Line($"    if this {record.Type} is not known yet it can't be made: {string.Join(", ", record.Missing)} missing");
            }

            if (!isShort)
            {
                ShowFields(terminal, record);
            }
        }

        if (!isShort)
        {
            terminal.Line();
        }
    }

    private static void ShowFields(Terminal terminal, TrialRecord record)
    {
        // What a unit says nothing of goes with what it replaces: a line says so, for a number has no use of a dozen cleared rows.
        var cleared = record.Fields.Where(field => field.Value is null && record.Fields.Any(other => other.Value is not null && UnitOf(other) == UnitOf(field)))
            .ToLookup(UnitOf, field => field.Name[(UnitOf(field).Length + 1)..]);
        var table = new TextTable("Field", "Value", "Place", "Cell");
        foreach (var field in record.Fields.Where(field => field.Value is not null || !cleared.Contains(UnitOf(field))))
        {
            table.Add(field.Name, field.Value ?? "(cleared)", field.Offset < 0 ? field.Place : $"{field.Place} (byte {field.Offset})", field.Cell);
        }

        terminal.Table(table);
        foreach (var unit in cleared)
        {
            terminal.Line($"    not said, and cleared with the {unit.Key} before: {string.Join(", ", unit)}");
        }
    }

    /// <summary>The part before the dot, whose fields are replaced together; the whole name where there is none.</summary>
    private static string UnitOf(TrialField field) => field.Name.Split('.')[0];
}
