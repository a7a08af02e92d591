using InterfaceEngine.Files;
using NodaTime.Text;

namespace InterfaceEngine.Control;

/// <summary>Exports that a person wants now.</summary>
internal sealed class ExportOperations(EngineParts parts)
{
    public async Task<ExportAnswer> RunAsync(ExportRequest request, CancellationToken cancellationToken)
    {
        var export = parts.Exports.FirstOrDefault(one => one.Options.Name == request.Name)
            ?? throw RequestException.NotFound($"{request.Name} is no export of the settings ({string.Join(", ", parts.Exports.Select(one => one.Options.Name))}).");
        var audit = request.Audit("files export", export.Options.Practice, $"{request.Name} to {request.Out ?? export.Options.Place}");
        try
        {
            var report = request.Out is null ? await export.RunAsync(audit, cancellationToken) : await export.WriteToAsync(audit, request.Out, cancellationToken);
            return new ExportAnswer(
                report.Name,
                report.FileName,
                report.Location,
                LocalDatePattern.Iso.Format(report.From),
                LocalDatePattern.Iso.Format(report.Until),
                report.Rows,
                report.LeftOut,
                report.Reasons,
                report.IsWhole);
        }
        catch (FileFaultException fault)
        {
            throw RequestException.Refused(fault.Message);
        }
    }
}
