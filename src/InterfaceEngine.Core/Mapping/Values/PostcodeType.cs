using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>postcode</c>: a text. A ZIP code of the United States has five digits, and a spreadsheet that takes it for a number eats the
/// zeros it begins with (02134 is Boston, 00601 in Puerto Rico): in a cell of a file they are put back, and it is said (MAP554).
/// </summary>
public sealed class PostcodeType : IValueType
{
    private const int ZipDigits = 5;

    private readonly bool _isZip;

    /// <param name="region">Header <c>region:</c>. Only in the United States and Puerto Rico is it a ZIP code.</param>
    public PostcodeType(string region) => _isZip = region is "US" or "PR";

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        if (TextType.Instance.Read(text, scope) is not { } code)
        {
            return null;
        }

        if (!_isZip || scope.Format != MapFormat.Csv || code.Length is not (3 or 4) || code.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return code;
        }

        var padded = code.PadLeft(ZipDigits, '0');
        scope.Warn(
            MappingCodes.PaddedZip, $"a ZIP code of {code.Length} digits: a spreadsheet ate what it begins with. It was taken as one of five.", code,
            $"'{code}' is a ZIP code of {code.Length} digits: a spreadsheet ate what it begins with. It was taken as {padded}.");
        return padded;
    }

    public string? Write(string value, WritingScope scope) => value;
}
