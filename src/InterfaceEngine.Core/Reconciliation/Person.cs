using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>Whether a message speaks of the person its id names. An id that was given to somebody else must not overwrite a chart.</summary>
internal static class Person
{
    private const string Type = "patient";
    private const string FamilyName = "last_name";
    private const string BirthDate = "date_of_birth";

    /// <summary>True when family name <em>and</em> birth date are known on both sides and both differ.</summary>
    public static bool Contradicts(StoredRecord stored, IncomingRecord incoming) =>
        stored.Type == Type
        && stored[BirthDate] is { } birthDate && incoming[BirthDate] is { HasValue: true } saidBirthDate && saidBirthDate.Text != birthDate
        && stored[FamilyName] is { } name && incoming[FamilyName] is { HasValue: true } saidName && !IsSameName(name, saidName.Text!);

    /// <summary>Letters only, whatever their case: <c>O'BRIEN</c> and <c>Obrien</c> are one name.</summary>
    private static bool IsSameName(string left, string right)
    {
        var (at, other) = (0, 0);
        while (true)
        {
            while (at < left.Length && !char.IsLetter(left[at]))
            {
                at++;
            }

            while (other < right.Length && !char.IsLetter(right[other]))
            {
                other++;
            }

            if (at == left.Length || other == right.Length)
            {
                return at == left.Length && other == right.Length;
            }

            if (char.ToUpperInvariant(left[at++]) != char.ToUpperInvariant(right[other++]))
            {
                return false;
            }
        }
    }
}
