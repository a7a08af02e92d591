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
    public void Load() => _body = File.ReadAllBytes(Find(SampleFile));

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

    /// <summary>The benchmark runs somewhere below the repository, not in it.</summary>
    private static string Find(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, file);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("The sample is not in any folder above the benchmark.", file);
    }
}
