using System.Text.Json;
using InterfaceEngine.Cli;
using InterfaceEngine.Control;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli;

/// <summary><c>appointments book|modify|cancel</c> and <c>map write</c> as people type them, over a real engine.</summary>
public sealed class AppointmentCommandTests : IAsyncLifetime
{
    private static readonly string[] _booking =
    [
        "appointments", "book", "--practice", "1959", "--patient", "12345", "--start", "2026-12-01 09:00", "--minutes", "15", "--type", "telehealth",
        "--provider", "jjohnson", "--location", "loc-main", "--note", "Bring the films", "--because", "the patient called",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("commands-").FullName;
    private TestEngine _engine = null!;

    public async Task InitializeAsync()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), """
            { "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" } }, "Sources": { "front-desk": { "Port": 0, "Practices": ["1959"] } } }
            """);
        _engine = await TestEngine.StartAsync(settings => settings with
        {
            Destinations =
            [
                new DestinationSettings(
                    "mllp",
                    new OutboundAddress { Destination = "athena", Practices = ["1959"], SendingApplication = "PRACTICESTUDIO", ReceivingApplication = "ATHENA" },
                    new MllpDestinationOptions(),
                    new DeliveryOptions()),
            ],
        });
        await _engine.AcceptAsync(GuideMessages.Adt("A04", "1", 0, GuideMessages.Doe()));
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_booking_says_its_record_its_event_and_its_delivery()
    {
        var booked = await RunAsync(_booking);

        booked.Code.Should().Be(0, booked.Error);
        booked.Out.Should().MatchRegex(@"^appointment \w{13} booked: SIU\^S12; known as \w{13} \(placer\)\n")
            .And.MatchRegex(@"start_time +2026-12-01T15:00:00Z\n").And.MatchRegex(@"\ndelivery \w{13} \(SIU\^S12\) waits for athena\n$");
    }

    [Fact]
    public async Task A_booking_that_is_refused_is_audited_as_one_that_is_made()
    {
        var refused = await RunAsync([.. _booking.Select(word => word == "12345" ? "99999" : word)]);

        refused.Code.Should().Be(1, refused.Error);
        (await _engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default)).Should().ContainEquivalentOf(
            new { Action = "appointments book", Subject = "refused: 99999", Reason = "the patient called" });
    }

    [Fact]
    public async Task A_booking_that_is_sent_again_with_its_key_says_that_the_visit_is_there()
    {
        var first = await RunAsync([.. _booking, "--key", "web-7"]);
        var again = await RunAsync([.. _booking, "--key", "web-7"]);
        var json = await RunAsync([.. _booking, "--key", "web-7", "--json"]);

        first.Out.Should().MatchRegex(@"^appointment \w{13} booked: SIU\^S12; known as \w{13} \(placer\), web-7 \(key\)\n");
        again.Code.Should().Be(0, again.Error);
        again.Out.Should().Be($"{first.Out[..25]} was booked with this key before: nothing was changed and nothing is sent; known as {first.Out[12..25]} (placer), web-7 (key)\n");
        JsonDocument.Parse(json.Out).RootElement.GetProperty("isRepeat").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task A_visit_is_moved_and_cancelled_by_its_number()
    {
        var id = JsonDocument.Parse((await RunAsync([.. _booking, "--json"])).Out).RootElement.GetProperty("record").GetString()!;
        _engine.Time.Advance(TimeSpan.FromMinutes(1));

        var moved = await RunAsync("appointments", "modify", id, "--start", "2026-12-01 10:00", "--because", "moved by phone");
        _engine.Time.Advance(TimeSpan.FromMinutes(1));
        var cancelled = await RunAsync("appointments", "cancel", id, "--because", "the patient is well again");

        (moved.Code, cancelled.Code).Should().Be((0, 0), moved.Error + cancelled.Error);
        moved.Out.Should().Contain("changed: SIU^S14").And.MatchRegex(@"start_time +2026-12-01T15:00:00Z +2026-12-01T16:00:00Z");
        cancelled.Out.Should().Contain("cancelled: SIU^S15").And.MatchRegex(@"status +scheduled +cancelled");
        var audit = await _engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default);
        audit.Select(entry => (entry.Action, entry.Reason)).Take(3).Should().Equal(
            ("appointments cancel", "the patient is well again"), ("appointments modify", "moved by phone"), ("appointments book", "the patient called"));
    }

    [Fact]
    public async Task A_word_that_no_table_knows_is_said_with_those_that_there_are_and_ends_with_2()
    {
        var refused = await RunAsync([.. _booking.Select(word => word == "jjohnson" ? "nobody" : word)]);

        (refused.Code, refused.Out).Should().Be((2, ""));
        refused.Error.Should().Be("There is no such provider in the practice's providers.ref.md: prov-johnson, prov-rivera.\n");
    }

    [Fact]
    public async Task Without_a_reason_nothing_is_changed() =>
        (await RunAsync([.. _booking.SkipLast(2)])).Should().Match<Ran>(ran => ran.Code == 2 && ran.Error.Contains("--because", StringComparison.Ordinal));

    [Fact]
    public async Task The_message_of_a_stored_record_is_shown_and_the_look_is_audited()
    {
        var id = JsonDocument.Parse((await RunAsync([.. _booking, "--json"])).Out).RootElement.GetProperty("record").GetString()!;

        var shown = await RunAsync("map", "write", "appointment", id, "--event", "SIU^S14", "--reason", "ticket 7");

        shown.Code.Should().Be(0, shown.Error);
        shown.Out.Should().Contain("SIU^S14").And.Contain($"\nSCH|{id}|").And.Contain("\nNTE|1||Bring the films\n").And.Contain("\nPID|1||12345^^^ATHENA^MRN||");
        (await _engine.Store.ReadAsync(reader => (reader.DeliveryCounts().Sum(count => count.Count), reader.Audit("1959", 1)[0].Action), default))
            .Should().Be((1, "map write"), "nothing is sent");
    }

    [Fact]
    public async Task A_message_that_may_not_be_sent_is_shown_with_the_deciding_cell()
    {
        var id = JsonDocument.Parse((await RunAsync([.. _booking, "--json"])).Out).RootElement.GetProperty("record").GetString()!;

        var shown = await RunAsync("map", "write", "appointment", id, "--event", "SIU^S26");

        shown.Code.Should().Be(1);
        shown.Error.Should().MatchRegex(@"^SIU\^S26: MAP606 SIU\^S26 says status = no_show, and scheduled is stored\.   Nothing was sent\.   \[athenahealth/appointment\.map\.md:\d+\]\n$");
    }

    private async Task<Ran> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = _folder, Environment = [], Time = _engine.Time, Actor = "maria" };
        var code = await new EngineCommandLine(terminal, (_, _, _) => Task.FromResult<IControl>(new EngineOperations(_engine.Core.Parts()))).RunAsync(arguments, CancellationToken.None);
        return new Ran(code, output.ToString(), error.ToString());
    }
}
