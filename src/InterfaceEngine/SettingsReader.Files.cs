using System.Text.RegularExpressions;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Packed;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Files;
using NodaTime;

namespace InterfaceEngine;

/// <content>Sources of files.</content>
internal sealed partial class SettingsReader
{
    private const long GiB = 1024L * 1024 * 1024;

    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private FileSourceSettings ReadFileSource(string kind, string name, SettingsSection section, List<Practice> practices)
    {
        var format = section.Choice("Format", Enum.GetNames<FileFormat>()) is { } word ? Enum.Parse<FileFormat>(word) : FileFormat.Csv;
        var binding = format == FileFormat.Hl7
            ? ReadBinding(name, section, practices)
            : new SourceBinding { Name = name, Practices = ReadBoundPractices(section, practices, "the practice whose rows they are") };
        if (binding.Practices.Count > 1)
        {
            section.Problem("Practices", "names more than one: a file's rows are one practice's");
        }

        var practice = binding.Practices.Count > 0 ? binding.Practices[0] : "";
        var zone = practices.Find(one => one.Id == practice)?.Zone ?? DateTimeZone.Utc;
        var options = ReadFileOptions(section, practice, zone, format);
        return kind == "sftp"
            ? new FileSourceSettings(kind, binding, options, section.Text("Path", ""), ReadSftp(section.Section("Server")))
            : new FileSourceSettings(kind, binding, options, FullPath(section, "Path", "the folder of this machine where files are dropped"));
    }

