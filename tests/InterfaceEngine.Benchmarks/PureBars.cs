using System.Collections.Immutable;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using InterfaceEngine.Benchmarks.Hl7;
using InterfaceEngine.Benchmarks.Mapping;

namespace InterfaceEngine.Benchmarks;

/// <summary>
/// The bars of the pure parts, measured by BenchmarkDotNet inside this process, so that eng/bench can bind it to one
/// core: the garbage collector and the compiler then share that core, as they would with a message's own work.
/// </summary>
internal static class PureBars
{
    private const double NanosecondsPerSecond = 1e9;

    public static Bar[] Parse()
    {
        var report = Run<ParseBenchmarks>(nameof(ParseBenchmarks.ParseAndReadSixteenFields));
        return
        [
            new("parse and read 16 fields, one core", PerSecond(report), "messages/s", 300_000, IsLeast: true),
            new("allocated to parse and read 16 fields", Allocated(report), "bytes", 2048, IsLeast: false),
        ];
    }

    public static Bar[] Map() =>
    [
        new("message to all its records, one core", PerSecond(Run<MapBenchmarks>(nameof(MapBenchmarks.RegistrationToRecords))), "messages/s", 60_000, IsLeast: true),
        .. RunAll<DocumentBenchmarks>().Select(report => new Bar($"{DocumentBenchmarks.Titles[Method(report)]}, one core", PerSecond(report), "records/s", 50_000, IsLeast: true)),
    ];

    private static BenchmarkReport Run<T>(string method) => RunAll<T>().Single(report => Method(report) == method);

    private static ImmutableArray<BenchmarkReport> RunAll<T>()
    {
        var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
        return BenchmarkRunner.Run<T>(config).Reports;
    }

    private static string Method(BenchmarkReport report) => report.BenchmarkCase.Descriptor.WorkloadMethod.Name;

    private static double PerSecond(BenchmarkReport report) => NanosecondsPerSecond / report.ResultStatistics!.Mean;

    private static double Allocated(BenchmarkReport report) => report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
}
