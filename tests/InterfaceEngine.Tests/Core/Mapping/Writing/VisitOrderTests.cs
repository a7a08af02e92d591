using System.Text;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>The body of a delivery by calls: read as it was written, also by an engine of another version.</summary>
public sealed class VisitOrderTests
{
    private static readonly DateTimeOffset _at = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var order = new VisitOrder { Event = VisitOrder.Modified, Visit = "01KDRX5Q0G00A", At = _at, Slot = "slot-7", Changed = ["start_time"], Call = """{"id":"7"}"""u8.ToArray() };

        var read = VisitOrder.Parse(order.ToBytes());

        (read.Event, read.Visit, read.At, read.Slot, Encoding.UTF8.GetString(read.Call.Span)).Should().Be((order.Event, order.Visit, _at, "slot-7", """{"id":"7"}"""));
        read.Changed.Should().Equal("start_time");
    }

    [Fact]
    public void One_that_says_no_time_was_written_by_an_earlier_version_and_is_as_good() =>
        VisitOrder.Parse("""{"event":"booked","visit":"01KDRX5Q0G00A","changed":[],"call":{}}"""u8.ToArray()).At.Should().Be(default(DateTimeOffset));

    [Theory]
    [InlineData("MSH|^~\\&|")]
    [InlineData("[]")]
    [InlineData("""{"visit":"01KDRX5Q0G00A","changed":[],"call":{}}""")]
    [InlineData("""{"event":"booked","visit":"01KDRX5Q0G00A","at":"noon","changed":[],"call":{}}""")]
    [InlineData("""{"event":"booked","visit":"01KDRX5Q0G00A","at":1.5,"changed":[],"call":{}}""")]
    [InlineData("""{"event":"booked","visit":"01KDRX5Q0G00A","at":9223372036854775807,"changed":[],"call":{}}""")]
    public void What_is_none_is_refused_plainly(string body) =>
        FluentActions.Invoking(() => VisitOrder.Parse(Encoding.UTF8.GetBytes(body))).Should().Throw<FormatException>().WithMessage("what is to be delivered is no order of a visit.");
}
