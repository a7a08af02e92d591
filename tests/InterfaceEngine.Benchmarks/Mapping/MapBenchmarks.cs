using BenchmarkDotNet.Attributes;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using NodaTime;

namespace InterfaceEngine.Benchmarks.Mapping;

/// <summary>
/// How many messages of about 1 KB does one core turn into all their records (parsing included) through the shipped
/// maps? The bar: at least 60,000 a second for the ADT^A04, which makes a patient, two contacts, a coverage and an
/// encounter. The baseline only parses. Run from the repository's root.
/// </summary>
[MemoryDiagnoser]
public class MapBenchmarks
{
    private PracticeReader _reader = null!;
    private byte[] _registration = [];
    private byte[] _booking = [];
    private ReadContext _context;

    [GlobalSetup]
    public void Load()
    {
        var root = Root();
        _reader = Reader(root);
        _registration = File.ReadAllBytes(Path.Combine(root, "samples", "hl7", "athena-a04.hl7"));
        _booking = File.ReadAllBytes(Path.Combine(root, "samples", "hl7", "athena-s12.hl7"));
        _context = new ReadContext(Instant.FromUtc(2026, 2, 1, 0, 0));
    }

    [Benchmark(Baseline = true)]
    public int Parse() => Hl7Message.Parse(_registration).SegmentCount;

    [Benchmark]
    public int RegistrationToRecords() => _reader.Read(Hl7Message.Parse(_registration), _context).Records.Count;

    [Benchmark]
    public int BookingToRecords() => _reader.Read(Hl7Message.Parse(_booking), _context).Records.Count;

    /// <summary>The shipped maps of a practice of athenahealth.</summary>
    internal static PracticeReader Reader(string root)
    {
        var folder = Path.Combine(root, "mappings");
        var files = Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText);
        var practice = new Practice { Id = "195900", Name = "Sample", Zone = DateTimeZoneProviders.Tzdb["America/Chicago"], Profile = "athena" };
        return new PracticeReader(MappingSet.Load(files, [practice]).For(practice.Id) ?? throw new InvalidOperationException("the shipped maps do not load"));
    }

    /// <summary>BenchmarkDotNet runs in a folder of its own below the repository.</summary>
    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "mappings", "athenahealth")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("no mappings folder above the program");
    }
}
