using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class Hl7FingerprintTests
{
    private const string First = "MSH|^~\\&|A|B|C|D|20260105||ADT^A08|1|P|2.3.1|5\rPID|1\r";

    [Theory]
    [InlineData("MSH|^~\\&|A|B|C|D|20260106093059||ADT^A08|1|P|2.3.1|6\rPID|1\r")]
    [InlineData("MSH|^~\\&|A|B|C|D|||ADT^A08|1|P|2.3.1|\rPID|1\r")]
    public void The_time_of_sending_and_the_sequence_number_do_not_count(string text) =>
        Hl7Fingerprint.Of(Sample.Parse(text)).Should().Equal(Hl7Fingerprint.Of(Sample.Parse(First)));

    [Theory]
    [InlineData("MSH|^~\\&|A|B|C|D|20260105||ADT^A08|2|P|2.3.1|5\rPID|1\r")]
    [InlineData("MSH|^~\\&|A|B|C|D|20260105||ADT^A08|1|P|2.3.1|5\rPID|2\r")]
    [InlineData("MSH|^~\\&|A|B|C|D|20260105||ADT^A08|1|P|2.3.1|5\rPID|1")]
    [InlineData("MSH|^~\\&|A|B|C|D|20260105||ADT^A08|1|P|2.3.1|5|\rPID|1\r")]
    public void Everything_else_counts(string text) =>
        Hl7Fingerprint.Of(Sample.Parse(text)).Should().NotEqual(Hl7Fingerprint.Of(Sample.Parse(First)));

    [Fact]
    public void A_short_header_has_a_fingerprint() =>
        Hl7Fingerprint.Of(Sample.Parse("MSH|^~\\&|A")).Should().HaveCount(32);
}
