using InterfaceEngine.Core.Records;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Core.Records;

public sealed class IdSourceTests
{
    private static readonly DateTimeOffset _start = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(_start);

    [Fact]
    public void Ids_rise_and_none_comes_twice_however_many_are_given_in_one_millisecond()
    {
        var ids = new IdSource(_time, new Random(1)) { Node = 7 };

        var given = Take(ids, 100_000);

        given.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        given.Should().OnlyContain(id => Node(id) == 7, "what one node counts never runs into another's ids");
    }

    [Fact]
    public void Two_nodes_never_give_the_same_id()
    {
        var (one, other) = (new IdSource(_time, new Random(1)) { Node = 1 }, new IdSource(_time, new Random(1)) { Node = 2 });

        Take(one, 40_000).Should().NotIntersectWith(Take(other, 40_000));
    }

    [Fact]
    public void An_id_of_a_later_millisecond_is_higher_whichever_node_gave_it()
    {
        var (high, low) = (new IdSource(_time, new Random(1)) { Node = IdSource.NodeMax }, new IdSource(_time, new Random(2)) { Node = 1 });
        var before = high.Next();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (low.Next() > before).Should().BeTrue();
    }

    [Fact]
    public void Ids_go_on_rising_when_the_node_gets_another_number_or_the_clock_is_set_back()
    {
        var clock = new SetClock { Now = _start };
        var ids = new IdSource(clock, new Random(1)) { Node = 9 };
        var given = Take(ids, 3);
        ids.Node = 3;
        given.AddRange(Take(ids, 3));
        clock.Now -= TimeSpan.FromHours(1);
        given.AddRange(Take(ids, 3));

        given.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        given.Skip(3).Should().OnlyContain(id => Node(id) == 3);
    }

    [Fact]
    public void Every_nodes_ids_are_at_least_the_first_of_their_time()
    {
        foreach (var node in (int[])[0, 1, IdSource.NodeMax])
        {
            var ids = new IdSource(_time, new Random(node)) { Node = node };

            (ids.Next() >= IdSource.FirstAt(_start)).Should().BeTrue();
            (ids.Next() < IdSource.FirstAt(_start.AddMilliseconds(1))).Should().BeTrue();
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(IdSource.NodeMax + 1)]
    public void A_number_that_has_no_place_in_an_id_is_refused(int node)
    {
        var ids = new IdSource(_time, new Random(1));

        ids.Invoking(one => one.Node = node).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static List<EngineId> Take(IdSource ids, int count) => [.. Enumerable.Range(0, count).Select(_ => ids.Next())];

    private static long Node(EngineId id) => (id.Value >> 14) & 0xFF;

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
