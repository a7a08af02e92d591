using System.Text.Json;

namespace InterfaceEngine.Tests.Cli;

/// <summary>Keys of programs, made and ended at a terminal: by a running engine, and by the command itself.</summary>
public sealed class KeyCommandTests : IDisposable
{
    private readonly EngineFolder _folder = new();

    public static TheoryData<bool> Ways => EngineFolder.Ways;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_key_is_shown_once_listed_without_itself_and_ended(bool isRunning)
    {
        await using var engine = await _folder.StartAsync(isRunning);

        var made = await _folder.RunAsync("keys", "create", "practice-studio", "--role", "reader", "--practice", "1959", "--expires", "90", "--reason", "go-live");
        var listed = await _folder.RunAsync("keys", "list");
        var revoked = await _folder.RunAsync("keys", "revoke", "practice-studio");
        var later = JsonDocument.Parse((await _folder.RunAsync("keys", "list", "--json")).Out).RootElement.GetProperty("keys")[0];

        made.Out.Should().MatchRegex("^ie_[A-Za-z0-9_-]{43}\nThis is the key of practice-studio \\(reader, until ");
        listed.Out.Should().MatchRegex("practice-studio +reader +1959 +in force ").And.NotContain(made.Out.Split('\n')[0]);
        revoked.Should().Match<Ran>(ran => ran.Code == 0 && ran.Out == "The key of practice-studio is revoked.\n");
        later.GetProperty("state").GetString().Should().Be("revoked");
        (await _folder.RunAsync("keys", "revoke", "practice-studio")).Error.Should().Be("No key of the name practice-studio is in force. See keys list.\n");
        (await _folder.RunAsync("audit", "list")).Out.Should().MatchRegex("maria +keys create .*practice-studio: reader of 1959 .*go-live").And.Contain("keys revoke");
    }

    [Theory]
    [InlineData("no role", 2, "guest is no role: operator, reader, receptionist, writer, administrator.\n", "front", "--role", "guest")]
    [InlineData("no practice", 2, "77 is not a practice of the settings (1959).\n", "front", "--role", "reader", "--practice", "77")]
    [InlineData("no name", 2, "A key's name has 1 to 60 letters, digits and -_. in it.\n", "the front desk", "--role", "reader")]
    [InlineData("no time", 2, "A key ends after 1 to 3650 days, or not by itself.\n", "front", "--role", "reader", "--expires", "0")]
    [InlineData("taken", 1, "A key of the name taken is in force. Revoke it first, or give the new one another name.\n", "taken", "--role", "reader")]
    public async Task What_can_not_be_a_key_is_refused(string because, int code, string error, params string[] arguments)
    {
        await _folder.StartAsync(isRunning: false);
        await _folder.RunAsync("keys", "create", "taken", "--role", "reader");

        var ran = await _folder.RunAsync(["keys", "create", .. arguments]);

        ran.Should().Match<Ran>(one => one.Code == code && one.Error == error, because);
    }
}
