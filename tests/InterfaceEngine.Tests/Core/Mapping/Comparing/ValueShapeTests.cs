using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Comparing;

public sealed class ValueShapeTests
{
    [Theory]
    [InlineData(null, "(empty)")]
    [InlineData("", "(empty)")]
    [InlineData("+15555551234", "+###########")]
    [InlineData("(555)555-1234", "(###)###-####")]
    [InlineData("1980-05-15", "####-##-##")]
    [InlineData("Jane", "Xxxx")]
    [InlineData("Johnny", "Xxxx…")]
    [InlineData("NONE", "XXX…")]
    [InlineData("x214", "x###")]
    [InlineData("Müller-Lüdenscheidt", "Xxxx…-Xxxx…")]
    [InlineData("jane.smith@example.com", "xxx….xxx…@xxx….xxx")]
    [InlineData("a\u0007b%", "x•x•")]
    [InlineData("٣٤", "##")]
    public void A_value_is_shown_by_its_kinds_of_characters(string? value, string shape) => ValueShape.Of(value).Should().Be(shape);

    [Fact]
    public void The_items_of_a_list_are_told_apart() => ValueShape.Of($"en{FieldValue.ListSeparator}es").Should().Be("xx;xx");

    [Fact]
    public void A_long_value_has_a_short_shape() =>
        ValueShape.Of(string.Concat(Enumerable.Repeat("1-", 1000))).Should().HaveLength(ValueShape.LengthMax + 1).And.EndWith("…");

    [Fact]
    public void How_long_a_long_name_is_is_not_told() => ValueShape.Of("Christopher").Should().Be(ValueShape.Of("Johnny"));
}
