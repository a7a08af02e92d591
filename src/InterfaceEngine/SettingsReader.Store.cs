using InterfaceEngine.Nodes;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;

namespace InterfaceEngine;

/// <content>The store, and who this engine is among those that share it.</content>
internal sealed partial class SettingsReader
{
    private const UnixFileMode OthersMask =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly string[] _ofTheEmbedded =
        [nameof(StoreOptions.CheckpointPages), nameof(StoreOptions.LogBytesMax), nameof(StoreOptions.LogWait), nameof(StoreOptions.LogPause), nameof(StoreOptions.CacheBytes)];

    private static readonly string[] _ofADatabase =
    [
        nameof(StoreOptions.Connection), "ConnectionFile", "AllowsPlain", nameof(StoreOptions.ConnectionsMax), nameof(StoreOptions.ConnectTimeout),
        nameof(StoreOptions.StatementTimeout), nameof(StoreOptions.LockTimeout),
    ];

    private StoreOptions ReadStore(SettingsSection section)
    {
        const int Gigabyte = 1024 * 1024 * 1024;
        var defaults = new StoreOptions();
        var kinds = Catalog.StoreKinds.Select(one => one.Name).ToList();
        var isKindSaid = section.Has(nameof(defaults.Kind));
        var kind = section.Choice(nameof(defaults.Kind), kinds);
        var options = new StoreOptions
        {
            Kind = kind ?? kinds[0],
            ReceiptMemory = section.Duration(nameof(defaults.ReceiptMemory), defaults.ReceiptMemory, TimeSpan.FromHours(1), TimeSpan.FromDays(3650)),
            BatchUnitsMax = section.Number(nameof(defaults.BatchUnitsMax), defaults.BatchUnitsMax, 1, 10_000, "a number of units"),
            BatchBytesMax = section.Bytes(nameof(defaults.BatchBytesMax), defaults.BatchBytesMax, 64 * 1024, Gigabyte),
            QueueUnitsMax = section.Number(nameof(defaults.QueueUnitsMax), defaults.QueueUnitsMax, 1, 1_000_000, "a number of units"),
            ReadersMax = section.Number(nameof(defaults.ReadersMax), defaults.ReadersMax, 1, 256, "a number of connections"),
            CheckpointPages = section.Number(nameof(defaults.CheckpointPages), defaults.CheckpointPages, 100, 1_000_000, "a number of pages"),
            LogBytesMax = section.Bytes(nameof(defaults.LogBytesMax), defaults.LogBytesMax, 1024 * 1024, Gigabyte),
            LogWait = section.Duration(nameof(defaults.LogWait), defaults.LogWait, TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            LogPause = section.Duration(nameof(defaults.LogPause), defaults.LogPause, TimeSpan.Zero, TimeSpan.FromHours(1)),
            CacheBytes = section.Bytes(nameof(defaults.CacheBytes), defaults.CacheBytes, 1024 * 1024, Gigabyte),
            LookUpRecordsMax = section.Number(nameof(defaults.LookUpRecordsMax), defaults.LookUpRecordsMax, 1, 1_000_000, "a number of records"),
        };
        options = ReadDatabase(section, options);
        if (kind is not null || !isKindSaid)
        {
            var isEmbedded = !Catalog.KindOf(options).IsShared;
            foreach (var name in (isEmbedded ? _ofADatabase : _ofTheEmbedded).Where(section.Has))
            {
                section.Problem(name, $"is a setting of Kind {kinds.First(other => other != options.Kind)}, and this store is of Kind {options.Kind}");
            }
        }

        section.Close();
        return options;
    }

    private StoreOptions ReadDatabase(SettingsSection section, StoreOptions options)
    {
        var (second, hour) = (TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        options = options with
        {
            ConnectionsMax = section.Number(nameof(options.ConnectionsMax), options.ConnectionsMax, 1, 1000, "a number of connections"),
            ConnectTimeout = section.Duration(nameof(options.ConnectTimeout), options.ConnectTimeout, second, TimeSpan.FromMinutes(10)),
            StatementTimeout = section.Duration(nameof(options.StatementTimeout), options.StatementTimeout, second, hour),
            LockTimeout = section.Duration(nameof(options.LockTimeout), options.LockTimeout, TimeSpan.FromMilliseconds(10), hour),
        };
        var allowsPlain = section.Flag("AllowsPlain", false);
        var (said, file) = (section.Text(nameof(options.Connection)), FilePath(section, "ConnectionFile"));
        if (options.Kind != "postgres")
        {
            return options;
        }

        if (options.ConnectionsMax < options.ConnectionsMin)
        {
            section.Problem(nameof(options.ConnectionsMax), $"{options.ConnectionsMax} are too few: {options.ReadersMax} readers (ReadersMax) and {options.ConnectionsMin - options.ReadersMax} more are needed");
        }

        if (options.LockTimeout >= options.StatementTimeout)
        {
            section.Problem(nameof(options.LockTimeout), $"is not shorter than {nameof(options.StatementTimeout)}: a statement that waits for a row would be broken off before it could say so");
        }

        var name = file is null ? nameof(options.Connection) : "ConnectionFile";
        if (said is not null && file is not null)
        {
            section.Problem(name, $"and {nameof(options.Connection)} are both there: say one of them");
            return options;
        }

        if (file is not null)
        {
            (said, var fault) = ReadSecret(file);
            if (fault is not null)
            {
                section.Problem(name, fault);
            }
        }
        else if (said is null)
        {
            section.Problem(name, "is missing: where the database is, e.g. \"Host=db1;Database=engine;Username=engine\". With a password in it, name a file that holds it (ConnectionFile) or the environment's INTERFACE_ENGINE__Store__Connection");
        }

        if (said is null)
        {
            return options;
        }

        var problems = new List<string>();
        var connection = PostgresConnection.Read(said, allowsPlain, problems);
        problems.ForEach(problem => section.Problem(name, problem));
        return options with { Connection = connection };
    }

    /// <summary>The text of a file that only its owner can read, or why it is none.</summary>
    private static (string? Text, string? Fault) ReadSecret(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & OthersMask) != 0)
            {
                return (null, $"{file} can be read by others: give it to its owner only (chmod 600)");
            }

            return File.ReadAllText(file).Trim() is { Length: > 0 } text ? (text, null) : (null, $"{file} holds nothing");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, $"{file} can't be read");
        }
    }

    private static NodeOptions ReadNode(SettingsSection section)
    {
        var options = new NodeOptions();
        var name = section.Text(nameof(options.Name), options.Name);
        if (!NodeNameForm().IsMatch(name))
        {
            section.Problem(nameof(options.Name), section.Has(nameof(options.Name))
                ? $"{name} has other signs than letters, digits, '.', '_' and '-', or more than {NodeOptions.NameLengthMax}"
                : "is missing, and the machine's own name can't be taken: it has other signs than letters, digits, '.', '_' and '-', or is too long");
        }

        var beatEvery = section.Duration(nameof(options.BeatEvery), options.BeatEvery, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        var life = section.Duration(nameof(options.Life), options.Life, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        if (life < beatEvery * 2)
        {
            section.Problem(nameof(options.Life), $"{life.TotalSeconds:0.###} seconds are shorter than two of {nameof(options.BeatEvery)}: one that comes late would make this node dead to the others");
        }

        section.Close();
        return new NodeOptions { Name = name, BeatEvery = beatEvery, Life = life };
    }

    [System.Text.RegularExpressions.GeneratedRegex("^[A-Za-z0-9._-]{1,64}$")]
    private static partial System.Text.RegularExpressions.Regex NodeNameForm();
}
