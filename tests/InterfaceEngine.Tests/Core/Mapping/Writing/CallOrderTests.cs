using System.Text;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>The body of a delivery by calls: read as it was written, also by an engine of another version.</summary>
public sealed class CallOrderTests
{
    private static readonly DateTimeOffset _at = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var order = new CallOrder { Event = CallOrder.Modified, Visit = "01KDRX5Q0G00A", At = _at, Slot = "slot-7", Changed = ["start_time"], Call = """{"id":"7"}"""u8.ToArray() };

        var read = CallOrder.Parse(order.ToBytes());

        (read.Event, read.Visit, read.At, read.Slot, Encoding.UTF8.GetString(read.Call.Span)).Should().Be((order.Event, order.Visit, _at, "slot-7", """{"id":"7"}"""));
        read.Changed.Should().Equal("start_time");
    }

    [Fact]
    public void One_of_a_patient_has_the_vendors_number_in_the_place_of_ours_once_it_is_known()
    {
        EngineId.TryParse("01KDRX5Q0G00A", out var id).Should().BeTrue();
        var order = new CallOrder { Event = CallOrder.Booked, Visit = "01KDRX5Q0G00B", Patient = id.ToString(), At = _at, IsAnother = true, Department = "1", Call = Encoding.UTF8.GetBytes($$"""{"patientid":{{CallOrder.StandInFor(id)}},"actor":"Patient/a-1.E-{{CallOrder.StandInFor(id)}}"}""") };

        var read = CallOrder.Parse(order.ToBytes());

        (read.Patient, read.Record, read.IsAnother, read.Department).Should().Be((id.ToString(), "01KDRX5Q0G00B", true, "1"));
        Encoding.UTF8.GetString(read.WithPatient("34772").Call.Span).Should().Be("""{"patientid":34772,"actor":"Patient/a-1.E-34772"}""");
    }

    [Fact]
    public void One_that_says_no_time_was_written_by_an_earlier_version_and_is_as_good() =>
        CallOrder.Parse("""{"event":"booked","visit":"01KDRX5Q0G00A","changed":[],"call":{}}"""u8.ToArray()).At.Should().Be(default(DateTimeOffset));

    [Theory]
    [InlineData("MSH|^~\\&|")]
    [InlineData("[]")]
    [InlineData("""{"visit":"01KDRX5Q0G00A","changed":[],"call":{}}""")]
    [InlineData("""{"event":"booked","changed":[],"call":{}}""")]
    [InlineData("""{"event":"booked","visit":"01KDRX5Q0G00A","at":"noon","changed":[],"call":{}}""")]
    [InlineData("""{"event":"booked","visit":"01KDRX5Q0G00A","at":1.5,"changed":[],"call":{}}""")]
    [InlineData("""{"event":"booked","visit":"01KDRX5Q0G00A","at":9223372036854775807,"changed":[],"call":{}}""")]
    public void What_is_none_is_refused_plainly(string body) =>
        FluentActions.Invoking(() => CallOrder.Parse(Encoding.UTF8.GetBytes(body))).Should().Throw<FormatException>().WithMessage("what is to be delivered is no order of a visit or a patient.");
}
