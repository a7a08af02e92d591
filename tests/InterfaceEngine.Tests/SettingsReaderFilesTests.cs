using System.Globalization;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Packed;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sources.Files;

namespace InterfaceEngine.Tests;

public sealed class SettingsReaderFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_not_set_takes_its_default()
    {
        var source = Read(""" "patients": { "Kind": "folder", "Practices": ["1959"], "Path": "drops", "File": "Patients file", "Schedule": "30 2 * * *" } """).Should().ContainSingle().Subject;

        (source.Name, source.Kind, source.Path, source.Place).Should().Be(("patients", "folder", Path.Combine(_folder, "drops"), Path.Combine(_folder, "drops")));
        source.Binding.Practices.Should().Equal("1959");
        source.Options.Schedule.Text.Should().Be("30 2 * * * (America/Chicago)");
        source.Options.Should().BeEquivalentTo(
            new FileSourceOptions { Practice = "1959", Schedule = source.Options.Schedule, File = "Patients file" });
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var options = Read("""
            "patients": { "Kind": "folder", "Practices": ["1959"], "Path": "/srv/drops", "File": "Patients file", "Every": "15m" },
            "visits": {
              "Kind": "folder", "Practices": ["1959"], "Path": "/srv/drops", "Folder": "in/visits", "Pattern": "visits*.csv", "Order": "time", "Format": "json", "File": "GET /appointments/booked",
              "Every": "5m", "Finished": "marker", "Markers": [".ready"], "FileBytesMax": "3GiB", "UnpackedBytesMax": "10GiB", "RowsMax": 500, "Trailer": "TRAILER", "FilesMax": 7, "EntriesMax": 50, "RatioMax": 30,
              "Gpg": { "Home": "gpg", "PassphraseFile": "gpg.pass", "SilenceTimeout": "2m" },
              "Afterwards": "keep", "Done": "read", "Failed": "bad", "Rejects": "out/rejects", "Reports": "out/reports", "Readers": "group", "ExpectBy": "06:30 MON-FRI", "ExpectWithin": "8h",
              "After": "patients", "AfterTimeout": "1h", "SmallerThanUsual": 0.25, "FullPicture": { "Days": 14, "Absent": "cancel" }, "BackOffMin": "1s", "BackOffMax": "1m"
            }
            """).Single(source => source.Name == "visits").Options;

        (options.Folder, options.Pattern.Text, options.Order, options.Format, options.File).Should().Be(("in/visits", "visits*.csv", FileOrder.Time, FileFormat.Json, "GET /appointments/booked"));
        (options.Finished, options.FileBytesMax, options.Unpack!.UnpackedBytesMax, options.Rows.RowsMax, options.FilesMax)
            .Should().Be((FinishedRule.Marker, 3L << 30, 10L << 30, 500, 7));
        (options.Limits.EntriesMax, options.Unpack.RatioMax).Should().Be((50, 30));
        options.Unpack.Gpg.Should().Be(new GpgOptions { Home = Path.Combine(_folder, "gpg"), PassphraseFile = Path.Combine(_folder, "gpg.pass"), SilenceTimeout = TimeSpan.FromMinutes(2) });
        options.Markers.Should().Equal(".ready");
        (options.Afterwards, options.Done, options.Failed, options.Rejects, options.Reports, options.Readers).Should().Be((Afterwards.Keep, "read", "bad", "out/rejects", "out/reports", FileReaders.Group));
        options.ExpectBy!.NextAfter(At("2026-01-16T18:00Z")).Should().Be(At("2026-01-19T12:30Z"), "that is Monday in Chicago");
        (options.ExpectWithin, options.After, options.AfterTimeout).Should().Be((TimeSpan.FromHours(8), "patients", TimeSpan.FromHours(1)));
        options.Rows.FullPicture.Should().Be(new FullPictureRules { Days = 14, Cancels = true });
        (options.Rows.Trailer, options.Rows.SmallerThanUsual, options.BackOffMin, options.BackOffMax).Should().Be(("TRAILER", 0.25, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Files_of_messages_have_the_settings_of_messages_and_no_kind()
    {
        var source = Read(""" "night": { "Kind": "folder", "Practices": ["1959"], "Path": "drops", "Format": "hl7", "Every": "5m", "Strict": true, "Replies": "acks", "MessageBytesMax": "1MiB" } """).Single();

        (source.Binding.Strict, source.Options.Replies, source.Options.MessageBytesMax, source.Options.File).Should().Be((true, "acks", 1024 * 1024, ""));
    }

    [Theory]
    [InlineData("", "Sources:x:Schedule: say when")]
    [InlineData(""", "Schedule": "30 2 * * *", "Every": "5m" """, "Sources:x:Schedule: say when")]
    [InlineData(""", "Schedule": "nightly" """, "Sources:x:Schedule: 'nightly' is no cron expression")]
    [InlineData(""", "Every": "0s" """, "Sources:x:Every: 0s is out of bounds")]
    [InlineData(""", "Every": "5m", "Schedules": "x" """, "Sources:x:Schedules: is not a setting. Did you mean Schedule?")]
    [InlineData(""", "Every": "5m", "Port": 2575 """, "Sources:x:Port: is not a setting.")]
    [InlineData(""", "Every": "5m", "Strict": true """, "Sources:x:Strict: is not a setting.")]
    [InlineData(""", "Every": "5m", "Folder": "../other" """, "Sources:x:Folder: '../other' is not a folder below the source's place")]
    [InlineData(""", "Every": "5m", "Done": "/tmp" """, "Sources:x:Done: '/tmp' is not a folder below the source's place")]
    [InlineData(""", "Every": "5m", "Rejects": "." """, "Sources:x:Rejects: '.' is not a folder below the source's place")]
    [InlineData(""", "Every": "5m", "Done": "old", "Failed": "old" """, "Sources:x:Done: 'old' is named for more than one of")]
    [InlineData(""", "Every": "5m", "Finished": "renamed", "UnchangedFor": "5s" """, "Sources:x:UnchangedFor: has no effect")]
    [InlineData(""", "Every": "5m", "Markers": [".ok"] """, "Sources:x:Markers: has no effect")]
    [InlineData(""", "Every": "5m", "Finished": "marker", "Markers": ["."] """, "Sources:x:Markers: must be ends of names")]
    [InlineData(""", "Every": "5m", "Unpack": false, "Gpg": { "Home": "gpg" } """, "Sources:x:Gpg: has no effect with \"Unpack\": false")]
    [InlineData(""", "Every": "5m", "Gpg": { } """, "Sources:x:Gpg:Home: is missing")]
    [InlineData(""", "Every": "5m", "Finished": "someday" """, "Sources:x:Finished: someday is not one of Unchanged, Marker, Renamed")]
    [InlineData(""", "Every": "5m", "ExpectBy": "half past six" """, "Sources:x:ExpectBy: 'half past six': a time of the day is expected")]
    [InlineData(""", "Every": "5m", "ExpectBy": "25:00" """, "Sources:x:ExpectBy: '25:00': ")]
    [InlineData(""", "Every": "5m", "FullPicture": { "Days": 0 } """, "Sources:x:FullPicture:Days: 0 is not a number of days from the file's own on (1..366)")]
    [InlineData(""", "Every": "5m", "FullPicture": { "Absent": "delete" } """, "Sources:x:FullPicture:Absent: delete is not one of list, cancel.")]
    [InlineData(""", "Every": "5m", "SmallerThanUsual": 60 """, "Sources:x:SmallerThanUsual: 60 is not a part of the whole")]
    [InlineData(""", "Every": "5m", "FileBytesMax": "2TiB" """, "Sources:x:FileBytesMax: 2TiB is not a number of bytes")]
    [InlineData(""", "Every": "5m", "BackOffMax": "1s" """, "Sources:x:BackOffMax: is less than BackOffMin")]
    [InlineData(""", "Every": "5m", "After": "patient" """, "Sources:x:After: patient is not a source of files of these settings. Did you mean patients?")]
    [InlineData(""", "Every": "5m", "After": "front-desk" """, "Sources:x:After: front-desk is not a source of files of these settings.")]
    [InlineData(""", "Every": "5m", "After": "x" """, "Sources:x:After: goes round in a circle: x after x")]
    public void What_makes_no_sense_is_reported_with_its_place(string settings, string problem) =>
        Problems($$"""
            "front-desk": { "Kind": "mllp", "Port": 2575, "Practices": ["1959"] },
            "patients": { "Kind": "folder", "Practices": ["1959"], "Path": "drops", "File": "Patients file", "Every": "5m" },
            "x": { "Kind": "folder", "Practices": ["1959"], "Path": "other", "File": "Patients file"{{settings}} }
            """).Should().ContainSingle().Which.Should().StartWith(problem);

    [Fact]
    public void The_engines_own_data_is_not_taken_for_dropped_files() =>
        Problems(Source("x", "data/engine", "*", "\"Order\": \"name\"")).Should().ContainSingle().Which.Should().StartWith("Sources:x:Path: ").And.Contain("the engine's own data folder");

    [Fact]
    public void Every_problem_is_reported_at_once() =>
        Problems(""" "x": { "Kind": "folder", "Practices": ["1959", "195900"] } """).Should().Equal(
            "Sources:x:Practices: names more than one: a file's rows are one practice's",
            "Sources:x:Schedule: say when: either \"Schedule\", a cron expression such as \"30 2 * * *\", or \"Every\", such as \"15m\"",
            "Sources:x:File: is missing: the kind of file as the mappings name it, such as \"Patients file\"",
            "Sources:x:Path: is missing: the folder of this machine where files are dropped");

    [Fact]
    public void Sources_that_wait_for_one_another_are_refused() =>
        Problems($"{Source("a", "in-a", "*", "\"After\": \"c\"")}, {Source("b", "in-b", "*", "\"After\": \"a\"")}, {Source("c", "in-c", "*", "\"After\": \"b\"")}, {Source("d", "in-d", "*", "\"After\": \"a\"")}")
            .Should().Equal(
                "Sources:a:After: goes round in a circle: a after c after b after a",
                "Sources:b:After: goes round in a circle: b after a after c after b",
                "Sources:c:After: goes round in a circle: c after b after a after c");

    [Fact]
    public void Two_sources_may_look_at_one_folder_for_names_of_their_own_only()
    {
        Read($"{Source("a", "in", "patients*.csv")}, {Source("b", "in", "visits*.csv")}, {Source("c", "elsewhere", "*.csv")}").Should().HaveCount(3);
        Problems($"{Source("a", "in", "patients*.csv")}, {Source("b", "in", "*.csv")}").Should().ContainSingle()
            .Which.Should().StartWith("Sources:b:Pattern: *.csv and patients*.csv of a fit the same names, and both look at ");
    }

    private static string Source(string name, string path, string pattern, string more = "\"FilesMax\": 10") =>
        $$""" "{{name}}": { "Kind": "folder", "Practices": ["1959"], "Path": "{{path}}", "Pattern": "{{pattern}}", "File": "Patients file", "Every": "5m", {{more}} } """;

    private IReadOnlyList<string> Problems(string sources) =>
        FluentActions.Invoking(() => Read(sources)).Should().Throw<SettingsException>().Which.Problems;

    private IReadOnlyList<FileSourceSettings> Read(string sources)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" }, "195900": { "Zone": "America/Chicago", "Profile": "athena" } },
              "Sources": { {{sources}} }
            }
            """);
        return SettingsReader.Read(file, []).FileSources;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
