namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>Why a law does not hold for one case.</summary>
/// <param name="Field">The field it shows in; null when the whole was refused.</param>
/// <param name="What">What went wrong, for people.</param>
public sealed record LawFault(string? Field, string What)
{
    /// <summary>The same goes wrong: in the same field, or by a refusal of the same code. Otherwise a smaller case would be another one.</summary>
    public bool IsLike(LawFault? other) =>
        other is not null && other.Field == Field && (Field is not null || FirstWord(What).SequenceEqual(FirstWord(other.What)));

    private static ReadOnlySpan<char> FirstWord(string text) => text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal) is > 0 and var blank ? blank : text.Length);
}
