using InterfaceEngine.Core.Mapping.Capture;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Capture;

/// <summary>Fakes of single values: what stays of their form.</summary>
public sealed class FakesTests
{
    private static readonly LocalDate _sent = new(2022, 3, 15);

    private readonly Fakes _fakes = Make(1);

    [Theory]
    [InlineData("20210315", "^[0-9]{8}$")]
    [InlineData("20220315142658", "^[0-9]{8}142658$")]
    [InlineData("20220315142658.1234-0600", @"^[0-9]{8}142658\.1234-0600$")]
    [InlineData("2022-03-15", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    [InlineData("2022-03-15T14:26:58Z", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T14:26:58Z$")]
    [InlineData("3/15/2022", "^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$")]
    [InlineData("03/15/2022 09:00 AM", "^[0-9]{2}/[0-9]{2}/[0-9]{4} 09:00 AM$")]
    public void A_date_moves_into_the_past_by_whole_weeks_and_keeps_its_form(string text, string form)
    {
        var moved = _fakes.Dates.Move(text, isDate: true);

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
    public void Recent_dates_move_by_one_span_and_old_ones_by_another_that_the_first_does_not_tell()
    {
        var births = Enumerable.Range(1, 40).Select(key => Moved(Make((byte)key), "19800515") - Moved(Make((byte)key), "20220315")).ToList();

        (Moved(_fakes, "20210601") - Moved(_fakes, "20220315")).Should().Be(0);
        (Moved(_fakes, "19480102") - Moved(_fakes, "20210314")).Should().Be(0, "all old dates move alike");
        births.Should().OnlyContain(days => days >= 1 && days <= 365, "nobody becomes more than a year older");
        births.Distinct().Count().Should().BeGreaterThan(20);

        static int Moved(Fakes fakes, string text) => Day(text) - Day(fakes.Dates.Move(text, isDate: true)!);

        static int Day(string text) => DateOnly.ParseExact(text, "yyyyMMdd").DayNumber;
    }

    [Fact]
    public void Spans_reach_over_years() =>
        Enumerable.Range(1, 40).Select(key => Make((byte)key).Dates.Move("2022-03-15", isDate: true)![..4]).Distinct().Count().Should().BeGreaterThan(6);

    [Theory]
    [InlineData("1985061299")]
    [InlineData("198506127788")]
    [InlineData("20220315001")]
    [InlineData("20220315146158")]
    public void An_id_that_begins_with_a_day_is_no_date_anywhere(string text)
    {
        _fakes.Dates.Move(text, isDate: true).Should().BeNull();
        _fakes.Dates.Move(text, isDate: false).Should().BeNull();
    }

    [Theory]
    [InlineData("19850612")]
    [InlineData("20220315142658")]
    public void Digits_alone_are_a_date_only_where_one_belongs(string text) => _fakes.Dates.Move(text, isDate: false).Should().BeNull();

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
    [InlineData("217.523.1234 x214", @"^[2-9][0-8]\d\.555\.\d{4} x\d{3}$")]
    [InlineData("+12175231234", @"^\+1[2-9][0-8]\d555\d{4}$")]
    [InlineData("523-1234", @"^555-\d{4}$")]
    [InlineData("+442079460123", @"^\+44\d{10}$")]
    [InlineData("1-217-523-12345", @"^\d-\d{3}-\d{3}-\d{5}$")]
    [InlineData("tel:+12175231234;ext=12", @"^tel:\+1[2-9][0-8]\d555\d{4};ext=\d\d$")]
    [InlineData("Home: 217-523-1234 cell", @"^Home: [2-9][0-8]\d-555-\d{4} cell$")]
    [InlineData("(217)523-1234 MARY SMITH", @"^\([2-9][0-8]\d\)555-\d{4} [A-Z]{4} [A-Z]{5}$")]
    [InlineData("MOM LINDA (217)523-9999", @"^[A-Z]{3} [A-Z]{5} \([2-9][0-8]\d\)555-\d{4}$")]
    public void A_telephone_number_keeps_its_form(string text, string form) => _fakes.Phone(text).Should().MatchRegex(form).And.NotBe(text);

    [Theory]
    [InlineData("(217)523-1234 MARY SMITH")]
    [InlineData("MOM LINDA (217)523-9999")]
    [InlineData("SMITH JOHN")]
    [InlineData("JOHN DOE 2175239999 Exeter")]
    [InlineData("523-1234 x214 Alex")]
    [InlineData("\uD842\uDFB7\u7530 \u0662\u0661\u0667 523-1234")]
    public void No_word_in_a_telephone_number_stays(string text) =>
        Words(_fakes.Phone(text)).Should().NotIntersectWith(Words(text).Where(word => word != "x"));

    private static IEnumerable<string> Words(string text) => System.Text.RegularExpressions.Regex.Matches(text, @"[^\s()#;,.0-9-]+").Select(match => match.Value);

    private static Fakes Make(byte seed) => new([.. Enumerable.Range(seed, Fakes.KeyBytes).Select(number => (byte)number)], "", _sent);

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
        var fakes = new Fakes(new byte[Fakes.KeyBytes], "", _sent);

        words.Take(300).Select(fakes.Text).Should().OnlyHaveUniqueItems();

        var text = string.Join(' ', words.Take(300));
        new Fakes(new byte[Fakes.KeyBytes], text, _sent).Text(text).Split(' ').Should().NotIntersectWith(words.Take(300));
    }

    [Fact]
    public void An_address_is_of_a_domain_that_belongs_to_nobody() => _fakes.Email("jane.smith@hospital.example.com").Should().MatchRegex(@"^[a-z]{4}\.[a-z]{5}@example\.org$");
}
