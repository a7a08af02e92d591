using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

/// <summary>Invented messages for the tests of this folder, and short ways to write more.</summary>
internal static class Sample
{
    /// <summary>In the manner of athenahealth: bare ids, repeating telecoms, standard places in IN1.</summary>
    public const string A08 =
        @"MSH|^~\&|ATHENANET|195900^Sample Practice^1^Main St Clinic|PRACTICESTUDIO||202601050930||ADT^A08|101M19590|T|2.3.1" + "\r" +
        "EVN|A08|202601050930\r" +
        "PID|1|34772|34772|34772|DOE^JANE^Q||19750822|F|JANIE|2106-3^White|456 OAK AVE^^SPRINGFIELD^IL^62702||2175550101^PRN^PH~2175550102^WPN~jane@example.org^NET~2175550103^ORN^CP|2175550102|eng^English|M\r" +
        "NK1|1|DOE^JOHN|SPOUSE||2175550104||C\r" +
        "NK1|2|DOE^JILL|CHILD||2175550105||N\r" +
        "PV1|1|O|1^MAIN ST^^MAIN ST||||1234567893^JOHNSON^JANE||||||||||||997681\r" +
        "IN1|1|159571^SAMPLE HMO|1780|SAMPLE HMO||||GRP987654\r" +
        "IN1|2|159572^OTHER HMO|1781|OTHER HMO||||GRP111\r" +
        "IN2|1||987\r";

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static Hl7Message Parse(string text, Hl7ParseOptions? options = null) => Hl7Message.Parse(Bytes(text), options);

    /// <summary>A message of one more segment than MSH.</summary>
    public static Hl7Message With(string segment, string mshEnd = "") =>
        Parse(@"MSH|^~\&|A|B|C|D|20260105||ADT^A08|1|P|2.3.1" + mshEnd + "\r" + segment + "\r");

    /// <summary>What a path finds: the text, <c>(absent)</c>, <c>(empty)</c> or <c>(null)</c>.</summary>
    public static string Said(Hl7Element element) =>
        !element.IsPresent ? "(absent)" : element.IsEmpty ? "(empty)" : element.IsNull ? "(null)" : element.Decode();

    public static string Get(this Hl7Message message, string path) => Said(Hl7Path.Parse(path).Get(message));
}
