using InterfaceEngine.Cli.Durability;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>How much memory does the engine hold after a million messages, and does it grow with their number?</summary>
internal sealed class MemoryBar(string repository)
{
    private const double MostMebibytes = 250;
    private const int Steps = 10;
    private const int Connections = 64;

    public Bar Measure(int messages) => BenchEngine.InFolder(repository, folder => Measure(messages, folder));

    private static Bar Measure(int messages, WorkFolder folder)
    {
        var traffic = new Traffic();
        var plan = new TrafficPlan(seed: 2);
        using var engine = new BenchEngine(folder);
        engine.Start();
        Console.WriteLine($"before the first message: {engine.Memory("VmRSS"):F0} MiB");
        var load = new LoadGenerator(traffic, folder.Port);
        for (var step = 1; step <= Steps; step++)
        {
            var figures = load.Run(Connections, messages / Steps, plan.Next);
            Console.WriteLine($"after {plan.Count,9:N0} messages: {engine.Memory("VmRSS"),4:F0} MiB, at most {engine.Memory("VmHWM"),4:F0} MiB; {figures.PerSecond:N0}/s");
        }

        return new Bar($"resident memory after {messages:N0} messages", engine.Memory("VmRSS"), "MiB", MostMebibytes, IsLeast: false);
    }
}
