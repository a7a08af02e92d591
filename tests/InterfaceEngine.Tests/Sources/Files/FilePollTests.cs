using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using NodaTime;

namespace InterfaceEngine.Tests.Sources.Files;

public sealed partial class FilePollTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("drops-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 16, 3, 0, 0, TimeSpan.Zero));
    private readonly ContentIntake _intake = new();
    private readonly RecordingLogger<FilePoll> _logger = new();
    private FileSourceOptions _options = new()
    {
        Practice = "1959",
        Schedule = new IntervalSchedule(TimeSpan.FromMinutes(5)),
        Finished = FinishedRule.Renamed,
        File = "Patients file",
    };

    private FilePoll? _poll;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_file_that_was_read_goes_to_the_folder_of_its_day_in_the_practices_zone()
    {
        Drop("patients.csv", "one");

        var result = await PollAsync();

        _intake.Read.Should().Equal("one");
        Tree().Should().Equal(["done/2026-01-15/patients.csv"], "it is still the 15th in Chicago");
        (result.Files, result.Done).Should().Be((1, 1));
    }

    [Fact]
    public async Task New_content_under_an_old_name_is_read_and_overwrites_nothing()
    {
        Drop("patients.csv", "one");
        await PollAsync();
        Drop("patients.csv", "two");
        await PollAsync();

        _intake.Read.Should().Equal("one", "two");
        Tree().Should().Equal($"done/2026-01-15/patients.{new EngineId(2)}.csv", "done/2026-01-15/patients.csv");
        Text("done/2026-01-15/patients.csv").Should().Be("one");
    }

    [Fact]
    public async Task The_same_content_under_any_name_is_known_and_put_away_unread()
    {
        Drop("patients.csv", "one");
        await PollAsync();
        Drop("patients again.csv", "one");

        var result = await PollAsync();

        _intake.Read.Should().Equal("one");
        (result.Done, result.Known).Should().Be((0, 1));
        Tree().Should().Equal("done/2026-01-15/patients again.csv", "done/2026-01-15/patients.csv");
    }

    [Fact]
    public async Task A_refused_file_goes_to_the_failed_with_the_reason_beside_it_and_is_not_tried_again()
    {
        Drop("patients.csv", "refuse");

        (await PollAsync()).Refused.Should().Be(1);
        (await PollAsync()).Files.Should().Be(0);

        Tree().Should().Equal("failed/patients.csv", "failed/patients.csv.reason.txt");
        Text("failed/patients.csv.reason.txt").Should().StartWith("no header\nRun ");
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_unopened()
    {
        _options = _options with { FileBytesMax = 2 };
        Drop("patients.csv", "one");

        (await PollAsync()).Refused.Should().Be(1);

        _intake.Read.Should().BeEmpty();
        Text("failed/patients.csv.reason.txt").Should().StartWith("The file has 3 bytes, and at most 2 are taken (FileBytesMax). It was not opened.");
    }

    [Fact]
    public async Task As_many_files_of_one_name_as_come_are_put_to_the_failed_unopened()
    {
        _options = _options with { FileBytesMax = 2 };
        for (var times = 0; times < 4; times++)
        {
            Drop("patients.csv", $"one {times}");
            (await PollAsync()).Faults.Should().BeEmpty();
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Tree().Should().HaveCount(8).And.OnlyContain(name => name.StartsWith("failed/patients.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_whose_deletion_broke_off_is_looked_at_once_more()
    {
        _options = _options with { Afterwards = Afterwards.Delete };
        Drop(".patients.1.csv.read", "what took its place");

        await PollAsync();

        _intake.Read.Should().Equal("what took its place");
        Tree().Should().BeEmpty();
    }

    [Fact]
    public async Task A_held_file_stays_unread_until_a_person_releases_it()
    {
        Drop("patients.csv", "hold it");

        (await PollAsync()).Held.Should().Be(1);
        (await PollAsync()).Files.Should().Be(0, "it is not looked at again");
        Tree().Should().Equal("patients.csv");

        _intake.Decide(FileRunState.Released);
        (await PollAsync()).Done.Should().Be(1);
        Tree().Should().Equal("done/2026-01-15/patients.csv");
    }

    [Fact]
    public async Task A_held_file_that_a_person_discards_goes_to_the_failed()
    {
        Drop("patients.csv", "hold it");
        await PollAsync();

        _intake.Decide(FileRunState.Discarded);
        await PollAsync();

        _intake.Read.Should().BeEmpty();
        Tree().Should().Equal("failed/patients.csv", "failed/patients.csv.reason.txt");
    }

    [Fact]
    public async Task A_file_that_is_kept_is_read_once()
    {
        _options = _options with { Afterwards = Afterwards.Keep };
        Drop("patients.csv", "one");

        await PollAsync();
        (await PollAsync()).Files.Should().Be(0);

        _intake.Read.Should().Equal("one");
        Tree().Should().Equal("patients.csv");
    }

    [Fact]
    public async Task Kept_files_that_are_known_do_not_keep_new_ones_waiting_after_a_restart()
    {
        _options = _options with { Afterwards = Afterwards.Keep };
        Drop("a.csv", "one");
        Drop("b.csv", "two");
        await PollAsync();

        (_poll, _options) = (null, _options with { FilesMax = 1 });
        Drop("tonight.csv", "three");
        var result = await PollAsync();

        (result.Known, result.Done).Should().Be((2, 1));
        _intake.Read.Should().Equal("one", "two", "three");
    }

    [Fact]
    public async Task A_file_that_is_to_be_deleted_is_when_it_was_read()
    {
        _options = _options with { Afterwards = Afterwards.Delete, Finished = FinishedRule.Marker };
        Drop("patients.csv", "one");
        Drop("patients.csv.done", "");

        await PollAsync();

        _intake.Read.Should().Equal("one");
        Tree().Should().BeEmpty();
    }

    [Fact]
    public async Task A_marker_goes_with_its_file()
    {
        _options = _options with { Finished = FinishedRule.Marker };
        Drop("patients.csv", "one");
        Drop("patients.ok", "");
        Drop("visits.csv", "two");

        await PollAsync();

        Tree().Should().Equal("done/2026-01-15/patients.csv", "done/2026-01-15/patients.ok", "visits.csv");
    }

    [Theory]
    [InlineData("move")]
    [InlineData("delete")]
    public async Task A_file_that_is_replaced_while_it_is_read_stays_and_is_read_next(string afterwards)
    {
        _options = _options with { Afterwards = Enum.Parse<Afterwards>(afterwards, ignoreCase: true) };
        Drop("patients.csv", "one");
        _intake.OnReading = _ => Replace("patients.csv", "another");

        await PollAsync();

        _intake.Read.Should().Equal("one");
        Tree().Should().Equal("patients.csv");
        _intake.OnReading = _ => Task.CompletedTask;
        await PollAsync();
        _intake.Read.Should().Equal("one", "another");
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_read_stays_and_is_read_next()
    {
        Drop("patients.csv", "one");
        _intake.OnReading = file =>
        {
            File.AppendAllText(At(file.Name), " and more");
            return Task.CompletedTask;
        };

        await PollAsync();

        Tree().Should().Equal("patients.csv");
        _intake.OnReading = _ => Task.CompletedTask;
        await PollAsync();
        _intake.Read[^1].Should().Be("one and more");
        Tree().Should().Equal("done/2026-01-15/patients.csv");
    }

    [Fact]
    public async Task A_file_that_vanishes_between_listing_and_reading_is_no_fault()
    {
        Drop("a.csv", "one");
        Drop("b.csv", "two");
        _intake.OnReading = file =>
        {
            File.Delete(At("b.csv"));
            return Task.CompletedTask;
        };

        var result = await PollAsync();

        (result.Done, result.Changed).Should().Be((1, 1));
        result.Faults.Should().BeEmpty();
        Tree().Should().Equal("done/2026-01-15/a.csv");
    }

    [Fact]
    public async Task A_poll_goes_on_looking_while_a_file_grows()
    {
        _options = _options with { Finished = FinishedRule.Unchanged };
        Drop("patients.csv", "one");
        var poll = PollAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        File.AppendAllText(At("patients.csv"), " and more");

        (await EndOf(poll)).Done.Should().Be(1);
        _intake.Read.Should().Equal("one and more");
    }

    [Fact]
    public async Task A_file_that_never_stands_still_is_left_for_the_next_poll_after_a_while()
    {
        _options = _options with { Finished = FinishedRule.Unchanged, GrowingFor = TimeSpan.FromMinutes(1) };
        Drop("patients.csv", "one");
        var poll = PollAsync();

        var result = await EndOf(poll, () => File.AppendAllText(At("patients.csv"), "."));

        (result.Files, result.Growing).Should().Be((0, 1));
        Tree().Should().Equal("patients.csv");
    }

    [Fact]
    public async Task No_more_files_than_the_limit_are_taken_at_once()
    {
        _options = _options with { FilesMax = 2 };
        foreach (var name in new[] { "c", "a", "b" })
        {
            Drop($"{name}.csv", name);
        }

        await PollAsync();
        _intake.Read.Should().Equal("a", "b");
        await PollAsync();
        _intake.Read.Should().Equal("a", "b", "c");
    }

    [Theory]
    [InlineData("with spaces.csv")]
    [InlineData("\"quoted\" 'names'.csv")]
    [InlineData("two\nlines.csv")]
    [InlineData("Größe-日本-é.csv")]
    [InlineData("$(rm -rf).csv")]
    [InlineData("..csv..csv")]
    [InlineData("-rf")]
    public async Task Names_of_all_sorts_are_names(string name)
    {
        Drop(name, "one");

        (await PollAsync()).Done.Should().Be(name.StartsWith('.') ? 0 : 1);

        Tree().Should().Equal(name.StartsWith('.') ? name : $"done/2026-01-15/{name}");
        _logger.Lines.Should().NotContain(line => line.Text.Contains(name, StringComparison.Ordinal));
    }

    private async Task<PollResult> PollAsync()
    {
        await using var folder = new LocalFolder(_root);
        _poll ??= new FilePoll("patients", _options, _intake, (_, _, _, _) => Task.CompletedTask, (run, _) => Task.FromResult(_intake.StateOf(run)), _time, _logger);
        return await _poll.RunAsync(folder, new FileArchive(folder, _options, DateTimeZoneProviders.Tzdb["America/Chicago"], _time), default);
    }

    /// <summary>Lets time pass until the poll has ended, but none while it looks or reads: only a wait takes any of its time.</summary>
    private async Task<PollResult> EndOf(Task<PollResult> poll, Action? meanwhile = null)
    {
        while (!poll.IsCompleted)
        {
            if (_time.Timers > 0)
            {
                meanwhile?.Invoke();
                _time.Advance(TimeSpan.FromSeconds(5));
            }

            await Task.WhenAny(poll, Task.Delay(TimeSpan.FromMilliseconds(1)));
        }

        return await poll;
    }

    private string At(string path) => Path.Combine(_root, path);

    private string Text(string path) => File.ReadAllText(At(path));

    private void Drop(string name, string text)
    {
        File.WriteAllText(At(name), text);
        File.SetLastWriteTimeUtc(At(name), _time.GetUtcNow().UtcDateTime);
    }

    /// <summary>As a server does it: written beside it and renamed over it, so that who reads the old one goes on reading it.</summary>
    private Task Replace(string name, string text)
    {
        File.WriteAllText(At(".new"), text);
        File.Move(At(".new"), At(name), overwrite: true);
        return Task.CompletedTask;
    }

    private IEnumerable<string> Tree() =>
        Directory.EnumerateFiles(_root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(file => Path.GetRelativePath(_root, file)).Order(StringComparer.Ordinal);
}
