using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Files;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Exports;

/// <summary>
/// Writes the appointments of some days to a file: under a temporary name, synced, renamed. The mark of how far it came is set after the
/// file is in its place, so a crash between the two has rows told twice, and none is ever left untold.
/// </summary>
internal sealed class ScheduleExport(ExportOptions options, Practice practice, Func<IFileFolder> open, LiveMappings mappings, IEngineStore store, TimeProvider time)
{
    private const int MarkBytesMax = 200;

    public ExportOptions Options => options;

    /// <summary>Writes the file to its place.</summary>
    /// <param name="audit">Who wanted it: patients' data leaves the engine.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileFaultException">The place can't be used.</exception>
    public async Task<ExportReport> RunAsync(AuditEntry audit, CancellationToken cancellationToken)
    {
        await using var folder = open();
        var before = options.Rows == ExportedRows.Changed ? await ReadMarkAsync(folder, cancellationToken) : null;
        var (report, file, mark) = await MakeAsync(audit, before, cancellationToken);
        await folder.WriteAsync(report.FileName, WriteBytes(file.Body), replaces: options.Rows == ExportedRows.All, cancellationToken);
        if (options.Count == ExportedCount.Sidecar)
        {
            await folder.WriteAsync($"{report.FileName}.count", WriteText(string.Create(CultureInfo.InvariantCulture, $"{file.Rows}\n")), replaces: true, cancellationToken);
        }

        if (options.Rows == ExportedRows.Changed)
        {
            await folder.WriteAsync(ExportMark.FileNameOf(options.Name), WriteText(mark.ToString()), replaces: true, cancellationToken);
        }

        await StaleParts.SweepAsync(folder, "", time.GetUtcNow(), cancellationToken);
        return report with { Location = folder.Location };
    }

    /// <summary>Writes the file to this machine for a look at it: all of its rows, and no mark.</summary>
    /// <param name="audit">Who wants it.</param>
    /// <param name="path">Where to; nothing may be there yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ExportReport> WriteToAsync(AuditEntry audit, string path, CancellationToken cancellationToken)
    {
        var (report, file, _) = await MakeAsync(audit, before: null, cancellationToken);
        await using var folder = new LocalFolder(System.IO.Path.GetDirectoryName(path)!);
        await folder.WriteAsync(System.IO.Path.GetFileName(path), WriteBytes(file.Body), replaces: false, cancellationToken);
        return report with { FileName = System.IO.Path.GetFileName(path), Location = folder.Location };
    }

    private async Task<(ExportReport Report, ExportedFile File, ExportMark Mark)> MakeAsync(AuditEntry audit, ExportMark? before, CancellationToken cancellationToken)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(practice.Zone);
        var (from, until) = (now.Date.PlusDays(-options.DaysBack), now.Date.PlusDays(options.DaysAhead));
        var visits = await store.AskAsync(audit, reader => ExportedVisits.Find(reader, practice, from, until), cancellationToken);
        var wanted = before is { } mark ? visits.Where(visit => visit.Record.ChangedSequence > mark.Sequence || visit.Day > mark.Until).ToList() : visits;
        if (wanted.Count > options.RowsMax)
        {
            throw new FileFaultException(FileFault.Setup, $"{options.Work}: {wanted.Count} appointments are to be written, and {options.RowsMax} are allowed (RowsMax). Nothing was written.");
        }

        var file = ExportedFile.Write(mappings.Current.WriterFor(practice), wanted, options, now.ToInstant());
        var sequence = visits.Select(visit => visit.Record.ChangedSequence).Append(before?.Sequence ?? 0).Max();
        return (new ExportReport(options.Name, options.NameAt(now), options.Place, from, until, file.Rows, file.LeftOut, file.Reasons, IsWhole: before is null), file, new ExportMark(sequence, until));
    }

    private async Task<ExportMark?> ReadMarkAsync(IFileFolder folder, CancellationToken cancellationToken)
    {
        var name = ExportMark.FileNameOf(options.Name);
        if (await folder.FindAsync(name, cancellationToken) is not { IsFile: true, Size: <= MarkBytesMax })
        {
            return null;
        }

        using var reader = new StreamReader(await folder.OpenReadAsync(name, cancellationToken));
        return ExportMark.TryParse(await reader.ReadToEndAsync(cancellationToken));
    }

    private static Func<Stream, CancellationToken, Task> WriteText(string text) => WriteBytes(Encoding.UTF8.GetBytes(text));

    private static Func<Stream, CancellationToken, Task> WriteBytes(byte[] bytes) => async (stream, cancellationToken) => await stream.WriteAsync(bytes, cancellationToken);
}

/// <summary>What an export wrote.</summary>
/// <param name="Name">Of the export.</param>
/// <param name="FileName">The file's name.</param>
/// <param name="Location">Where it is.</param>
/// <param name="From">Its first day, on the practice's calendar.</param>
/// <param name="Until">Its last day.</param>
/// <param name="Rows">How many appointments it holds.</param>
/// <param name="LeftOut">How many could not be written.</param>
/// <param name="Reasons">Why, without any value.</param>
/// <param name="IsWhole">It holds all of the days, not only what changed.</param>
internal sealed record ExportReport(string Name, string FileName, string Location, LocalDate From, LocalDate Until, int Rows, int LeftOut, IReadOnlyList<string> Reasons, bool IsWhole);
