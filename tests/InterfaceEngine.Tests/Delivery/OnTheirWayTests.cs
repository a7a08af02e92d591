using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>How much may be on its way, for each line.</summary>
public sealed class OnTheirWayTests
{
    [Fact]
    public void A_line_that_is_full_leaves_the_others_their_share()
    {
        var onTheirWay = new OnTheirWay(lines: 2, max: 4);
        onTheirWay.Add(Claimed(1, lane: 0));
        onTheirWay.Add(Claimed(2, lane: 2));

        var (known, room) = onTheirWay.Snapshot();

        known.Should().BeEquivalentTo([new EngineId(1), new EngineId(2)]);
        room.Total.Should().Be(2);
        (room.TryTake(4), room.IsLeftOut).Should().Be((false, true));
        new[] { room.TryTake(1), room.TryTake(3), room.TryTake(5) }.Should().Equal(true, true, false);
    }

    [Fact]
    public void Claiming_pays_when_half_is_free_or_a_line_has_nothing_left()
    {
        var onTheirWay = new OnTheirWay(lines: 2, max: 8);
        for (var id = 1; id <= 4; id++)
        {
            onTheirWay.Add(Claimed(id, lane: 0));
        }

        onTheirWay.Add(Claimed(5, lane: 1));
        onTheirWay.HasMuchRoom.Should().BeFalse();

        onTheirWay.Remove(new EngineId(5));
        onTheirWay.HasMuchRoom.Should().BeTrue("the second line has nothing left");

        onTheirWay.Add(Claimed(5, lane: 1));
        onTheirWay.Remove(new EngineId(1));
        onTheirWay.HasMuchRoom.Should().BeTrue("half is free");
    }

    [Fact]
    public void Every_line_has_a_share_of_two_at_least()
    {
        new OnTheirWay(lines: 16, max: 4).Snapshot().Room.Total.Should().Be(32);
    }

    private static ClaimedDelivery Claimed(long id, ulong lane) => new()
    {
        Id = new EngineId(id),
        Practice = "1959",
        Lane = lane,
        Event = "SIU^S12",
        Attempts = 0,
        TriedFor = null,
        ControlId = "1",
        Body = ReadOnlyMemory<byte>.Empty,
        KeyVersion = 1,
    };
}
