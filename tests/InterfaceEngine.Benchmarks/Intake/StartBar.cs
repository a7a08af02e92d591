using InterfaceEngine.Cli.Durability;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>How long from the command to the first connection it takes? The first start makes key and store; the middle of the others counts.</summary>
internal sealed class StartBar(string repository)
{
    private const int Starts = 7;
    private const double MostSeconds = 1.5;

    public Bar Measure() => BenchEngine.InFolder(repository, Measure);

    private static Bar Measure(WorkFolder folder)
    {
        var times = new List<double>();
        for (var start = 0; start <= Starts; start++)
        {
            using var engine = new BenchEngine(folder);
            var seconds = engine.Start().TotalSeconds;
            Console.WriteLine($"{(start == 0 ? "first start " : "start       ")}{seconds:F2} s");
            if (start > 0)
            {
                times.Add(seconds);
            }
        }

        return new Bar("start to listening", times.Order().ElementAt(Starts / 2), "s", MostSeconds, IsLeast: false);
    }
}
