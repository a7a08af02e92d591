namespace InterfaceEngine.Core.Csv;

/// <summary>A file that can't be read as CSV at all. The message holds no cell's content.</summary>
/// <param name="line">The line, from 1.</param>
/// <param name="reason">What is wrong.</param>
public sealed class CsvFormatException(int line, string reason) : Exception($"line {line}: {reason}")
{
    public int Line { get; } = line;

    public string Reason { get; } = reason;
}
