using System.Globalization;

namespace InterfaceEngine.Core.Hl7;

/// <summary>MSH-12.1 as numbers, so that versions can be compared: 2.3 is before 2.3.1.</summary>
public readonly record struct Hl7Version(int Major, int Minor, int Patch = 0) : IComparable<Hl7Version>
{
    public static Hl7Version V23 { get; } = new(2, 3);

    public static Hl7Version V231 { get; } = new(2, 3, 1);

    public static Hl7Version V24 { get; } = new(2, 4);

    public static Hl7Version V25 { get; } = new(2, 5);

    public static Hl7Version V27 { get; } = new(2, 7);

    /// <summary>Reads two or three numbers between dots.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Hl7Version version)
    {
        version = default;
        Span<Range> parts = stackalloc Range[4];
        var count = text.Trim().Split(parts, '.');
        Span<int> numbers = stackalloc int[3];
        numbers.Clear();
        if (count is < 2 or > 3)
        {
            return false;
        }

        for (var index = 0; index < count; index++)
        {
            if (!int.TryParse(text.Trim()[parts[index]], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[index]))
            {
                return false;
            }
        }

        version = new Hl7Version(numbers[0], numbers[1], numbers[2]);
        return true;
    }

    public int CompareTo(Hl7Version other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public static bool operator <(Hl7Version left, Hl7Version right) => left.CompareTo(right) < 0;

    public static bool operator >(Hl7Version left, Hl7Version right) => left.CompareTo(right) > 0;

    public static bool operator <=(Hl7Version left, Hl7Version right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Hl7Version left, Hl7Version right) => left.CompareTo(right) >= 0;

    public override string ToString() => Patch == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}")
        : string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
