using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Sources.Ehr.Events;

namespace InterfaceEngine.Tests.Sources.Ehr.Events;

/// <summary>Who may tell of events.</summary>
public sealed class EventSignatureTests
{
    private static readonly byte[] _body = Encoding.UTF8.GetBytes("""{"resourceType":"Bundle"}""");

    [Fact]
    public void The_signature_over_the_bytes_as_they_came_is_good_whatever_the_case_of_its_digits()
    {
        var digits = Convert.ToHexString(HMACSHA256.HashData("secret"u8, _body));

        EventSignature.Problem($"sha256={digits}", _body, "secret").Should().BeNull();
        EventSignature.Problem($"SHA256={digits.ToLowerInvariant()}", _body, "secret").Should().BeNull();
    }

    [Fact]
    public void The_standards_own_example_of_the_keyed_hash_is_taken() =>
        EventSignature.Problem("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "what do ya want for nothing?"u8, "Jefe").Should().BeNull("RFC 4231, test case 2");

    [Theory]
    [InlineData(null, "X-Hub-Signature is missing")]
    [InlineData(" ", "X-Hub-Signature is missing")]
    [InlineData("5bdcc146", "*not made by sha256*")]
    [InlineData("sha1=5bdcc146bf60754e6a042426089575c75a003f08", "*not made by sha256*")]
    [InlineData("sha256=", "*does not fit the body")]
    [InlineData("sha256=zz", "*does not fit the body")]
    [InlineData("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3844", "*does not fit the body")]
    [InlineData("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec384300", "*does not fit the body")]
    public void Everything_else_is_not(string? header, string problem) =>
        EventSignature.Problem(header, "what do ya want for nothing?"u8, "Jefe").Should().Match(problem);

    [Fact]
    public void A_body_that_was_changed_or_another_secret_does_not_fit()
    {
        var header = $"sha256={Convert.ToHexString(HMACSHA256.HashData("secret"u8, _body))}";

        EventSignature.Problem(header, [.. _body, (byte)' '], "secret").Should().NotBeNull();
        EventSignature.Problem(header, _body, "Secret").Should().NotBeNull();
    }

    [Theory]
    [InlineData("Bearer abc", true)]
    [InlineData("bearer abc", false)]
    [InlineData("Bearer ab", false)]
    [InlineData(null, false)]
    public void A_header_that_was_given_must_come_back_as_it_is(string? header, bool isGood) => EventSignature.Shows(header, "Bearer abc").Should().Be(isGood);
}
