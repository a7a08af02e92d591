using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary><c>bool</c> (HL7 ID Y/N, JSON's <c>true</c>/<c>false</c>, a file's <c>yes</c>, <c>1</c>): stored <c>true</c> or <c>false</c>.</summary>
public sealed class BoolType : IValueType
{
    private BoolType()
    {
    }

    public static BoolType Instance { get; } = new();

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        if (IsOneOf(text, "Y", "YES", "TRUE", "1"))
        {
            return "true";
        }

        if (IsOneOf(text, "N", "NO", "FALSE", "0"))
        {
            return "false";
        }

        scope.Refuse(MappingCodes.Bool, "neither yes nor no.", text.ToString(), $"'{text}' is neither yes nor no.");
        return null;
    }

    public string? Write(string value, WritingScope scope) => scope.Format != MapFormat.Hl7 ? value : value == "true" ? "Y" : "N";

    private static bool IsOneOf(ReadOnlySpan<char> text, string a, string b, string c, string d) =>
        text.Equals(a, StringComparison.OrdinalIgnoreCase) || text.Equals(b, StringComparison.OrdinalIgnoreCase)
        || text.Equals(c, StringComparison.OrdinalIgnoreCase) || text.Equals(d, StringComparison.OrdinalIgnoreCase);
}
