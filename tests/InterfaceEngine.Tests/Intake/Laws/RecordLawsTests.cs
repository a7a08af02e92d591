using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Intake.Laws;
using InterfaceEngine.Tests.Core.Mapping;
using InterfaceEngine.Tests.Core.Mapping.Writing;

namespace InterfaceEngine.Tests.Intake.Laws;

/// <summary>L5 to L7 over the shipped mappings of every profile, and over tables that break them.</summary>
public sealed class RecordLawsTests
{
    [Fact]
    public void Every_shipped_map_keeps_the_laws_in_every_format_it_has()
    {
        var report = RecordLaws.Run(Clinic.Set, new LawOptions());

        report.Failures.Select(failure => failure.ToString()).Should().BeEmpty();
        report.Cases[Law.Once].Should().BeGreaterThan(500);
        report.Cases[Law.KeepOrClear].Should().BeGreaterThan(1_000);
        report.Cases[Law.Order].Should().BeGreaterThan(300);
    }

    [Fact]
    public void A_value_made_of_the_day_of_receipt_breaks_L5()
    {
        var failure = Broken("| suffix | read: PID-5.4 & today; write: PID-5.4 |").First(one => one.Law == Law.Once);

        failure.What.Should().Be("suffix changes when the message is applied again: a2030-01-01 becomes a2030-02-10.");
        failure.Example.Split("; ").Select(field => field.Split(" = ")[0]).Should().BeEquivalentTo(["external_id", "last_name", "first_name", "date_of_birth", "suffix"]);
    }

    [Fact]
    public void A_default_that_is_taken_on_update_breaks_L6()
    {
        var failure = Broken("| suffix | PID-5.4 or 'Esq' |").First(one => one.Law == Law.KeepOrClear);

        failure.What.Should().Be("suffix was not told and is Esq, where a was expected.");
        failure.Example.Should().Contain("; suffix = a");
        failure.Cell!.Line.Should().Be(9);
    }

    /// <summary>A field that another source is preferred for is only filled, so of two messages the first counts: that is an order.</summary>
    [Fact]
    public void A_field_that_the_first_message_fills_breaks_L7_and_two_messages_show_it()
    {
        var failure = Broken("| suffix | PID-5.4 |", "prefer athenaNet").First(one => one.Law == Law.Order);

        failure.What.Should().StartWith("suffix depends on the order of 2 messages: it is ");
        failure.Example.Should().MatchRegex(@"^ADT\^A\d\d \[external_id = .*; suffix = .*\] then ADT\^A\d\d \[external_id = .*; suffix = .*\]$");
    }

    /// <summary>A visit that is booked, moved and cancelled by HL7, by the rows of a file and by resources, whichever comes first.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_record_told_in_three_formats_ends_the_same_in_every_order(int seed)
    {
        var maps = Clinic.Set.Practices.Single(practice => practice.Practice.Id == "1959");
        var map = maps.Find("appointment")!;
        MapFormat[] formats = [MapFormat.Hl7, MapFormat.Csv, MapFormat.Fhir];

        var report = new OrderLaw("1959", new LawMessages(maps, seed)).Run(map, [.. formats.SelectMany(format => LawMessages.Events(map, format))], MapFormat.Csv, 100);

        report.Failures.Select(failure => failure.ToString()).Should().BeEmpty();
        report.Cases[Law.Order].Should().Be(100);
    }

    [Fact]
    public void A_sound_row_breaks_none() => Broken("| suffix | PID-5.4 |").Should().BeEmpty();

    /// <summary>What practice 7 breaks with one row of its own.</summary>
    private static IReadOnlyList<LawFailure> Broken(string row, string rule = "")
    {
        var map = $"---\nmap: patient\npractice: 7\nextends: athenahealth\n---\n\n| Practice Studio | HL7 v2 | Rule |\n|---|---|---|\n{row} {rule} |\n";
        var set = ShippedMappingsTests.Load(("practices/7/patient.map.md", map));
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
        return RecordLaws.Run(set, new LawOptions { Practice = "7", Records = 100 }).Failures;
    }
}
