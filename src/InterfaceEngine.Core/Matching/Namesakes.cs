using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Matching;

/// <summary>
/// Two patients of one practice who may be one person, under two ids. Nothing is merged for it: a person looks. Twins differ in their first
/// name and so have other keys; a father and his son of one name differ in their suffix.
/// </summary>
public static class Namesakes
{
    /// <summary>
    /// How many patients are found by one name and birth date. Of a name that more have nothing can be told: it stands in the place of a name that
    /// is not known, and those after them are neither found by it nor listed.
    /// </summary>
    public const int FoundMax = 50;

    private static readonly string[] _phones = ["phone_home", "phone_mobile", "phone_work"];

    /// <summary>How far two patients agree beside their ids.</summary>
    /// <param name="one">A patient.</param>
    /// <param name="other">Another.</param>
    /// <param name="memberIds">The numbers by which one's insurers know her.</param>
    /// <param name="otherMemberIds">Those of the other.</param>
    public static Agreement Compare(StoredRecord one, StoredRecord other, IEnumerable<string> memberIds, IEnumerable<string> otherMemberIds)
    {
        if (PersonKey.Of(one) is not { } key || PersonKey.Of(other) != key || Differ(one["suffix"], other["suffix"]))
        {
            return Agreement.None;
        }

        return Phones(one).Intersect(Phones(other), StringComparer.Ordinal).Any() ? Agreement.Phone
            : memberIds.Select(Plain).Intersect(otherMemberIds.Select(Plain), StringComparer.Ordinal).Any() ? Agreement.MemberId
            : Agreement.NameAndBirthDate;
    }

    private static bool Differ(string? suffix, string? other) =>
        PersonKey.Letters(suffix) is { Length: > 0 } one && PersonKey.Letters(other) is { Length: > 0 } two && one != two;

    private static IEnumerable<string> Phones(StoredRecord patient) => _phones.Select(field => patient[field]).OfType<string>();

    private static string Plain(string memberId) => string.Concat(memberId.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}

/// <summary>What two patients have in common.</summary>
public enum Agreement
{
    /// <summary>They are two people.</summary>
    None,

    /// <summary>Name and birth date only, which two people may well share.</summary>
    NameAndBirthDate,

    /// <summary>Name, birth date and a telephone number.</summary>
    Phone,

    /// <summary>Name, birth date and the number by which an insurer knows them.</summary>
    MemberId,
}
