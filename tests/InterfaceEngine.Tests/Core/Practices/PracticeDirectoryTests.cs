using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Practices;

public sealed class PracticeDirectoryTests
{
    private static readonly PracticeDirectory _directory = new(
    [
        Practice("1959", "guide"),
        Practice("195900", "athena"),
        Practice("7", "standard", "NORTH", "SOUTH"),
    ]);

    [Theory]
    [InlineData("1959", "1959,195900", "1959")]
    [InlineData("195900", "1959,195900", "195900")]
    [InlineData("south", "7,1959", "7")]
    [InlineData("ATHENANET", "1959", "1959")]
    [InlineData("", "1959", "1959")]
    public void The_facility_decides_and_else_the_only_practice_of_the_port(string facility, string bound, string expected) =>
        _directory.Identify(facility, bound.Split(',')).Id.Should().Be(expected);

    [Theory]
    [InlineData("195900", "1959", "is not bound to this port")]
    [InlineData("NORTH", "1959,195900", "is not bound to this port")]
    [InlineData("ATHENANET", "1959,195900", "more than one is bound")]
    [InlineData("195901", "195900", "is not the practice that is bound")]
    [InlineData("", "195900", "is not the practice that is bound")]
    [InlineData("EAST", "7", "is not the practice that is bound")]
    public void A_message_of_another_practice_is_refused(string facility, string bound, string reason) =>
        _directory.Invoking(directory => directory.Identify(facility, bound.Split(',')))
            .Should().Throw<RejectedException>()
            .Where(refusal => refusal.IsRefusal && refusal.Place == "MSH-4" && refusal.Message.Contains(reason));

    [Fact]
    public void Two_practices_cannot_share_a_facility() =>
        FluentActions.Invoking(() => new PracticeDirectory([Practice("1", "guide", "X"), Practice("2", "guide", "x")])).Should().Throw<ArgumentException>();

    private static Practice Practice(string id, string profile, params string[] facilities) =>
        new() { Id = id, Name = id, Zone = DateTimeZone.Utc, Profile = profile, Facilities = facilities };
}
