using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using NodaTime;

namespace InterfaceEngine.Exports;

/// <summary>
/// Appointments as rows of a file, by the cells that read such a file: each row is read back before it is taken. Nothing in it is altered
/// for spreadsheets (a leading <c>=</c> stays), because machines read it.
/// </summary>
/// <param name="Body">The file.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="LeftOut">How many appointments could not be written so that they would be read as they are.</param>
/// <param name="Reasons">Why, without any value; each once.</param>
internal sealed record ExportedFile(byte[] Body, int Rows, int LeftOut, IReadOnlyList<string> Reasons)
{
    /// <param name="writer">The practice's tables.</param>
    /// <param name="visits">What is to be written.</param>
    /// <param name="options">The kind of file, and whether it has a trailer.</param>
    /// <param name="now">The time that formulas take for today.</param>
    public static ExportedFile Write(PracticeWriter writer, IReadOnlyList<ExportedVisit> visits, ExportOptions options, Instant now)
    {
        var header = writer.Write(new OutgoingFile { Kind = options.File, Rows = [], ExternalIdOf = _ => null, Instant = now }).Body;
        using var file = new MemoryStream();
        file.Write(header.Span);
        var (rows, leftOut, reasons) = (0, 0, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var visit in visits)
        {
            var written = writer.Write(new OutgoingFile { Kind = options.File, Rows = [[visit.Record]], ExternalIdOf = _ => visit.Patient, Instant = now });
            if (written.IsRefused)
            {
                leftOut++;
                reasons.UnionWith(written.Notes.Where(note => note.Severity == NoteSeverity.Reject).Select(note => note.ToLine(options.File)));
                continue;
            }

            file.Write(written.Body.Span[header.Length..]);
            rows++;
        }

        if (options.Count == ExportedCount.Trailer)
        {
            file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ExportOptions.TrailerWord},{rows}\r\n")));
        }

        return new ExportedFile(file.ToArray(), rows, leftOut, [.. reasons]);
    }
}
