using InterfaceEngine.Files;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Sources.Files;

/// <content>What fails, and whom it holds up.</content>
public sealed partial class FilePollTests
{
    [Fact]
    public async Task A_store_that_fails_moves_nothing()
    {
        Drop("a.csv", "one");
        Drop("b.csv", "two");
        _intake.OnReading = _ => throw new StoreUnavailableException("the disk is full");

        await FluentActions.Awaiting(PollAsync).Should().ThrowAsync<StoreUnavailableException>();

        Tree().Should().Equal("a.csv", "b.csv");
        _intake.OnReading = _ => Task.CompletedTask;
        (await PollAsync()).Done.Should().Be(2);
    }

    [Fact]
    public async Task A_connection_that_is_lost_ends_the_poll_and_moves_nothing()
    {
        Drop("a.csv", "one");
        Drop("b.csv", "two");
        _intake.OnReading = _ => throw new FileFaultException(FileFault.ConnectionLost, "the connection broke off");

        (await FluentActions.Awaiting(PollAsync).Should().ThrowAsync<FileFaultException>()).Which.Fault.Should().Be(FileFault.ConnectionLost);

        Tree().Should().Equal("a.csv", "b.csv");
    }

    [Fact]
    public async Task A_file_that_may_not_be_read_holds_up_no_other()
    {
        Drop("a.csv", "one");
        Drop("b.csv", "two");
        _intake.OnReading = file => file.Name == "a.csv" ? throw new FileFaultException(FileFault.Permission, "a file may not be read") : Task.CompletedTask;

        var result = await PollAsync();

        (result.Done, result.Faults.Single()).Should().Be((1, "a file may not be read"));
        Tree().Should().Equal("a.csv", "done/2026-01-15/b.csv");
    }

    [Fact]
    public async Task A_file_that_another_reads_stays_where_it_is_and_is_offered_again()
    {
        Drop("a.csv", "lose it");
        Drop("b.csv", "two");

        var result = await PollAsync();

        (result.Done, result.Refused, result.Faults.Count).Should().Be((1, 0, 0));
        Tree().Should().Equal("a.csv", "done/2026-01-15/b.csv");
        _logger.Lines.Should().ContainSingle(line => line.Text.Contains("Another has taken it up.", StringComparison.Ordinal));
        (await PollAsync()).Files.Should().Be(1);
    }

    [Fact]
    public async Task A_file_that_makes_the_engine_fail_holds_up_no_other_and_its_data_is_not_told()
    {
        Drop("a.csv", "one");
        Drop("b.csv", "two");
        _intake.OnReading = file => file.Name == "a.csv" ? throw new InvalidOperationException("Sam Sample, 1980-05-15") : Task.CompletedTask;

        var result = await PollAsync();

        (result.Done, result.Faults.Single()).Should().Be(
            (1, "A file can't be read for a fault of the engine (InvalidOperationException). It stays where it is and is tried again; the log says where the fault is."));
        Tree().Should().Equal("a.csv", "done/2026-01-15/b.csv");
        _logger.Lines.Single(line => line.Level == LogLevel.Critical).Text.Should().Contain("InvalidOperationException").And.Contain(nameof(ContentIntake)).And.NotContain("Sample");
        _intake.OnReading = _ => Task.CompletedTask;
        (await PollAsync()).Done.Should().Be(1);
    }

    [Fact]
    public async Task A_file_that_can_not_be_put_away_is_read_once_and_put_away_later()
    {
        Drop("patients.csv", "one");
        _options = _options with { Pattern = new NamePattern("*.csv") };
        File.WriteAllText(At("done"), "a file in the way of the folder");

        (await PollAsync()).Faults.Should().ContainSingle();

        File.Delete(At("done"));
        (await PollAsync()).Files.Should().Be(0, "only the moving is left");
        _intake.Read.Should().Equal("one");
        Tree().Should().Equal("done/2026-01-15/patients.csv");
    }

    [Fact]
    public async Task A_place_that_is_not_there_is_told()
    {
        _options = _options with { Folder = "nowhere" };

        (await FluentActions.Awaiting(PollAsync).Should().ThrowAsync<FileFaultException>()).Which.Fault.Should().Be(FileFault.NotFound);
    }
}
