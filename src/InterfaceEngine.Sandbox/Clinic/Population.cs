using System.Globalization;
using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>
/// Invents people, household by household: some live alone, others share address, telephone, insurance and guarantor.
/// Twins share the birth date too; a father and his son of the same name differ by suffix and birth date.
/// </summary>
public static class Population
{
    private const int NumbersPerSeed = 1_000_000;
    private static readonly int[] HouseholdWeights = [35, 25, 22, 10, 8];

    /// <summary>The first of so many people; the same for the same seed, practice and number.</summary>
    public static IReadOnlyList<Person> Invent(int seed, Practice practice, int count, DateOnly today)
    {
        var dice = new Dice(Scatter.Of("people") ^ seed);
        var people = new List<Person>(count);
        while (people.Count < count)
        {
            var household = new Household(dice, practice, seed, people.Count, today);
            var members = dice.Weighted(HouseholdWeights) switch
            {
                0 => household.Single(),
                1 => household.Couple(),
                2 => household.Family(),
                3 => household.Twins(),
                _ => household.NamesakeSon(),
            };
            people.AddRange(members.Take(count - people.Count));
        }

        return people;
    }

    /// <summary>athenahealth's number of a person: other seeds have other people, so that two runs never contradict each other.</summary>
    public static string IdOf(int seed, int number) => (((long)seed * NumbersPerSeed) + number).ToString(CultureInfo.InvariantCulture);
}

/// <summary>The people of one address.</summary>
internal sealed class Household
{
    private readonly Dice _dice;
    private readonly Practice _practice;
    private readonly int _seed;
    private readonly DateOnly _today;
    private readonly string _lastName;
    private readonly Address _address;
    private readonly string _phone;
    private readonly InsurancePlan _plan;
    private readonly string _memberId;
    private readonly string _groupNumber;
    private int _next;

    public Household(Dice dice, Practice practice, int seed, int firstNumber, DateOnly today)
    {
        (_dice, _practice, _seed, _next, _today) = (dice, practice, seed, firstNumber, today);
        _lastName = dice.Pick(Names.Family);
        _address = NewAddress(dice);
        _phone = NewPhone(dice);
        _plan = dice.Pick(InsurancePlan.All);
        _memberId = string.Create(CultureInfo.InvariantCulture, $"M{dice.Between(100_000_000, 999_999_999)}");
        _groupNumber = string.Create(CultureInfo.InvariantCulture, $"GRP{dice.Between(100_000, 999_999)}");
    }

    public static Address NewAddress(Dice dice)
    {
        var (city, postalCode, county) = dice.Pick(Names.Places);
        return new Address(
            string.Create(CultureInfo.InvariantCulture, $"{dice.Between(100, 9_899)} {dice.Pick(Names.Streets)}"),
            dice.Percent(30) ? string.Create(CultureInfo.InvariantCulture, $"APT {dice.Between(1, 40)}") : "",
            city,
            "IL",
            postalCode,
            county);
    }

    /// <summary>Of the numbers that are kept for fiction.</summary>
    public static string NewPhone(Dice dice) => string.Create(CultureInfo.InvariantCulture, $"{dice.Pick(Names.AreaCodes)}55501{dice.Below(100):D2}");

    public IReadOnlyList<Person> Single() => [Adult(AnySex(), marital: 'S')];

    public IReadOnlyList<Person> Couple()
    {
        var one = Adult('F', marital: 'M');
        var other = Adult('M', marital: 'M') with { Coverages = [.. one.Coverages.Select(Dependent)] };
        return
        [
            one with { Contacts = [new Contact(other.LastName, other.FirstName, "SPO", 'C', other.MobilePhone)] },
            other with { Contacts = [new Contact(one.LastName, one.FirstName, "SPO", 'C', one.MobilePhone)] },
        ];
    }

    public IReadOnlyList<Person> Family()
    {
        var parents = Couple();
        return [.. parents, .. Enumerable.Range(0, _dice.Between(1, 3)).Select(_ => Child(AnySex(), Years(1, 17), parents[0]))];
    }

    public IReadOnlyList<Person> Twins()
    {
        var parents = Couple();
        var first = Child(AnySex(), Years(1, 17), parents[0]);
        var second = Child(first.Sex, first.Born, parents[0]);
        while (second.FirstName == first.FirstName)
        {
            second = second with { FirstName = FirstName(first.Sex) };
        }

        return [.. parents, first, second];
    }

    public IReadOnlyList<Person> NamesakeSon()
    {
        var father = Adult('M', marital: 'W') with { Suffix = "SR" };
        return [father, Child('M', Years(3, 17), father) with { FirstName = father.FirstName, MiddleName = father.MiddleName, Suffix = "JR" }];
    }

    private static Coverage Dependent(Coverage coverage) => coverage with { IsOwn = false };

    private static Subscriber AsSubscriber(Person person) => new(person.LastName, person.FirstName, person.Born, person.Sex);

    private Person Adult(char sex, char marital)
    {
        var person = NewPerson(sex, Years(24, 88)) with
        {
            Marital = marital,
            WorkPhone = _dice.Percent(50) ? NewPhone(_dice) : "",
            MobilePhone = NewPhone(_dice),
        };
        person = person with
        {
            Email = string.Create(CultureInfo.InvariantCulture, $"{Plain(person.FirstName)}.{Plain(person.LastName)}{person.Number}@example.org"),
            Guarantor = AsSubscriber(person),
        };
        return person with { Coverages = _dice.Percent(90) ? [new Coverage(_plan, _memberId, _groupNumber, AsSubscriber(person), IsOwn: true)] : [] };
    }

    private Person Child(char sex, DateOnly born, Person parent) => NewPerson(sex, born) with
    {
        Guarantor = AsSubscriber(parent),
        Contacts = [new Contact(parent.LastName, parent.FirstName, parent.Sex == 'F' ? "MTH" : "FTH", 'C', parent.MobilePhone)],
        Coverages = [.. parent.Coverages.Select(Dependent)],
    };

    private Person NewPerson(char sex, DateOnly born)
    {
        var number = _next++;
        return new Person
        {
            Number = number,
            Id = Population.IdOf(_seed, number),
            LastName = _lastName,
            FirstName = FirstName(sex),
            MiddleName = _dice.Percent(60) ? FirstName(sex)[..1] : "",
            Born = born,
            Sex = sex,
            Address = _address,
            HomePhone = _phone,
            Race = _dice.Pick(Names.Races),
            Ethnicity = _dice.Pick(Names.Ethnicities),
            Language = _dice.Pick(Names.Languages),
            Marital = 'S',
            PrimaryProvider = _dice.Pick(_practice.Providers),
            Allergy = _dice.Percent(20) ? _dice.Pick(Names.Allergies) : null,
            Guarantor = new Subscriber(_lastName, "", born, sex),
        };
    }

    private char AnySex() => _dice.Percent(50) ? 'F' : 'M';

    private string FirstName(char sex) => _dice.Pick(sex == 'F' ? Names.Women : Names.Men);

    private DateOnly Years(int least, int most) => _today.AddDays(-_dice.Between(least * 366, ((most + 1) * 365) - 1));

    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetter)).ToLowerInvariant();
}
