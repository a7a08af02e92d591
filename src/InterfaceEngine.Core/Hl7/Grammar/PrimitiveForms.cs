namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>The forms of the primitive types that have one. Text and codes take anything.</summary>
internal static class PrimitiveForms
{
    private const int DateLengthMax = 8;

    private const string Number = "digits with an optional sign and decimal point";
    private const string Sequence = "digits";
    private const string Date = "YYYY[MM[DD]]";
    private const string Time = "HH[MM[SS[.S]]][+/-ZZZZ]";
    private const string DateTime = "YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]";

    /// <summary>What was expected, when the value has not the form of the type; null when it has.</summary>
    public static string? Wrong(string type, Hl7Element value) => type switch
    {
        "NM" => IsNumber(value.Raw) ? null : Number,
        "SI" => value.Raw.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? Sequence : null,
        "DT" => value.Raw.Length <= DateLengthMax && Hl7Timestamp.TryParse(value.Raw, out _, out _) ? null : Date,
        "TM" => Hl7Time.TryParse(value.Raw, out _, out _) ? null : Time,
        "DTM" or "TS" => Hl7Timestamp.TryParse(value.Raw, out _, out _) ? null : DateTime,
        _ => null,
    };

    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        text = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        var point = text.IndexOf((byte)'.');
        var digits = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        return digits.Length + fraction.Length > 0
            && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && !fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
