using System.Globalization;

namespace InterfaceEngine.Benchmarks;

/// <summary>What was promised about one figure, and what was measured.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Measured">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Target">The promise.</param>
/// <param name="IsLeast">True when more is better.</param>
internal sealed record Bar(string Name, double Measured, string Unit, double Target, bool IsLeast)
{
    public bool IsMet => IsLeast ? Measured >= Target : Measured <= Target;

    /// <summary>How far it is met: 1 is just enough, more is better.</summary>
    public double Ratio => IsLeast ? Measured / Target : Target / Measured;

    /// <summary>One line for each bar; CI and people read the same.</summary>
    public static void Print(IEnumerable<Bar> bars)
    {
        foreach (var bar in bars)
        {
            var sign = bar.IsLeast ? ">=" : "<=";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"BAR  {bar.Name,-58} {Text(bar.Measured),10} {bar.Unit,-10} {sign} {Text(bar.Target),-8} ratio {bar.Ratio,6:F2}  {(bar.IsMet ? "met" : "MISSED")}"));
        }
    }

    private static string Text(double value) => value.ToString(value >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
