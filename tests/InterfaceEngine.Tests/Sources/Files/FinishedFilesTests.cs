using InterfaceEngine.Files;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Files;

public sealed class FinishedFilesTests
{
    private static readonly DateTimeOffset _written = new(2026, 1, 15, 8, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_file_is_finished_when_size_and_time_stood_still_for_long_enough_by_our_clock()
    {
        var files = Files();

        files.Look([File("a.csv")]).Should().BeEquivalentTo(new { Finished = Array.Empty<DroppedFile>(), Growing = 1 }, "it was seen once");
        _time.Advance(TimeSpan.FromSeconds(29));
        files.Look([File("a.csv")]).Growing.Should().Be(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Names(files.Look([File("a.csv")])).Should().Equal("a.csv");
    }

    [Theory]
    [InlineData(101, 0, "it grew")]
    [InlineData(99, 0, "it was begun anew")]
    [InlineData(100, 1, "it was written to")]
    public void A_file_that_changes_must_stand_still_once_more(long size, int seconds, string because)
    {
        var files = Files();
        files.Look([File("a.csv")]);
        _time.Advance(TimeSpan.FromSeconds(30));

        files.Look([File("a.csv", size, seconds)]).Finished.Should().BeEmpty(because);

        _time.Advance(TimeSpan.FromSeconds(30));
        Names(files.Look([File("a.csv", size, seconds)])).Should().Equal("a.csv");
    }

    [Fact]
    public void A_file_that_was_gone_is_another_file_when_it_comes_again()
    {
        var files = Files();
        files.Look([File("a.csv")]);
        files.Look([]);
        _time.Advance(TimeSpan.FromSeconds(30));

        files.Look([File("a.csv")]).Growing.Should().Be(1);
    }

    [Fact]
    public void A_file_that_changed_while_it_was_read_must_stand_still_once_more()
    {
        var files = Files();
        files.Look([File("a.csv")]);
        _time.Advance(TimeSpan.FromSeconds(30));

        files.Restart("a.csv");

        files.Look([File("a.csv")]).Growing.Should().Be(1);
    }

    [Theory]
    [InlineData(".a.csv")]
    [InlineData("a.csv.part")]
    [InlineData("a.csv.FILEPART")]
    [InlineData("a.csv.tmp")]
    [InlineData("a.csv~")]
    public void What_is_named_as_being_written_is_never_read(string name)
    {
        var files = Files(options => options with { Finished = FinishedRule.Renamed });

        files.Look([File(name)]).Should().BeEquivalentTo(new { Finished = Array.Empty<DroppedFile>(), Growing = 0 });
    }

    [Fact]
    public void Folders_and_links_and_names_that_do_not_fit_are_not_read() =>
        Names(Files(options => options with { Finished = FinishedRule.Renamed, Pattern = new NamePattern("*.csv") })
            .Look([File("a.csv"), File("b.csv") with { IsFile = false }, File("c.txt"), File("D.CSV")])).Should().Equal("D.CSV", "a.csv");

    [Fact]
    public void A_renamed_file_is_finished_at_once() =>
        Names(Files(options => options with { Finished = FinishedRule.Renamed }).Look([File("a.csv")])).Should().Equal("a.csv");

    [Theory]
    [InlineData("a.csv.done")]
    [InlineData("a.csv.ok")]
    [InlineData("a.ok")]
    [InlineData("a.csv.OK")]
    [InlineData("A.Done")]
    public void With_markers_a_file_is_finished_when_its_marker_is_there(string marker)
    {
        var files = Files(options => options with { Finished = FinishedRule.Marker });

        files.Look([File("a.csv"), File("b.csv"), File(marker)]).Finished.Should().Equal(new DroppedFile(File("a.csv"), marker));
    }

    [Fact]
    public void A_marker_that_is_much_older_than_its_file_was_made_for_another()
    {
        var files = Files(options => options with { Finished = FinishedRule.Marker });

        files.Look([File("a.csv", seconds: 301), File("a.csv.done")]).Finished.Should().BeEmpty();
        Names(files.Look([File("a.csv", seconds: 300), File("a.csv.done")])).Should().Equal(["a.csv"], "the sender's clocks may be a little apart");
    }

    [Fact]
    public void Markers_that_differ_in_capitals_alone_are_one() =>
        Names(Files(options => options with { Finished = FinishedRule.Marker }).Look([File("a.csv"), File("a.csv.done"), File("a.csv.DONE")])).Should().Equal("a.csv");

    [Fact]
    public void Files_are_taken_by_name_or_by_time()
    {
        FolderEntry[] entries = [File("c.csv", seconds: 1), File("a.csv", seconds: 2), File("b.csv", seconds: 1)];

        Names(Files(options => options with { Finished = FinishedRule.Renamed }).Look(entries)).Should().Equal("a.csv", "b.csv", "c.csv");
        Names(Files(options => options with { Finished = FinishedRule.Renamed, Order = FileOrder.Time }).Look(entries)).Should().Equal("b.csv", "c.csv", "a.csv");
    }

    private FinishedFiles Files(Func<FileSourceOptions, FileSourceOptions>? change = null)
    {
        var options = new FileSourceOptions { Practice = "1959", Schedule = new IntervalSchedule(TimeSpan.FromMinutes(5)) };
        return new FinishedFiles(change?.Invoke(options) ?? options, _time);
    }

    private static IEnumerable<string> Names(FolderLook look) => look.Finished.Select(file => file.Entry.Name);

    private static FolderEntry File(string name, long size = 100, int seconds = 0) => new(name, true, size, _written.AddSeconds(seconds));
}
