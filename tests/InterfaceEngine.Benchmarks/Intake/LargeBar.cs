using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>
/// How much memory does the engine take beyond what it has, at most, while it accepts a laboratory report of 20 MB with an
/// embedded PDF, and does it take more with each further one? The system's own peak counts (VmHWM, set back before each).
/// </summary>
internal sealed class LargeBar(string repository)
{
    private const int MessageBytes = 20 * 1000 * 1000;
    private const int WarmUp = 30_000;
    private const int Reports = 6;
    private const double MostSizes = 3;
    private const double Mebibyte = 1 << 20;

    public Bar Measure() => BenchEngine.InFolder(repository, Measure);

    private static Bar Measure(WorkFolder folder)
    {
        using var engine = new BenchEngine(folder);
        engine.Start();

        // So that what the store keeps in memory anyway (CacheBytes) is there before.
        var feed = new ClinicFeed(FeedStyle.Athena, new ClinicOptions { People = 3_000, Events = WarmUp });
        new MixedLoad(folder.Port).Run(16, [.. feed.Messages()]);
        using var sender = new FrameSender(folder.Port);
        var extra = new List<double>();
        for (var report = 1; report <= Reports; report++)
        {
            var frame = Frame(report);
            var before = engine.Memory("VmRSS");
            engine.ForgetPeak();
            var ticks = sender.Send(frame);
            var peak = engine.Memory("VmHWM");
            extra.Add((peak - before) * Mebibyte / frame.Length);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"report {report} of {frame.Length / 1e6:F1} MB: {TimeSpan.FromTicks(ticks * TimeSpan.TicksPerSecond / System.Diagnostics.Stopwatch.Frequency).TotalMilliseconds:F0} ms, {before:F0} MiB before, {peak:F0} MiB at most: {extra[^1]:F2} x its size"));
        }

        return new Bar("extra memory for a message of 20 MB", extra.Max(), "x its size", MostSizes, IsLeast: false);
    }

    /// <summary>Another PDF each time: equal ones would be kept once.</summary>
    private static byte[] Frame(int report)
    {
        var head = Encoding.ASCII.GetBytes(
            $"MSH|^~\\&|ATHENANET|{Traffic.Practice}^Sample Practice^1^Main St Clinic|PRACTICESTUDIO||20260106093{report}||ORU^R01|L{report}|P|2.3.1\r"
            + "PID|1|9000000|9000000|9000000|EXAMPLE^LARGE||19750822|F\r"
            + $"OBR|1|PL{report}|FL{report}|11502-2^Laboratory report^LN|||202601060900|||||||202601060905||||||||20260106093{report}|||F\r"
            + "OBX|1|ED|11502-2^Laboratory report^LN||^application^pdf^Base64^");
        var tail = "||||||F|||202601060900\r"u8;
        var content = new byte[(MessageBytes - head.Length - tail.Length) / 4 * 3];
        RandomNumberGenerator.Fill(content);
        "%PDF-1.4\n"u8.CopyTo(content);
        return [0x0B, .. head, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(content)), .. tail, 0x1C, 0x0D];
    }
}
