using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Tests.Sandbox.Clinic;

public sealed class PopulationTests
{
    private static readonly DateOnly _today = new(2026, 1, 5);

    private readonly IReadOnlyList<Person> _people = Population.Invent(1, Practice.Athena, 500, _today);

    [Fact]
    public void Some_are_twins_of_one_birth_date_address_and_family_name_and_are_two_people()
    {
        var twins = _people.GroupBy(person => (person.LastName, person.Born, person.Address)).Where(group => group.Count() == 2).ToList();

        twins.Should().HaveCountGreaterThan(3);
        twins.Should().OnlyContain(pair => pair.First().FirstName != pair.Last().FirstName && pair.First().Id != pair.Last().Id);
    }

    [Fact]
    public void Some_are_a_father_and_his_son_of_the_same_name()
    {
        var pairs = _people.GroupBy(person => (person.LastName, person.FirstName, person.Address)).Where(group => group.Count() == 2 && group.First().Suffix == "SR").ToList();

        pairs.Should().HaveCountGreaterThan(3);
        pairs.Should().OnlyContain(pair => pair.Last().Suffix == "JR" && pair.Last().Born > pair.First().Born && pair.Last().Guarantor.Born == pair.First().Born);
    }

    [Fact]
    public void Families_share_address_telephone_and_insurance()
    {
        foreach (var family in _people.GroupBy(person => (person.LastName, person.Address)).Where(group => group.Count() > 2))
        {
            family.Select(person => person.HomePhone).Distinct().Should().ContainSingle();
            family.SelectMany(person => person.Coverages).Select(coverage => coverage.MemberId).Distinct().Count().Should().BeLessThanOrEqualTo(1);
            family.Where(person => person.Coverages.Any(coverage => coverage.IsOwn)).Should().HaveCountLessThanOrEqualTo(1);
        }
    }

    [Fact]
    public void Ids_are_unique_and_rise_from_the_seed_s_first() =>
        _people.Select(person => person.Id).Should().Equal(Enumerable.Range(0, 500).Select(number => $"{1_000_000 + number}"));

    [Fact]
    public void Nobody_is_born_after_today_or_older_than_a_human_gets() =>
        _people.Should().OnlyContain(person => person.Born <= _today && person.Born > _today.AddYears(-100));

    [Fact]
    public void As_many_are_invented_as_were_asked_for() =>
        Population.Invent(3, Practice.Guide, 7, _today).Should().HaveCount(7);
}
