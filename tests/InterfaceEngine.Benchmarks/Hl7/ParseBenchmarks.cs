using System.Text;
using BenchmarkDotNet.Attributes;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Benchmarks.Hl7;

/// <summary>
/// How many messages of about 1 KB (ADT^A04) does one core parse and read 16 fields of, and what is allocated for
/// each? The bar: at least 300,000 a second, at most 2 KB each. The baseline only finds the segments.
/// </summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private const string SampleFile = "samples/hl7/athena-a04.hl7";

    /// <summary>Taken where the sample is not to be had; invented, of the same shape.</summary>
    private const string Embedded =
        @"MSH|^~\&|ATHENANET|195900^Sample Practice^1^Main St Clinic|PRACTICESTUDIO||202601050930||ADT^A04|101M19590|P|2.3.1" + "\r" +
        "EVN|A04|202601050930\r" +
        "PID|1|34772|34772|34772|DOE^JANE^Q||19750822|F|JANIE|2106-3^White|456 OAK AVE^APT 2^SPRINGFIELD^IL^62702||2175550101^PRN^PH~2175550102^WPN~jane@example.org^NET~2175550103^ORN^CP|2175550102|eng^English|M|||123-45-6789|||2186-5^Not Hispanic or Latino\r" +
        "PD1||||1234567893^JOHNSON^JANE\r" +
        "NK1|1|DOE^JOHN|SPOUSE|456 OAK AVE^^SPRINGFIELD^IL^62702|2175550104||C\r" +
        "PV1|1|O|1^MAIN ST^^MAIN ST||||1234567893^JOHNSON^JANE||||||||||||997681|||||||||||||||||||||||||202601050930||||||997681\r" +
        "GT1|1||DOE^JANE^Q||456 OAK AVE^^SPRINGFIELD^IL^62702|2175550101||19750822|F\r" +
        "IN1|1|159571^SAMPLE HMO|1780|SAMPLE HMO|PO BOX 1^^CHICAGO^IL^60601||8005550100|GRP987654||||||||DOE^JANE|1|19750822|456 OAK AVE^^SPRINGFIELD^IL^62702|||1||||||||||||||AET123456789|||||||F\r";

    private static readonly Hl7Path[] Paths =
    [
        .. new[]
        {
            "MSH-9.1", "MSH-9.2", "MSH-10", "EVN-2", "PID-3[4=ATHENA?,5=MRN?].1", "PID-5.1", "PID-5.2", "PID-7", "PID-8",
            "PID-11.1", "PID-11.5", "PID-13[2=PRN?,3=PH?].1", "PID-13[3=CP].1", "PV1-7.1", "PV1-19.1", "IN1-36",
        }.Select(Hl7Path.Parse),
    ];

    private byte[] _body = [];

    [GlobalSetup]
    public void Load() => _body = File.Exists(SampleFile) ? File.ReadAllBytes(SampleFile) : Encoding.ASCII.GetBytes(Embedded);

    [Benchmark(Baseline = true)]
    public int Parse() => Hl7Message.Parse(_body).SegmentCount;

    [Benchmark]
    public int ParseAndReadSixteenFields()
    {
        var message = Hl7Message.Parse(_body);
        var characters = 0;
        foreach (var path in Paths)
        {
            characters += path.Get(message).Decode().Length;
        }

        return characters;
    }
}
