namespace InterfaceEngine.Control;

/// <summary>Writes an export now.</summary>
/// <param name="Name">As the settings name it.</param>
/// <param name="Out">A file of this machine to write all of it to, in place of its own; null for its own place.</param>
internal sealed record ExportRequest(string Name, string? Out) : ControlRequest<ExportAnswer>(TimeSpan.FromMinutes(30));

/// <inheritdoc cref="Exports.ExportReport"/>
internal sealed record ExportAnswer(string Name, string FileName, string Location, string From, string Until, int Rows, int LeftOut, IReadOnlyList<string> Reasons, bool IsWhole) : ControlAnswer;
