using InterfaceEngine.Core.Matching;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Matching;

/// <summary>When two patients of one practice may be one person.</summary>
public sealed class NamesakesTests
{
    private static readonly StoredRecord _doe = Patient("DOE", "JOHN", "1980-05-15", ("phone_home", "+15555551111"));

    [Theory]
    [InlineData("Doe", "John")]
    [InlineData("D'OE", "jo hn")]
    [InlineData("Dôe", "Jöhn")]
    public void Names_are_compared_by_their_letters(string last, string first) =>
        PersonKey.Of(Patient(last, first, "1980-05-15")).Should().Be(PersonKey.Of(_doe));

    [Theory]
    [InlineData("DOE", "JANE", "1980-05-15")]
    [InlineData("DOER", "JOHN", "1980-05-15")]
    [InlineData("DOE", "JOHN", "1980-05-16")]
    public void A_twin_a_namesake_and_one_of_another_day_are_other_people(string last, string first, string birthDate) =>
        Compare(_doe, Patient(last, first, birthDate, ("phone_home", "+15555551111"))).Should().Be(Agreement.None);

    [Theory]
    [InlineData("-", "JOHN", "1980-05-15")]
    [InlineData("DOE", null, "1980-05-15")]
    [InlineData("DOE", "JOHN", null)]
    public void Whose_name_or_birth_date_is_not_known_has_no_key(string? last, string? first, string? birthDate) =>
        PersonKey.Of(Patient(last, first, birthDate)).Should().BeNull();

    [Fact]
    public void Name_and_birth_date_alone_are_a_weak_sighting() =>
        Compare(_doe, Patient("Doe", "John", "1980-05-15", ("phone_home", "+15555552222"))).Should().Be(Agreement.NameAndBirthDate);

    [Fact]
    public void A_telephone_number_may_stand_in_another_field() =>
        Compare(_doe, Patient("Doe", "John", "1980-05-15", ("phone_mobile", "+15555551111"))).Should().Be(Agreement.Phone);

    [Fact]
    public void A_member_id_is_compared_without_its_punctuation() =>
        Namesakes.Compare(_doe, Patient("Doe", "John", "1980-05-15"), ["xyz-123"], ["ABC", "XYZ123"]).Should().Be(Agreement.MemberId);

    [Theory]
    [InlineData("Jr", "Sr", Agreement.None)]
    [InlineData("Jr.", "JR", Agreement.NameAndBirthDate)]
    [InlineData("Jr", null, Agreement.NameAndBirthDate)]
    public void Suffixes_that_differ_tell_two_people_apart(string suffix, string? other, Agreement expected) =>
        Compare(Patient("Doe", "John", "1980-05-15", ("suffix", suffix)), Patient("Doe", "John", "1980-05-15", ("suffix", other))).Should().Be(expected);

    private static Agreement Compare(StoredRecord one, StoredRecord other) => Namesakes.Compare(one, other, [], []);

    private static StoredRecord Patient(string? last, string? first, string? birthDate, params (string Name, string? Value)[] more) => new()
    {
        Id = new EngineId(1),
        Practice = "1959",
        Type = "patient",
        Version = 1,
        Aliases = [],
        Fields = [.. new[] { ("last_name", last), ("first_name", first), ("date_of_birth", birthDate) }.Concat(more)
            .Select(field => new StoredField(field.Item1, field.Item2, null, null, ByteRange.None))],
    };
}
