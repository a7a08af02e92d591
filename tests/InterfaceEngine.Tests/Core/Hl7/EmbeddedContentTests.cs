using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Hl7;

/// <summary>Binary content inside a message (ED-4 and ED-5, table 0299), decoded straight from its bytes.</summary>
public sealed class EmbeddedContentTests
{
    [Theory]
    [InlineData(EmbeddedEncoding.Base64, "TWFu", "Man")]
    [InlineData(EmbeddedEncoding.Base64, "TWE=", "Ma")]
    [InlineData(EmbeddedEncoding.Base64, "TQ==", "M")]
    [InlineData(EmbeddedEncoding.Base64, "TW Fu\tTW\\.br\\Fu", "ManMan")]
    [InlineData(EmbeddedEncoding.Base64, "TWFu\\X0D0A\\TWE=", "ManMa")]
    [InlineData(EmbeddedEncoding.Hex, "4d616E", "Man")]
    [InlineData(EmbeddedEncoding.Hex, "4D 61\\.br\\6e", "Man")]
    [InlineData(EmbeddedEncoding.None, "a \\T\\ b \\F\\ c \\Zx\\", "a & b | c \\Zx\\")]
    [InlineData(EmbeddedEncoding.None, "one\\.br\\two \\ open", "one\ntwo \\ open")]
    public void Content_is_decoded_as_its_encoding_says(EmbeddedEncoding encoding, string written, string expected)
    {
        var content = Content(encoding, written);

        Read(content).Should().Equal(Sample.Bytes(expected));
        content.Measure().Should().BeEquivalentTo(new { Size = (long)expected.Length, Fault = (string?)null, Id = AttachmentValue.IdOf(SHA256.HashData(Sample.Bytes(expected))) });
    }

    [Theory]
    [InlineData(EmbeddedEncoding.Base64, "TWFu*WFu", 4, "a character that is no base64 digit")]
    [InlineData(EmbeddedEncoding.Base64, "TWE=TWE=", 4, "there is more after its padding")]
    [InlineData(EmbeddedEncoding.Base64, "TWFuTW", 5, "it ends within a group of digits: it was cut off")]
    [InlineData(EmbeddedEncoding.Base64, "T===", 1, "a character that is no base64 digit")]
    [InlineData(EmbeddedEncoding.Base64, "TW=u", 3, "a character that is no base64 digit")]
    [InlineData(EmbeddedEncoding.Hex, "4D6", 2, "it ends within a group of digits: it was cut off")]
    [InlineData(EmbeddedEncoding.Hex, "4G", 1, "a character that is no hexadecimal digit")]
    public void Content_that_is_not_written_as_it_says_is_told_with_its_place(EmbeddedEncoding encoding, string written, int at, string fault)
    {
        var message = Sample.With("OBX|1|ED|X||" + written);
        var field = message.Find("OBX").Field(5).Range;

        var measure = new EmbeddedContent(message, [field], encoding).Measure();

        measure.Should().BeEquivalentTo(new { Id = (string?)null, Fault = fault });
        measure.Place.Offset.Should().Be(field.Offset + at);
    }

    [Fact]
    public void Several_places_read_on_as_one_content()
    {
        var message = Sample.With("OBX|1|TX|X||TWFuTW~Fu~TWE=~TWE=");
        var places = Enumerable.Range(1, 4).Select(number => message.Find("OBX").Field(5).Repetition(number).Range).ToList();

        Read(new EmbeddedContent(message, places, EmbeddedEncoding.Base64)).Should().Equal(Sample.Bytes("ManManMaMa"));
        Encoding.Latin1.GetString(Read(new EmbeddedContent(message, places, EmbeddedEncoding.None))).Should().Be("TWFuTW\nFu\nTWE=\nTWE=");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(65536)]
    public void Any_buffer_gives_the_same_bytes(int size)
    {
        // Seeded, and broken into lines at odd places, so that fast and slow paths take turns.
        var bytes = new byte[200_001];
        new Random(7).NextBytes(bytes);
        var text = Convert.ToBase64String(bytes);
        var written = new StringBuilder();
        for (var at = 0; at < text.Length; at += 997)
        {
            written.Append(text.AsSpan(at, Math.Min(997, text.Length - at))).Append(at % 2 == 0 ? "\\.br\\" : " ");
        }

        using var stream = Content(EmbeddedEncoding.Base64, written.ToString()).Open();
        using var read = new MemoryStream();
        var buffer = new byte[size];
        for (int count; (count = stream.Read(buffer, 0, size)) > 0;)
        {
            read.Write(buffer, 0, count);
        }

        read.ToArray().Should().Equal(bytes);
    }

    [Theory]
    [InlineData("AP", "PDF", "application/pdf")]
    [InlineData("application", "pdf", "application/pdf")]
    [InlineData("PDF", "", "application/pdf")]
    [InlineData("TEXT", "RTF", "application/rtf")]
    [InlineData("IM", "JPEG", "image/jpeg")]
    [InlineData("SI", "TIFF", "image/tiff")]
    [InlineData("TX", "", "text/plain")]
    [InlineData("multipart", "x-hl7-cda-level-one", "application/x-hl7-cda-level-one")]
    [InlineData("AU", "BASIC", "application/octet-stream")]
    [InlineData("", "", "application/octet-stream")]
    [InlineData("AP", "x y\r", "application/octet-stream")]
    public void A_media_type_is_made_of_type_and_subtype(string type, string subtype, string expected) =>
        EmbeddedKind.MediaType(type, subtype).Should().Be(expected);

    private static EmbeddedContent Content(EmbeddedEncoding encoding, string written)
    {
        var message = Sample.With("OBX|1|ED|X||" + written);
        return new EmbeddedContent(message, [message.Find("OBX").Field(5).Range], encoding);
    }

    private static byte[] Read(EmbeddedContent content)
    {
        using var stream = content.Open();
        using var read = new MemoryStream();
        stream.CopyTo(read);
        return read.ToArray();
    }
}
