using System.Text;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Matching;

/// <summary>The key under which patients of one name and birth date are found, whatever their ids. It is stored as a keyed hash only.</summary>
public static class PersonKey
{
    /// <summary>How the look-up is called; no field has this name.</summary>
    private const string Name = "person";

    private const char PlainFirst = '\u00c0';

    /// <summary>
    /// The letters from U+00C0 to U+017F without their accents. The framework's own normalisation depends on what is installed, and the key must be
    /// the same on every machine and for ever.
    /// </summary>
    private const string PlainLetters =
        "AAAAAAACEEEEIIIIDNOOOOO OUUUUYTSAAAAAAACEEEEIIIIDNOOOOO OUUUUYTY" +
        "AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIIIIIJJKKKLLLLLLLLLLNNNNNNNNNOOOOOOOORRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS";

    /// <returns>Null for what is no patient, or lacks a name or the birth date.</returns>
    public static LookUpKey? Of(StoredRecord record) =>
        record.Type == RecordDefinition.Patient ? Of(record["last_name"], record["first_name"], record["date_of_birth"]) : null;

    /// <inheritdoc cref="Of(StoredRecord)"/>
    public static LookUpKey? Of(IncomingRecord record) =>
        record.Type == RecordDefinition.Patient ? Of(record["last_name"].Text, record["first_name"].Text, record["date_of_birth"].Text) : null;

    /// <summary>The key of a name and a birth date, <c>2023-06-15</c>; null when one of them is missing.</summary>
    public static LookUpKey? Of(string? lastName, string? firstName, string? birthDate)
    {
        if (birthDate is null || Letters(lastName) is not { Length: > 0 } last || Letters(firstName) is not { Length: > 0 } first)
        {
            return null;
        }

        return new LookUpKey(RecordDefinition.Patient, Name, $"{last}\n{first}\n{birthDate}");
    }

    /// <summary>Whether two ways of writing a name are one, whatever their case, accents and marks. What is not there is no name.</summary>
    public static bool IsOneName(string? name, string? other) => Letters(name) is { Length: > 0 } letters && letters == Letters(other);

    /// <summary>Letters and digits only, whatever their case and accents: <c>O'Brien</c> and <c>OBRIEN</c>, <c>Peña</c> and <c>PENA</c> are one name.</summary>
    internal static string Letters(string? name)
    {
        var letters = new StringBuilder();
        foreach (var character in name ?? "")
        {
            // A mark that stands by itself behind its letter is none.
            if (char.IsLetterOrDigit(character) || char.IsSurrogate(character))
            {
                letters.Append(Plain(character));
            }
        }

        return letters.ToString();
    }

    private static char Plain(char letter) => letter - PlainFirst is >= 0 and var place && place < PlainLetters.Length ? PlainLetters[place] : char.ToUpperInvariant(letter);
}
