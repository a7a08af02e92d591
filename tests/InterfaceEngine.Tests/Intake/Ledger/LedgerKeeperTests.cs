using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Intake.Ledger;

public sealed class LedgerKeeperTests : IAsyncLifetime
{
    private readonly RecordingLogger<LedgerKeeper> _logger = new();
    private TestEngine _engine = null!;
    private SourceNumbers _numbers = null!;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        _numbers = await _engine.Core.Numbers.BeginAsync(TestEngine.Guide.Name, 16, default);
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Rows_are_counted_once_a_day_after_the_hour_and_days_that_are_over_are_closed()
    {
        var keeper = Keeper();
        await AcceptAsync("guide-a04.hl7");

        var found = new List<(bool IsFull, long? SealedThrough)>();
        for (var hour = 12; hour < 48; hour++)
        {
            await keeper.KeepAsync(default);
            found.Add((keeper.Last!.IsFull, keeper.Last.SealedThrough));
            keeper.Last.Differences.Should().BeEmpty();
            _engine.Time.Advance(TimeSpan.FromHours(1));
        }

        // The engine was started at noon; the next 02:00 is 14 rounds later, and the day is closed an hour after its end.
        found.Select((one, round) => (one.IsFull, Hour: (12 + round) % 24)).Where(one => one.IsFull).Should().Equal((true, 2));
        found.FindIndex(one => one.SealedThrough is not null).Should().Be(14, "sealed by the round of 01:00, seen by the next");
    }

    [Fact]
    public async Task A_difference_is_an_error_in_the_log_that_names_the_number_and_shows_no_patient()
    {
        var keeper = Keeper();
        await AcceptAsync("guide-a04.hl7");
        _numbers.Settle(_numbers.Next(), isStored: true);

        await keeper.KeepAsync(default);

        var line = _logger.Lines.Should().ContainSingle(one => one.Level == LogLevel.Error).Subject.Text;
        line.Should().Contain("guide-feed").And.Contain("2 received (numbers 1 to 2)").And.Contain("numbers [2]").And.NotContain("DOE");
        keeper.Last!.Differences.Should().ContainSingle();
    }

    private LedgerKeeper Keeper() => new(
        _engine.Store, new GoneNodes(_engine.Store, _engine.Time, new RecordingLogger<GoneNodes>()), new LedgerCheck(_engine.Store, _engine.Core.Numbers.Now, _engine.Time), _engine.Core.Numbers, new LedgerOptions(), _engine.Time, _logger);

    private async Task AcceptAsync(string sample)
    {
        var number = _numbers.Next();
        var receipt = await _engine.Core.Intake.AcceptAsync(new IncomingMessage(TestEngine.Sample(sample), TestEngine.Guide) { Number = number }, default);
        receipt.State.Should().Be(MessageState.Applied);
        _numbers.Settle(number, isStored: true);
    }
}
