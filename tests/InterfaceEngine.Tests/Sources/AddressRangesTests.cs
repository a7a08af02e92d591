using System.Net;
using InterfaceEngine.Sources;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Tests.Sources.Mllp;

namespace InterfaceEngine.Tests.Sources;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("10.1.0.0/16", "10.1.255.255", true)]
    [InlineData("10.1.0.0/16", "10.2.0.0", false)]
    [InlineData("10.1.0.0/16", "::ffff:10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.1.2.3/32", "10.1.2.3", true)]
    [InlineData("0.0.0.0/0", "192.0.2.1", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    public void An_address_is_in_its_range(string range, string address, bool isIn)
    {
        AddressRanges.TryParse(range, out var parsed, out var reason).Should().BeTrue(reason);

        new AddressRanges([parsed]).Contains(IPAddress.Parse(address)).Should().Be(isIn);
    }

    [Fact]
    public void One_range_of_several_is_enough_and_none_at_all_means_everyone()
    {
        new AddressRanges([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("::1/128")]).Contains(IPAddress.IPv6Loopback).Should().BeTrue();
        AddressRanges.Everyone.Contains(IPAddress.Parse("192.0.2.1")).Should().BeTrue();
    }

    [Theory]
    [InlineData("athena", "athena is neither an address nor a range of addresses, such as 10.1.0.0/16 or ::1")]
    [InlineData("/16", "/16 is neither an address nor a range of addresses, such as 10.1.0.0/16 or ::1")]
    [InlineData("10.1.0.0/33", "10.1.0.0/33 has no prefix length of 0 to 32 behind its stroke")]
    [InlineData("10.1.0.0/", "10.1.0.0/ has no prefix length of 0 to 32 behind its stroke")]
    [InlineData("10.1.0.0/-1", "10.1.0.0/-1 has no prefix length of 0 to 32 behind its stroke")]
    [InlineData("10.1.0.0/255.255.0.0", "10.1.0.0/255.255.0.0 has no prefix length of 0 to 32 behind its stroke")]
    [InlineData("10.1.2.3/16", "10.1.2.3/16 does not begin where its range does: 10.1.0.0/16")]
    [InlineData("2001:db8::1/32", "2001:db8::1/32 does not begin where its range does: 2001:db8::/32")]
    public void What_is_no_range_is_said_to_be_none(string text, string says)
    {
        AddressRanges.TryParse(text, out _, out var reason).Should().BeFalse();

        reason.Should().Be(says);
    }

    [Theory]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("10.1.0.0/16", false)]
    public async Task A_connection_from_elsewhere_is_closed_at_once_and_counted(string range, bool isServed)
    {
        await using var listener = new RunningListener(access: new MllpAccess { AllowFrom = new AddressRanges([IPNetwork.Parse(range)]) });
        var sender = await listener.ConnectAsync();

        if (isServed)
        {
            (await sender.AskAsync("MSH|1")).Should().Be("AA MSH|1");
        }
        else
        {
            (await sender.ReplyAsync()).Should().BeNull();
            await listener.Logger.Logged("AddressRefused");
        }

        listener.Counts.Should().BeEquivalentTo(new { AddressesRefused = isServed ? 0 : 1, ConnectionsTotal = isServed ? 1 : 0 });
    }
}
