using InterfaceEngine.Core.Practices;
using InterfaceEngine.Exports;
using InterfaceEngine.Files;
using NodaTime;

namespace InterfaceEngine;

/// <content>Exports of schedules.</content>
internal sealed partial class SettingsReader
{
    private static readonly string[] _exportKinds = ["folder", "sftp"];

    private List<ExportOptions> ReadExports(List<Practice> practices)
    {
        var exports = new List<ExportOptions>();
        foreach (var (name, section) in _root.Map("Exports"))
        {
            if (!NameForm().IsMatch(name))
            {
                _root.Problem($"Exports:{name}", "an export's name has letters, digits, _ and - only");
            }

            exports.Add(ReadExport(name, section, practices));
            section.Close();
        }

        return exports;
    }

    private ExportOptions ReadExport(string name, SettingsSection section, List<Practice> practices)
    {
        var bound = ReadBoundPractices(section, practices, "the practice whose appointments are exported");
        if (bound.Count > 1)
        {
            section.Problem("Practices", "names more than one: a file's rows are one practice's");
        }

        var practice = practices.Find(one => bound.Contains(one.Id));
        var isServer = (section.Choice("Kind", _exportKinds) ?? _exportKinds[0]) == "sftp";
        var defaults = new ExportOptions
        {
            Name = name,
            Practice = practice?.Id ?? "",
            Path = isServer ? section.Text("Path", "") : FullPath(section, "Path", "the folder of this machine that files are written to"),
            Server = isServer ? ReadSftp(section.Section("Server")) : null,
            Schedule = ReadSchedule(section, practice?.Zone ?? DateTimeZone.Utc),
        };
        var options = defaults with
        {
            File = section.Text(nameof(defaults.File), defaults.File),
            FileName = section.Text(nameof(defaults.FileName), defaults.FileName),
            DaysBack = section.Number(nameof(defaults.DaysBack), defaults.DaysBack, 0, 3650, "a number of days"),
            DaysAhead = section.Number(nameof(defaults.DaysAhead), defaults.DaysAhead, 0, 3650, "a number of days"),
            Rows = section.Choice(nameof(defaults.Rows), Enum.GetNames<ExportedRows>()) is { } rows ? Enum.Parse<ExportedRows>(rows) : defaults.Rows,
            Count = section.Choice(nameof(defaults.Count), Enum.GetNames<ExportedCount>()) is { } count ? Enum.Parse<ExportedCount>(count) : defaults.Count,
            Readers = section.Choice(nameof(defaults.Readers), Enum.GetNames<FileReaders>()) is { } readers ? Enum.Parse<FileReaders>(readers) : defaults.Readers,
            RowsMax = section.Number(nameof(defaults.RowsMax), defaults.RowsMax, 1, 10_000_000, "a number of rows"),
        };
        if (!PlacePath.IsName(options.FileName) || options.FileName.StartsWith('.'))
        {
            section.Problem(nameof(options.FileName), $"{options.FileName} is not a name of a file, such as {defaults.FileName}");
        }

        if (options.Rows == ExportedRows.Changed && !options.FileName.Contains("{time}", StringComparison.Ordinal))
        {
            section.Problem(nameof(options.FileName), "needs {time} with \"Rows\": \"Changed\": a second file of a day would take the place of the first, and its rows would be lost");
        }

        return options;
    }
}
