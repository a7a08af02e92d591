using InterfaceEngine.Core.Mapping.Capture;

namespace InterfaceEngine.Tests.Core.Mapping.Capture;

/// <summary>Fakes of single values: what stays of their form.</summary>
public sealed class FakesTests
{
    private readonly Fakes _fakes = new([.. Enumerable.Range(1, Fakes.KeyBytes).Select(number => (byte)number)], "");

    [Theory]
    [InlineData("19800515", "^[0-9]{8}$")]
    [InlineData("20220315142658", "^[0-9]{8}142658$")]
    [InlineData("20220315142658.1234-0600", @"^[0-9]{8}142658\.1234-0600$")]
    [InlineData("2022-03-15", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    [InlineData("2022-03-15T14:26:58Z", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T14:26:58Z$")]
    [InlineData("3/15/2022", "^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$")]
    [InlineData("03/15/2022 09:00 AM", "^[0-9]{2}/[0-9]{2}/[0-9]{4} 09:00 AM$")]
    public void A_date_moves_into_the_past_by_whole_weeks_and_keeps_its_form(string text, string form)
    {
        var moved = _fakes.Dates.Move(text, isDate: false);

        moved.Should().MatchRegex(form).And.NotBe(text);
        Days(text).Should().BeGreaterThan(Days(moved!) + 365);
        ((Days(text) - Days(moved!)) % 7).Should().Be(0);

        static int Days(string text)
        {
            var digits = string.Concat(text.Where(char.IsAsciiDigit));
            var date = text.Contains('/', StringComparison.Ordinal) ? DateTime.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) : DateTime.ParseExact(digits[..8], "yyyyMMdd", null);
            return DateOnly.FromDateTime(date).DayNumber;
        }
    }

    [Fact]
    public void Every_date_moves_by_the_same()
    {
        var (birth, visit) = (_fakes.Dates.Move("19800515", false)!, _fakes.Dates.Move("2022-03-15", false)!);

        (Day(visit.Replace("-", "", StringComparison.Ordinal)) - Day(birth)).Should().Be(Day("20220315") - Day("19800515"));

        static int Day(string text) => DateOnly.ParseExact(text, "yyyyMMdd").DayNumber;
    }

    [Theory]
    [InlineData("1980", true)]
    [InlineData("198005", true)]
    [InlineData("1980-05", true)]
    public void A_year_is_a_date_only_where_one_belongs(string text, bool isDate)
    {
        _fakes.Dates.Move(text, isDate).Should().NotBeNull().And.NotBe(text).And.HaveLength(text.Length);
        _fakes.Dates.Move(text, isDate: false).Should().BeNull();
    }

    [Theory]
    [InlineData("19801345")]
    [InlineData("20230230")]
    [InlineData("99991231")]
    [InlineData("100000")]
    public void What_is_no_date_is_none(string text) => _fakes.Dates.Move(text, isDate: false).Should().BeNull();

    [Theory]
    [InlineData("(217)523-1234", @"^\([2-9][0-8]\d\)555-\d{4}$")]
    [InlineData("217.523.1234 x214", @"^[2-9][0-8]\d\.555\.\d{4} [a-z]\d{3}$")]
    [InlineData("+12175231234", @"^\+1[2-9][0-8]\d555\d{4}$")]
    [InlineData("523-1234", @"^555-\d{4}$")]
    [InlineData("+442079460123", @"^\+44\d{10}$")]
    public void A_telephone_number_keeps_its_form(string text, string form) => _fakes.Phone(text).Should().MatchRegex(form).And.NotBe(text);

    [Fact]
    public void One_number_written_in_two_ways_is_one_number() =>
        string.Concat(_fakes.Phone("(217)523-1234").Where(char.IsDigit)).Should().Be(_fakes.Phone("+12175231234")[2..]);

    [Theory]
    [InlineData("DOE", "^[A-Z]{3}$")]
    [InlineData("de la Cruz-Smith", "^[a-z]{2} [a-z]{2} [A-Z][a-z]{3}-[A-Z][a-z]{4}$")]
    [InlineData("AET123456789", "^[A-Z]{3}[0-9]{9}$")]
    [InlineData("007", "^0[0-9]{2}$")]
    [InlineData("62701-1234", "^[1-9][0-9]{4}-[1-9][0-9]{3}$")]
    [InlineData("Zoë 東京", "^[A-Z][a-z]{2} [a-z]{2}$")]
    public void A_text_is_replaced_word_for_word(string text, string form) => _fakes.Text(text).Should().MatchRegex(form).And.NotBe(text);

    [Fact]
    public void A_word_is_the_same_in_every_case() => _fakes.Text("JOHN").Should().Be(_fakes.Text("John").ToUpperInvariant());

    [Fact]
    public void Two_words_never_get_one_fake_and_none_gets_a_word_of_the_message()
    {
        var words = Enumerable.Range(100, 900).Select(number => $"{number}").ToList();
        var fakes = new Fakes(new byte[Fakes.KeyBytes], "");

        words.Take(300).Select(fakes.Text).Should().OnlyHaveUniqueItems();

        var text = string.Join(' ', words.Take(300));
        new Fakes(new byte[Fakes.KeyBytes], text).Text(text).Split(' ').Should().NotIntersectWith(words.Take(300));
    }

    [Fact]
    public void An_address_is_of_a_domain_that_belongs_to_nobody() => _fakes.Email("jane.smith@hospital.example.com").Should().MatchRegex(@"^[a-z]{4}\.[a-z]{5}@example\.org$");
}
