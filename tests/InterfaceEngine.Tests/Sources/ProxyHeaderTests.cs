using System.Net;
using System.Text;
using InterfaceEngine.Sources;

namespace InterfaceEngine.Tests.Sources;

public sealed class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("PROXY TCP4 198.51.100.7 10.0.0.5 4711 2575\r\n", "198.51.100.7:4711")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::5 65535 1\r\n", "[2001:db8::7]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", null)]
    [InlineData("PROXY UNKNOWN ffff:f...f:ffff whatever 65535\r\n", null)]
    public void A_line_of_version_1_names_the_sender(string line, string? sender)
    {
        var header = ProxyHeader.Read(Encoding.ASCII.GetBytes(line + "\u000bMSH|"));

        header.Should().Be(new ProxyHeader(line.Length, sender is null ? null : IPEndPoint.Parse(sender), IsLocal: false));
    }

    [Theory]
    [InlineData("21 11 000C C6336407 0A000005 1267 0A0F", "198.51.100.7:4711", 28)]
    [InlineData("21 21 0024 20010DB8000000000000000000000007 20010DB8000000000000000000000005 1267 0A0F", "[2001:db8::7]:4711", 52)]
    [InlineData("21 00 0000", null, 16)]
    [InlineData("21 11 0013 C6336407 0A000005 1267 0A0F 04 0004 00000000", "198.51.100.7:4711", 35)]
    public void A_header_of_version_2_names_the_sender_and_its_remarks_are_ignored(string hex, string? sender, int length)
    {
        var header = ProxyHeader.Read([.. Bytes(hex), 0x0B]);

        header.Should().Be(new ProxyHeader(length, sender is null ? null : IPEndPoint.Parse(sender), IsLocal: false));
    }

    [Theory]
    [InlineData("20 00 0000", 16)]
    [InlineData("20 11 000C C6336407 0A000005 1267 0A0F", 28)]
    [InlineData("20 31 0000", 16)]
    public void A_balancer_that_speaks_for_itself_names_nobody(string hex, int length) =>
        ProxyHeader.Read(Bytes(hex)).Should().Be(new ProxyHeader(length, null, IsLocal: true));

    [Theory]
    [InlineData("PROXY TCP4 198.51.100.7 10.0.0.5 4711 2575\r\n")]
    [InlineData("PROXY UNKNOWN\r\n")]
    public void Every_part_of_a_line_needs_more_bytes(string line)
    {
        for (var length = 0; length < line.Length; length++)
        {
            ProxyHeader.Read(Encoding.ASCII.GetBytes(line[..length])).Should().BeNull();
        }
    }

    [Fact]
    public void Every_part_of_a_header_of_version_2_needs_more_bytes()
    {
        var whole = Bytes("21 11 0013 C6336407 0A000005 1267 0A0F 04 0004 00000000");
        for (var length = 0; length < whole.Length; length++)
        {
            ProxyHeader.Read(whole.AsSpan(0, length)).Should().BeNull();
        }
    }

    [Theory]
    [InlineData("\u000bMSH|^~\\&", "it begins without a PROXY header, which this listener expects of its balancer")]
    [InlineData("\u0016\u0003\u0001", "it begins without a PROXY header, which this listener expects of its balancer")]
    [InlineData("proxy TCP4", "it begins without a PROXY header, which this listener expects of its balancer")]
    [InlineData("\r\n\r\nGET", "it begins without a PROXY header, which this listener expects of its balancer")]
    [InlineData("PROXY\r\n", "it begins without a PROXY header, which this listener expects of its balancer")]
    [InlineData("PROXY \r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 198.51.100.7 10.0.0.5 4711\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 198.51.100.7 10.0.0.5 4711 2575 1\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 198.51.100.7  10.0.0.5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 198.51.100.256 10.0.0.5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 2001:db8::7 10.0.0.5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP6 198.51.100.7 10.0.0.5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 010.0.0.1 10.0.0.5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 10.1 10.0.0.5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 0xA.0.0.1 10.0.0.5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP6 fe80::1%1 2001:db8::5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP6 [2001:db8::7]:4711 2001:db8::5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 198.51.100.7 10.0.0.5 65536 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY TCP4 198.51.100.7 10.0.0.5 -1 2575\r\n", "its PROXY header of version 1 can't be read")]
    [InlineData("PROXY UDP4 198.51.100.7 10.0.0.5 4711 2575\r\n", "its PROXY header of version 1 can't be read")]
    public void A_beginning_that_is_no_header_or_a_wrong_one_is_refused_and_not_repeated(string text, string reason) =>
        FluentActions.Invoking(() => ProxyHeader.Read(Encoding.ASCII.GetBytes(text))).Should().Throw<ProxyHeaderException>().Which.Message.Should().StartWith(reason).And.NotContain("198.51.100");

    [Fact]
    public void A_line_that_does_not_end_is_refused_at_its_limit()
    {
        var line = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 200) + "\r\n");

        ProxyHeader.Read(line.AsSpan(0, 106)).Should().BeNull();
        FluentActions.Invoking(() => ProxyHeader.Read(line.AsSpan(0, 107))).Should().Throw<ProxyHeaderException>().WithMessage("its PROXY header has no end within 107 bytes");
        FluentActions.Invoking(() => ProxyHeader.Read(line)).Should().Throw<ProxyHeaderException>().WithMessage("its PROXY header has no end within 107 bytes");
    }

    [Theory]
    [InlineData("11 11 000C", "its PROXY header has version and command 0x11; expected 0x20 (LOCAL) or 0x21 (PROXY)")]
    [InlineData("22 11 000C", "its PROXY header has version and command 0x22; expected 0x20 (LOCAL) or 0x21 (PROXY)")]
    [InlineData("21 11 FFFF", "its PROXY header has 65551 bytes; at most 4096 are read")]
    [InlineData("21 11 000B C6336407 0A000005 1267 0A", "its PROXY header has 11 bytes of addresses; expected at least 12")]
    [InlineData("21 21 000C C6336407 0A000005 1267 0A0F", "its PROXY header has 12 bytes of addresses; expected at least 36")]
    [InlineData("21 12 000C C6336407 0A000005 1267 0A0F", "its PROXY header is of protocol 0x12; expected 0x11 (TCP over IPv4), 0x21 (TCP over IPv6) or 0x00")]
    [InlineData("21 31 0000", "its PROXY header is of protocol 0x31; expected 0x11 (TCP over IPv4), 0x21 (TCP over IPv6) or 0x00")]
    public void A_header_of_version_2_that_is_not_understood_is_refused(string hex, string reason) =>
        FluentActions.Invoking(() => ProxyHeader.Read(Bytes(hex))).Should().Throw<ProxyHeaderException>().WithMessage(reason);

    [Fact]
    public void The_longest_header_of_version_2_that_is_read_is_4096_bytes()
    {
        byte[] header = [.. Bytes("21 11 0FF0 C6336407 0A000005 1267 0A0F"), .. new byte[4080 - 12]];

        ProxyHeader.Read(header)!.Length.Should().Be(4096);
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(Signature + hex.Replace(" ", "", StringComparison.Ordinal));
}
