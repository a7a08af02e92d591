using System.Diagnostics;
using System.Globalization;
using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Benchmarks.Files;

/// <summary>
/// How fast is a file fetched from a server beside OpenSSH's own <c>sftp</c>? The same file from the same server on loopback, to nowhere,
/// in rounds by turns; each with its own connection. The medians count.
/// </summary>
internal sealed class SftpBar
{
    private const double ShareMin = 0.6;
    private const int Rounds = 5;

    public Bar Measure(int megabytes) => MeasureAsync(megabytes).GetAwaiter().GetResult();

    private static async Task<Bar> MeasureAsync(int megabytes)
    {
        await using var server = await SshServer.StartAsync();
        var file = Path.Combine(server.Root, "file");
        await WriteAsync(file, megabytes);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            var program = await TimeAsync(() => SshServer.RunAsync("sftp", [.. Options(server), $"{SshServer.User}@{SshServer.Host}:{file}", "/dev/null"]));
            var engine = await TimeAsync(() => FetchAsync(server));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: sftp {megabytes / program.TotalSeconds:0} MB/s, engine {megabytes / engine.TotalSeconds:0} MB/s{(round == 0 ? " (warming up)" : "")}"));
            if (round > 0)
            {
                theirs.Add(megabytes / program.TotalSeconds);
                ours.Add(megabytes / engine.TotalSeconds);
            }
        }

        var (our, their) = (Median(ours), Median(theirs));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median: sftp {their:0} MB/s, engine {our:0} MB/s"));
        return new Bar($"SFTP download of {megabytes:N0} MB, share of the sftp program's", our / their, "", ShareMin, IsLeast: true);
    }

    private static async Task FetchAsync(SshServer server)
    {
        await using var folder = await SftpFolder.ConnectAsync(server.ToOptions(), server.Root, TimeProvider.System, default);
        await using var stream = await folder.OpenReadAsync("file", default);
        await stream.CopyToAsync(Stream.Null, 256 * 1024);
    }

    private static string[] Options(SshServer server) =>
    [
        "-q", "-P", server.Port.ToString(CultureInfo.InvariantCulture), "-F", "/dev/null", "-i", server.KeyFile,
        "-o", $"UserKnownHostsFile={server.KnownHosts}", "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
    ];

    private static async Task<TimeSpan> TimeAsync(Func<Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Bytes that no encryption or compression has it easier with.</summary>
    private static async Task WriteAsync(string path, int megabytes)
    {
        var chance = new Random(1);
        var block = new byte[1024 * 1024];
        await using var file = File.Create(path);
        for (var written = 0; written < megabytes; written++)
        {
            chance.NextBytes(block);
            await file.WriteAsync(block);
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
