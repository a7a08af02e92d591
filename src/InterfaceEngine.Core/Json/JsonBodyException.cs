namespace InterfaceEngine.Core.Json;

/// <summary>A document that can't be read as JSON. The message holds no value of it.</summary>
/// <param name="path">Where, e.g. <c>name[1].given</c>; empty for the document itself.</param>
/// <param name="offset">The byte, from 0.</param>
/// <param name="reason">What was found and what was expected.</param>
public sealed class JsonBodyException(string path, int offset, string reason) : Exception($"{(path.Length == 0 ? "" : path + ", ")}byte {offset}: {reason}")
{
    public string Path { get; } = path;

    public int Offset { get; } = offset;

    public string Reason { get; } = reason;
}