    private FileSourceOptions ReadFileOptions(SettingsSection section, string practice, DateTimeZone zone, FileFormat format)
    {
        var defaults = new FileSourceOptions { Practice = practice, Schedule = ReadSchedule(section, zone) };
        var options = defaults with
        {
            Folder = Below(section, nameof(defaults.Folder)) ?? defaults.Folder,
            Pattern = new NamePattern(section.Text(nameof(defaults.Pattern), defaults.Pattern.Text)),
            Order = section.Choice(nameof(defaults.Order), Enum.GetNames<FileOrder>()) is { } order ? Enum.Parse<FileOrder>(order) : defaults.Order,
            Format = format,
            File = format == FileFormat.Hl7 ? "" : section.Required(nameof(defaults.File), "the kind of file as the mappings name it, such as \"Patients file\""),
            Finished = section.Choice(nameof(defaults.Finished), Enum.GetNames<FinishedRule>()) is { } rule ? Enum.Parse<FinishedRule>(rule) : defaults.Finished,
            UnchangedFor = section.Duration(nameof(defaults.UnchangedFor), defaults.UnchangedFor, TimeSpan.FromMilliseconds(100), _day),
            GrowingFor = section.Duration(nameof(defaults.GrowingFor), defaults.GrowingFor, TimeSpan.Zero, _day),
            Markers = section.List(nameof(defaults.Markers)) ?? defaults.Markers,
            FileBytesMax = section.Bytes(nameof(defaults.FileBytesMax), defaults.FileBytesMax, 1024, 1024 * GiB),
            Unpack = ReadUnpack(section),
            Limits = new FolderLimits { EntriesMax = section.Number(nameof(defaults.Limits.EntriesMax), defaults.Limits.EntriesMax, 1, 10_000_000, "a number of entries") },
            FilesMax = section.Number(nameof(defaults.FilesMax), defaults.FilesMax, 1, 100_000, "a number of files"),
            Afterwards = section.Choice(nameof(defaults.Afterwards), Enum.GetNames<Afterwards>()) is { } after ? Enum.Parse<Afterwards>(after) : defaults.Afterwards,
            Done = Below(section, nameof(defaults.Done)) ?? defaults.Done,
            Failed = Below(section, nameof(defaults.Failed)) ?? defaults.Failed,
            Readers = section.Choice(nameof(defaults.Readers), Enum.GetNames<FileReaders>()) is { } readers ? Enum.Parse<FileReaders>(readers) : defaults.Readers,
            Rejects = Below(section, nameof(defaults.Rejects)),
            Reports = Below(section, nameof(defaults.Reports)),
            ExpectBy = ReadExpectBy(section, zone),
            ExpectWithin = section.Duration(nameof(defaults.ExpectWithin), defaults.ExpectWithin, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)),
            After = section.Text(nameof(defaults.After)),
            AfterTimeout = section.Duration(nameof(defaults.AfterTimeout), defaults.AfterTimeout, TimeSpan.Zero, _day),
            BackOffMin = section.Duration(nameof(defaults.BackOffMin), defaults.BackOffMin, TimeSpan.FromMilliseconds(100), _hour),
            BackOffMax = section.Duration(nameof(defaults.BackOffMax), defaults.BackOffMax, TimeSpan.FromMilliseconds(100), _day),
        };
        options = format == FileFormat.Hl7
            ? options with
            {
                Replies = Below(section, nameof(defaults.Replies)),
                MessageBytesMax = section.Bytes(nameof(defaults.MessageBytesMax), defaults.MessageBytesMax, 1024, 256 * 1024 * 1024),
            }
            : options with { Rows = ReadRowRules(section) };
        CheckFileOptions(section, options);
        return options;
    }

    /// <summary>Null for files that are read as they are.</summary>
    private UnpackOptions? ReadUnpack(SettingsSection section)
    {
        var defaults = new UnpackOptions();
        var gpg = section.OptionalSection(nameof(defaults.Gpg));
        var options = new UnpackOptions
        {
            UnpackedBytesMax = section.Bytes(nameof(defaults.UnpackedBytesMax), defaults.UnpackedBytesMax, 1024, 1024 * GiB),
            RatioMax = section.Number(nameof(defaults.RatioMax), defaults.RatioMax, 2, 100_000, "how many times larger"),
            Gpg = gpg is null ? null : ReadGpg(gpg),
        };
        var isPacked = section.Flag("Unpack", true);
        if (!isPacked && gpg is not null)
        {
            section.Problem(nameof(defaults.Gpg), "has no effect with \"Unpack\": false");
        }

        return isPacked ? options : null;
    }

    private GpgOptions ReadGpg(SettingsSection section)
    {
        var defaults = new GpgOptions { Home = FullPath(section, "Home", "gpg's home folder with our secret key, the engine's own") };
        var options = defaults with
        {
            PassphraseFile = FilePath(section, nameof(defaults.PassphraseFile)),
            Program = section.Text(nameof(defaults.Program), defaults.Program),
            SilenceTimeout = section.Duration(nameof(defaults.SilenceTimeout), defaults.SilenceTimeout, _second, _hour),
        };
        section.Close();
        return options;
    }

    private static RowFileRules ReadRowRules(SettingsSection section)
    {
        var defaults = new RowFileRules();
        return new RowFileRules
        {
            Trailer = section.Text(nameof(defaults.Trailer)),
            SmallerThanUsual = section.Share(nameof(defaults.SmallerThanUsual), defaults.SmallerThanUsual),
            FullPicture = ReadFullPicture(section),
            RowsMax = section.Number(nameof(defaults.RowsMax), (int)defaults.RowsMax, 1, 1_000_000_000, "a number of rows"),
            RefusedMax = section.Number(nameof(defaults.RefusedMax), (int)defaults.RefusedMax, 0, 1_000_000_000, "a number of rows"),
            Extracted = ReadExtracted(section),
            ExtractedBefore = section.Duration(nameof(defaults.ExtractedBefore), defaults.ExtractedBefore, TimeSpan.Zero, _day),
        };
    }

    private static NameTime? ReadExtracted(SettingsSection section)
    {
        if (section.Text("Extracted") is not { } pattern)
        {
            return null;
        }

        try
        {
            return new NameTime(pattern);
        }
        catch (FormatException)
        {
            section.Problem("Extracted", $"'{pattern}' is no pattern of a date and time as it stands in the names of files, such as yyyyMMdd-HHmm");
            return null;
        }
    }

    private static void CheckFileOptions(SettingsSection section, FileSourceOptions options)
    {
        foreach (var name in new[] { nameof(options.UnchangedFor), nameof(options.GrowingFor) }.Where(name => options.Finished != FinishedRule.Unchanged && section.Has(name)))
        {
            section.Problem(name, $"has no effect with \"Finished\": \"{options.Finished.ToString().ToLowerInvariant()}\"");
        }

        if (options.Finished != FinishedRule.Marker && section.Has(nameof(options.Markers)))
        {
            section.Problem(nameof(options.Markers), "has no effect without \"Finished\": \"marker\"");
        }
        else if (options.Markers.Count == 0 || options.Markers.Any(marker => marker.Length < 2 || marker.Contains('/')))
        {
            section.Problem(nameof(options.Markers), "must be ends of names, such as \".done\"");
        }

        var folders = new[] { options.Done, options.Failed, options.Rejects, options.Reports, options.Replies }.OfType<string>();
        foreach (var folder in folders.GroupBy(folder => folder, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            section.Problem(nameof(options.Done), $"'{folder.Key}' is named for more than one of {nameof(options.Done)}, {nameof(options.Failed)}, {nameof(options.Rejects)}, {nameof(options.Reports)} and {nameof(options.Replies)}");
        }

        if (options.BackOffMax < options.BackOffMin)
        {
            section.Problem(nameof(options.BackOffMax), $"is less than {nameof(options.BackOffMin)}");
        }
    }

    private static ISchedule ReadSchedule(SettingsSection section, DateTimeZone zone)
    {
        var cron = section.Text("Schedule");
        var every = section.Duration("Every", TimeSpan.FromHours(1), _second, TimeSpan.FromDays(365));
        if (cron is null == !section.Has("Every"))
        {
            section.Problem("Schedule", "say when: either \"Schedule\", a cron expression such as \"30 2 * * *\", or \"Every\", such as \"15m\"");
        }

        if (cron is null)
        {
            return new IntervalSchedule(every);
        }

        try
        {
            return CronSchedule.Parse(cron, zone);
        }
        catch (FormatException wrong)
        {
            section.Problem("Schedule", $"'{cron}' is no cron expression: {wrong.Message}");
            return new IntervalSchedule(every);
        }
    }

    private static CronSchedule? ReadExpectBy(SettingsSection section, DateTimeZone zone)
    {
        if (section.Text("ExpectBy") is not { } text)
        {
            return null;
        }

        try
        {
            var time = TimeOfDayForm().Match(text);
            return time.Success
                ? CronSchedule.Parse($"{time.Groups["minute"].Value} {time.Groups["hour"].Value} * * {(time.Groups["days"] is { Success: true } days ? days.Value : "*")}", zone)
                : throw new FormatException("a time of the day is expected, such as 06:30, with days of the week if not on all: 06:30 MON-FRI");
        }
        catch (FormatException wrong)
        {
            section.Problem("ExpectBy", $"'{text}': {wrong.Message}");
            return null;
        }
    }

    /// <summary>A folder below the source's place; null when it is not set. Nothing may lead out of it, or back to it.</summary>
    private static string? Below(SettingsSection section, string name)
    {
        if (section.Text(name) is not { } text)
        {
            return null;
        }

        var parts = text.Split('/');
        if (parts.Any(part => part is "" or "." or ".."))
        {
            section.Problem(name, $"'{text}' is not a folder below the source's place, such as {name.ToLowerInvariant()} or in/{name.ToLowerInvariant()}");
        }

        return text;
    }

    /// <summary>What can be seen only when all sources are known.</summary>
    private void CheckFileSources(List<FileSourceSettings> sources)
    {
        for (var index = 0; index < sources.Count; index++)
        {
            var one = sources[index];
            if (one.Server is null && one.Place.TrimEnd('/') == _data.TrimEnd('/'))
            {
                _root.Problem($"Sources:{one.Name}:Path", $"{one.Place} is the engine's own data folder: its store would be taken for files that were dropped. Name another folder");
            }

            foreach (var other in sources.Take(index).Where(other => other.Place == one.Place && other.Options.Pattern.Overlaps(one.Options.Pattern)))
            {
                _root.Problem($"Sources:{one.Name}:Pattern", $"{one.Options.Pattern} and {other.Options.Pattern} of {other.Name} fit the same names, and both look at {one.Place}: each file would be taken by one of them, and nobody knows which");
            }

            if (one.Options.After is { } after)
            {
                CheckAfter(one, after, sources);
            }
        }
    }

    private void CheckAfter(FileSourceSettings source, string after, List<FileSourceSettings> sources)
    {
        var names = sources.Select(one => one.Name).ToList();
        if (!names.Contains(after))
        {
            _root.Problem($"Sources:{source.Name}:After", $"{after} is not a source of files of these settings.{Spelling.DidYouMean(after, names)}");
            return;
        }

        var way = new List<string> { source.Name };
        for (var next = after; next is not null && !way.Contains(next); next = sources.FirstOrDefault(one => one.Name == next)?.Options.After)
        {
            way.Add(next);
        }

        if (sources.First(one => one.Name == way[^1]).Options.After == source.Name)
        {
            _root.Problem($"Sources:{source.Name}:After", $"goes round in a circle: {string.Join(" after ", way)} after {source.Name}");
        }
    }

    [GeneratedRegex("^(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2})( +(?<days>[A-Za-z0-9,-]+))?$")]
    private static partial Regex TimeOfDayForm();
}
