namespace InterfaceEngine.Destinations.Ehr;

/// <summary>Whether somebody whom the vendor knows is the patient who is to be registered there, so that nobody is registered twice and no two become one.</summary>
internal static class PersonMatch
{
    /// <summary>From here on athenahealth calls it a strong match.</summary>
    private const double Strong = 23;

    /// <summary>From here on athenahealth takes two for one.</summary>
    private const double Certain = 26;

    /// <summary>The vendor's number of the patient; null when the vendor does not know her.</summary>
    /// <param name="wanted">Whom one looks for.</param>
    /// <param name="found">Whom the vendor gives.</param>
    /// <param name="records">Our own side.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HeldException">A person must look.</exception>
    public static async Task<string?> FindAsync(WantedPerson wanted, IEnumerable<KnownPerson> found, OwnRecords records, CancellationToken cancellationToken)
    {
        var (clear, like) = (new List<string>(), new List<string>());
        foreach (var one in found.DistinctBy(one => one.Number))
        {
            var isNamed = one.IsNamedAs(wanted.Person);
            if (!isNamed && !(one.Score >= Strong))
            {
                continue;
            }

            // Somebody said that she is another than those who are known here.
            if (wanted.Order.IsAnother && await records.HolderOfAsync(one.Number, cancellationToken) is { } holder && holder != wanted.Patient)
            {
                continue;
            }

            ((isNamed && one.Sex == wanted.Person.Sex) || (one.Score >= Certain && one.Born == wanted.Person.Born) ? clear : like).Add(one.Number);
        }

        return clear is [var number] ? number
            : clear.Count + like.Count == 0 ? null
            : throw new HeldException(
                "who is it",
                $"The vendor has {string.Join(", ", clear.Concat(like))}, who may be this patient. Nobody was registered. Where she is one of them, say the number (patients change --number) and send this again; where she is none, dismiss this and say so (patients change --another).");
    }
}
