namespace InterfaceEngine.Core.Hl7;

/// <summary>The shape all HL7 times share: digits, a fraction, an offset.</summary>
internal readonly ref struct TimeDigits
{
    /// <summary>Longer values are not looked at.</summary>
    public const int LengthMax = 64;

    private const int NanosecondDigits = 9;

    private readonly ReadOnlySpan<byte> _digits;

    public TimeDigits(ReadOnlySpan<byte> text)
    {
        if (text.Length > LengthMax)
        {
            return;
        }

        text = text.Trim((byte)' ');
        var sign = text.IndexOfAny((byte)'+', (byte)'-');
        if (sign >= 0)
        {
            var offset = text[(sign + 1)..];
            if (offset.Length != 4 || !AreDigits(offset))
            {
                return;
            }

            HasOffset = true;
            var minutes = Two(offset[2..]);
            IsOffsetMinuteValid = minutes < 60;
            OffsetMinutes = ((Two(offset) * 60) + minutes) * (text[sign] == '-' ? -1 : 1);
            text = text[..sign];
        }

        var point = text.IndexOf((byte)'.');
        if (point >= 0)
        {
            var fraction = text[(point + 1)..];
            if (fraction.IsEmpty || !AreDigits(fraction))
            {
                return;
            }

            FractionDigits = fraction.Length;
            for (var index = 0; index < NanosecondDigits; index++)
            {
                Nanosecond = (Nanosecond * 10) + (index < fraction.Length ? fraction[index] - '0' : 0);
            }

            text = text[..point];
        }

        _digits = text;
        IsWellFormed = AreDigits(text);
    }

    public bool IsWellFormed { get; }

    /// <summary>How many digits stand before fraction and offset.</summary>
    public int Count => _digits.Length;

    public int FractionDigits { get; }

    public int Nanosecond { get; }

    public bool HasOffset { get; }

    public int OffsetMinutes { get; }

    public bool IsOffsetMinuteValid { get; } = true;

    /// <summary>The number that two digits make.</summary>
    public int Pair(int from) => Two(_digits[from..]);

    public int PairOrZero(int from) => from + 2 <= _digits.Length ? Pair(from) : 0;

    private static int Two(ReadOnlySpan<byte> digits) => ((digits[0] - '0') * 10) + digits[1] - '0';

    private static bool AreDigits(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
