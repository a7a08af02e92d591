using BenchmarkDotNet.Running;
using InterfaceEngine.Benchmarks;
using InterfaceEngine.Benchmarks.Api;
using InterfaceEngine.Benchmarks.Delivery;
using InterfaceEngine.Benchmarks.Ehr;
using InterfaceEngine.Benchmarks.Files;
using InterfaceEngine.Benchmarks.Intake;
using InterfaceEngine.Benchmarks.Mapping;
using InterfaceEngine.Benchmarks.Store;

// eng/bench calls this with one word: which bars to measure. Anything else goes to BenchmarkDotNet.
var repository = Environment.CurrentDirectory;
Bar[]? bars = args switch
{
    ["parse"] => PureBars.Parse(),
    ["map"] => PureBars.Map(),
    ["limiter"] => LimiterBars.Measure(),
    ["intake", .. var rest] => new IntakeBars(repository).Measure(Counts(rest)),
    ["postgres", var connection, .. var rest] => new PostgresBars(repository, connection).Measure(Counts(rest)),
    ["memory", .. var rest] => [new MemoryBar(repository).Measure(rest is [var count, ..] ? int.Parse(count) : 1_000_000)],
    ["mixed", .. var rest] => new MixedBars(repository).Measure(rest.Length == 0 ? [16, 64] : Counts(rest)),
    ["large"] => [new LargeBar(repository).Measure()],
    ["sender"] => new SenderBars(repository).Measure(),
    ["copy", var connection, .. var rest] => new CopyBars(repository, connection).Measure(rest is [var count, ..] ? int.Parse(count) : 1_000_000),
    ["depth", .. var rest] => Depth(rest is [var count, ..] ? int.Parse(count) : 5_000_000, rest is [_, var server] ? server : null),
    ["diff", .. var rest] => new DiffBars(repository).Measure(rest is [var count, ..] ? int.Parse(count) : 100_000),
    ["files", .. var rest] => new FileBars(repository).Measure(rest is [var count, ..] ? int.Parse(count) : 1_000_000),
    ["bulk", .. var rest] => new BulkBars(repository).Measure(rest is [var count, ..] ? int.Parse(count) : 1_000_000),
    [BulkReader.Word, var settings, var address] => BulkReader.Read(settings, address),
    [FileReader.Word, var settings, var file] => FileReader.Read(settings, file),
    ["sftp", .. var rest] => [new SftpBar().Measure(rest is [var megabytes, ..] ? int.Parse(megabytes) : 512)],
    ["swap"] => [new SwapBar(repository).Measure()],
    ["api"] => [new ApiBar(repository).Measure()],
    ["start"] => [new StartBar(repository).Measure()],
    _ => null,
};

if (bars is null)
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}

Bar.Print(bars);
return bars.All(bar => bar.IsMet) ? 0 : 1;

Bar[] Depth(int messages, string? server)
{
    var bars = new DepthBars(repository);
    return server is null ? [bars.MeasureSqlite(messages)] : [bars.MeasureSqlite(messages), bars.MeasurePostgres(messages, server)];
}

static int[] Counts(string[] words) => words.Length == 0 ? [1, 16, 64] : [.. words.Select(int.Parse)];
