using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Matching;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// A name and birth date as whoever registers somebody takes it. It is kept as a further name of the patient, so of two who register one person at once
/// one comes first, on whichever node, and the other looks again and finds her. A name stays with whoever had it, so who is another person of that
/// name, or comes after one who is called otherwise by now, takes the next.
/// </summary>
/// <param name="reader">What is stored.</param>
/// <param name="practice">Whose patient.</param>
internal sealed class RegisteredPerson(IStoreReader reader, string practice)
{
    /// <summary>Of the names by which a person was registered.</summary>
    public const string System = "person";

    /// <summary>The name that the new patient gets; none where her name or birth date is not known, or so many have them that nobody is found by them.</summary>
    public IEnumerable<RecordAlias> Take(LookUpKey? person)
    {
        for (var number = 1; person is { } key && number <= Namesakes.FoundMax; number++)
        {
            var name = Name(key, number);
            if (reader.Record(practice, name) is null)
            {
                return [name];
            }
        }

        return [];
    }

    /// <summary>Only to be compared, so that a name that a patient had does not stand in her record for ever.</summary>
    private static RecordAlias Name(LookUpKey person, int number) => new(
        RecordDefinition.Patient, System, string.Join(FieldValue.ListSeparator, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(person.Value))), $"{number}"));
}
