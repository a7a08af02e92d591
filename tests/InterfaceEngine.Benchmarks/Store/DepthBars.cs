using InterfaceEngine.Benchmarks.Intake;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Store;
using Npgsql;

namespace InterfaceEngine.Benchmarks.Store;

/// <summary>
/// Does intake get slower as messages pile up? Two stores that began as the same one, with the same patients: one of them is given
/// millions of old messages, with their receipts and changes. An engine on each is measured in turn; the middle of the ratios counts.
/// </summary>
/// <param name="repository">Where the shipped mappings are.</param>
internal sealed class DepthBars(string repository)
{
    private const int Rounds = 5;
    private const int Connections = 16;
    private const int Measured = 20_000;
    private const int Patients = 20_000;
    private const double LeastShare = 0.9;

    private readonly Traffic _traffic = new();
    private readonly TrafficPlan _plan = new(seed: 1);

    /// <summary>The embedded store.</summary>
    public Bar MeasureSqlite(int messages) => InFolders((shallow, deep) =>
    {
        Preload(shallow);
        Directory.CreateDirectory(deep.Data);
        foreach (var file in Directory.EnumerateFiles(shallow.Data, "store.db*"))
        {
            File.Copy(file, Path.Combine(deep.Data, Path.GetFileName(file)));
        }

        OldMessages.AddToSqlite(Path.Combine(deep.Data, StoreFiles.Database), messages);
        return Compare("SQLite", messages, shallow, deep);
    });

    /// <summary>A PostgreSQL server.</summary>
    /// <param name="messages">How many are stored in the one.</param>
    /// <param name="connection">Leads to any database of a server on which databases may be made.</param>
    public Bar MeasurePostgres(int messages, string connection) => InFolders((shallow, deep) =>
    {
        using var first = BenchDatabase.New(connection, "shallow");
        first.Give(shallow, "shallow", shallow.MasterKey);
        Preload(shallow);
        NpgsqlConnection.ClearAllPools();
        using var second = first.Copy("deep");
        second.Give(deep, "deep", shallow.MasterKey);
        OldMessages.AddToPostgres(second.Address, messages);
        return Compare("PostgreSQL", messages, shallow, deep);
    });

    private Bar InFolders(Func<WorkFolder, WorkFolder, Bar> measure) => BenchEngine.InFolder(repository, one => BenchEngine.InFolder(repository, two => measure(one, two)));

    private Bar Compare(string store, int messages, WorkFolder shallow, WorkFolder deep)
    {
        if (!File.Exists(deep.MasterKey))
        {
            File.Copy(shallow.MasterKey, deep.MasterKey);
        }

        using var first = new BenchEngine(shallow);
        using var second = new BenchEngine(deep);
        first.Start();
        second.Start();
        var (load, other) = (new LoadGenerator(_traffic, shallow.Port), new LoadGenerator(_traffic, deep.Port));
        load.Run(Connections, Measured, _plan.Next);
        other.Run(Connections, Measured, _plan.Next);
        var shares = new List<double>();
        for (var round = 1; round <= Rounds; round++)
        {
            var (few, many) = (load.Run(Connections, Measured, _plan.Next), other.Run(Connections, Measured, _plan.Next));
            shares.Add(many.PerSecond / few.PerSecond);
            Console.WriteLine($"{store}: {messages:N0} stored {many.PerSecond,8:N0}/s  p50 {many.P50.TotalMilliseconds,6:F2} ms | few {few.PerSecond,8:N0}/s  p50 {few.P50.TotalMilliseconds,6:F2} ms | {shares[^1]:P0}");
        }

        return new Bar($"{store} intake at {messages:N0} stored messages", shares.Order().ElementAt(Rounds / 2), "of few", LeastShare, IsLeast: true);
    }

    private void Preload(WorkFolder folder)
    {
        using var engine = new BenchEngine(folder);
        engine.Start();
        new LoadGenerator(_traffic, folder.Port).Run(64, Patients, _plan.Preload);
    }
}
