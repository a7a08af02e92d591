using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>Whether a message speaks of the person its id names. An id that was given to somebody else must not overwrite a chart.</summary>
internal static class Person
{
    private const string Type = "patient";
    private const string FamilyName = "last_name";
    private const string GivenName = "first_name";
    private const string BirthDate = "date_of_birth";

    /// <summary>
    /// True when the birth date differs and the name does: the family name, or both given names, where neither begins with the other
    /// (JON of JONATHAN). A brother or a wife has the family name of whom they are mistaken for.
    /// </summary>
    public static bool Contradicts(StoredRecord stored, IncomingRecord incoming) =>
        stored.Type == Type
        && stored[BirthDate] is { } birthDate && incoming[BirthDate] is { HasValue: true } saidBirthDate && saidBirthDate.Text != birthDate
        && (Differs(stored, incoming, FamilyName, mayBegin: false) || Differs(stored, incoming, GivenName, mayBegin: true));

    private static bool Differs(StoredRecord stored, IncomingRecord incoming, string field, bool mayBegin) =>
        stored[field] is { } name && incoming[field] is { HasValue: true } said && !IsSameName(name, said.Text!, mayBegin);

    /// <summary>Letters only, whatever their case: <c>O'BRIEN</c> and <c>Obrien</c> are one name.</summary>
    /// <param name="mayBegin">A name with which the other begins is the same one.</param>
    private static bool IsSameName(string left, string right, bool mayBegin)
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
                return mayBegin || (at == left.Length && other == right.Length);
            }

            if (char.ToUpperInvariant(left[at++]) != char.ToUpperInvariant(right[other++]))
            {
                return false;
            }
        }
    }
}
