using System.Diagnostics.CodeAnalysis;

namespace InterfaceEngine.Core.Records;

/// <summary>
/// An id of our own, for a message or a record: 63 bits, rising with time, so that rows made together
/// lie together. Written as 13 characters of Crockford's base 32 (no I, L, O or U), which sort as the ids do.
/// </summary>
public readonly record struct EngineId(long Value) : IComparable<EngineId>
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 13;

    /// <summary>No id. Never stored.</summary>
    public static EngineId None => default;

    /// <summary>Reads the written form, in either case.</summary>
    /// <returns>False when <paramref name="text"/> is not 13 base-32 characters or is too large.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out EngineId id)
    {
        id = default;
        if (text is null || text.Length != Length)
        {
            return false;
        }

        UInt128 value = 0;
        foreach (var character in text)
        {
            var digit = Alphabet.IndexOf(char.ToUpperInvariant(character), StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            value = (value << 5) | (uint)digit;
        }

        if (value > long.MaxValue)
        {
            return false;
        }

        id = new EngineId((long)value);
        return true;
    }

    public int CompareTo(EngineId other) => Value.CompareTo(other.Value);

    public static bool operator <(EngineId left, EngineId right) => left.Value < right.Value;

    public static bool operator >(EngineId left, EngineId right) => left.Value > right.Value;

    public static bool operator <=(EngineId left, EngineId right) => left.Value <= right.Value;

    public static bool operator >=(EngineId left, EngineId right) => left.Value >= right.Value;

    /// <summary>The written form, e.g. <c>01KDRX5Q0G00A</c>.</summary>
    public override string ToString() => string.Create(Length, Value, static (text, value) =>
    {
        for (var index = text.Length - 1; index >= 0; index--)
        {
            text[index] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }
    });
}
