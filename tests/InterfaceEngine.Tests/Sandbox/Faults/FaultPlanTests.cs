using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox.Faults;

public sealed class FaultPlanTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_same_seed_meets_the_same_messages_in_whatever_order_they_come()
    {
        var ids = Enumerable.Range(1, 1_000).Select(number => $"M{number}").ToList();
        var forth = Plan(seed: 7);
        var back = Plan(seed: 7);
        var other = Plan(seed: 8);

        var met = ids.Where(id => forth.Strikes(FaultKind.Drop, id)).ToHashSet();

        ids.AsEnumerable().Reverse().Where(id => back.Strikes(FaultKind.Drop, id)).Should().BeEquivalentTo(met);
        ids.Where(id => other.Strikes(FaultKind.Drop, id)).Should().NotBeEquivalentTo(met);
    }

    [Fact]
    public void The_chance_is_about_what_was_asked_for()
    {
        var plan = Plan(seed: 1);

        Enumerable.Range(1, 10_000).Count(number => plan.Strikes(FaultKind.Drop, $"M{number}")).Should().BeInRange(1_850, 2_150);
    }

    [Fact]
    public void A_fault_that_was_not_asked_for_never_happens()
    {
        var plan = Plan(seed: 1);

        Enumerable.Range(1, 1_000).Should().NotContain(number => plan.Strikes(FaultKind.Merge, $"M{number}"));
        plan.Counts.Should().BeEmpty();
    }

    [Fact]
    public void Another_attempt_is_another_draw()
    {
        var plan = Plan(seed: 1);
        var id = Enumerable.Range(1, 1_000).Select(number => $"M{number}").First(id => plan.Strikes(FaultKind.Drop, id));

        Enumerable.Range(2, 20).Should().Contain(attempt => !plan.Strikes(FaultKind.Drop, id, attempt));
    }

    [Fact]
    public void It_ends_by_itself_after_so_many_faults()
    {
        var plan = new FaultPlan(Options(seed: 1) with { FaultsMax = 3 }, _time);

        Enumerable.Range(1, 1_000).Count(number => plan.Strikes(FaultKind.Drop, $"M{number}")).Should().Be(3);
        plan.Counts.Should().Equal(new Dictionary<FaultKind, int> { [FaultKind.Drop] = 3 });
    }

    [Fact]
    public void It_ends_by_itself_after_so_long()
    {
        var plan = new FaultPlan(Options(seed: 1) with { Duration = TimeSpan.FromMinutes(1) }, _time);
        var id = Enumerable.Range(1, 1_000).Select(number => $"M{number}").First(id => plan.Strikes(FaultKind.Drop, id));

        _time.Advance(TimeSpan.FromSeconds(61));

        plan.Strikes(FaultKind.Drop, id).Should().BeFalse();
    }

    private FaultPlan Plan(int seed) => new(Options(seed), _time);

    private static FaultOptions Options(int seed) => new() { Chances = new Dictionary<FaultKind, double> { [FaultKind.Drop] = 0.2 }, Seed = seed };
}
