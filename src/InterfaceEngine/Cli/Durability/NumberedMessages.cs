using System.Globalization;
using System.Text;

namespace InterfaceEngine.Cli.Durability;

/// <summary>
/// The messages of a check, made from their numbers whenever they are needed: an ADT^A08 in the form of the
/// integration guide, whose control id, event time and address all rise with the number. So a stored record says
/// itself which message wrote it last. The people are invented.
/// </summary>
/// <param name="count">How many there are; numbers go from 1.</param>
/// <param name="seed">Decides which patient a message is about.</param>
/// <param name="started">The event times lie before it.</param>
internal sealed class NumberedMessages(int count, int seed, DateTimeOffset started)
{
    private const int MessagesPerPatient = 10;
    private const char ControlPrefix = 'V';

    private readonly DateTimeOffset _first = started.ToUniversalTime().AddSeconds(-count);

    public int Count => count;

    public int PatientCount { get; } = Math.Max(1, count / MessagesPerPatient);

    public static string ControlId(int number) => string.Create(CultureInfo.InvariantCulture, $"{ControlPrefix}{number:D9}");

    /// <summary>The number of one of our control ids; 0 for any other text.</summary>
    public static int NumberOf(string controlId) =>
        controlId.Length > 1 && controlId[0] == ControlPrefix && int.TryParse(controlId.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>The number of the message that wrote an address; 0 when none of ours did.</summary>
    public static int NumberInAddress(string? address) =>
        address?.Split(' ')[0] is { } digits && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public static string PatientId(int patient) => string.Create(CultureInfo.InvariantCulture, $"{1_000_000 + patient}");

    /// <summary>The patient whom a message is about, from 0: scattered, so that two connections sometimes meet at one.</summary>
    public int PatientOf(int number) => (int)(Scatter((uint)number ^ ((ulong)(uint)seed << 32)) % (uint)PatientCount);

    /// <summary>The same bytes each time.</summary>
    public byte[] Body(int number)
    {
        var patient = PatientOf(number);
        var time = _first.AddSeconds(number).ToString("yyyyMMddHHmmss'+0000'", CultureInfo.InvariantCulture);
        var name = FamilyName(patient);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
            MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{time}||ADT^A08|{ControlId(number)}|P|2.3|
            EVN|A08|{time}|||
            PID|1||{PatientId(patient)}^^^ATHENA^MRN||{name}^CASEY^||{1940 + (patient % 80)}0{1 + (patient % 9)}1{patient % 10}|F||White|{number} MAIN ST^^SPRINGFIELD^IL^62701^USA^^^SANGAMON|SANGAMON|(217)555-{patient % 10_000:D4}||ENG|M|CHR||||

            """).Replace("\r\n", "\r", StringComparison.Ordinal).Replace('\n', '\r'));
    }

    /// <summary>Letters only, and another for each patient.</summary>
    private static string FamilyName(int patient)
    {
        const int Letters = 6;
        return string.Create(Letters, patient, static (text, value) =>
        {
            for (var index = text.Length - 1; index >= 0; index--)
            {
                text[index] = (char)('A' + (value % 26));
                value /= 26;
            }
        });
    }

    /// <summary>SplitMix64's last step.</summary>
    private static ulong Scatter(ulong value)
    {
        value = unchecked((value + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9);
        value = unchecked((value ^ (value >> 27)) * 0x94D049BB133111EB);
        return value ^ (value >> 31);
    }
}
