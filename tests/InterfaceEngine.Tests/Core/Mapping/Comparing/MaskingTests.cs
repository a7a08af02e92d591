using System.Text;
using System.Text.Json;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Comparing;

/// <summary>
/// Messages with values that occur nowhere else are read by sets of which one was spoiled at random; nothing of what is reported may hold
/// one of those values. The seed stands in the failure.
/// </summary>
public sealed class MaskingTests
{
    private const int Seed = 5;
    private const int Rounds = 60;

    [Fact]
    public void No_value_of_a_message_is_in_the_report()
    {
        var random = new Random(Seed);
        var differences = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var (values, message) = Message(random);
            var sets = new SetComparison(DesignExample.Load(), DesignExample.Load(("athenahealth/patient.map.md", Spoiled(random))));
            var tally = new DifferenceTally(showsValues: false);
            if (sets.For("1959") is not { } comparer)
            {
                continue;
            }

            tally.Add("m", comparer.Compare(Hl7Message.Parse(Encoding.UTF8.GetBytes(message)), new ReadContext(Instant.FromUtc(2022, 3, 16, 12, 0))));
            var report = tally.Report("a", "b");
            differences += report.Differences.Count;
            var text = JsonSerializer.Serialize(report);

            values.Where(value => text.Contains(value, StringComparison.OrdinalIgnoreCase)).Should().BeEmpty($"seed {Seed}, round {round}");
        }

        differences.Should().BeGreaterThan(Rounds, "most sets differ");
    }

    /// <summary>The patient's table with two of its HL7 cells changed for one another, or one of them gone.</summary>
    private static string Spoiled(Random random)
    {
        string[] cells = ["PID-5.2 ", "PID-5.1 ", "PID-7 ", "PID-11.1 ", "PID-11.3 ", "PID-15 ", "PID-10 ", "PID-8 "];
        var (one, other) = (cells[random.Next(cells.Length)], cells[random.Next(cells.Length)]);
        return DesignExample.Patient.Replace($"| {one}", "| # ", StringComparison.Ordinal).Replace($"| {other}", $"| {one}", StringComparison.Ordinal)
            .Replace("| # ", one == other ? "|  " : $"| {other}", StringComparison.Ordinal);
    }

    private static (string[] Values, string Message) Message(Random random)
    {
        string Word() => string.Concat(Enumerable.Range(0, 7).Select(_ => (char)('A' + random.Next(26))));
        string Digits(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + random.Next(10))));
        string[] values = [Word(), Word(), $"19{random.Next(10, 99)}0{random.Next(1, 9)}1{random.Next(9)}", Word(), Word(), $"555{Digits(7)}", $"555{Digits(7)}", Word(), Digits(9), Word(), Word()];
        var message = $"""
            MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A04|12345|P|2.3|
            PID|1||{values[8]}^^^ATHENA^MRN||{values[0]}^{values[1]}||{values[2]}|{values[9]}||{values[7]}|{values[3]}^^{values[4]}^IL^62701||{values[5]}|{values[6]}|{values[10]}|
            """.Replace("\n", "\r", StringComparison.Ordinal);
        return ([.. values, $"{values[2][..4]}-{values[2][4..6]}-{values[2][6..]}"], message);
    }
}
