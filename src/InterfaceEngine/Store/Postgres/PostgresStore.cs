using InterfaceEngine.Core.Records;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// The store of several nodes: a PostgreSQL database that all of them use, encrypted row by row as the embedded one is. A node
/// holds no state of its own: identity, order and who does what come from rows.
/// </summary>
internal sealed class PostgresStore : SqlStore
{
    private const int AskersMax = 2;

    /// <summary>At the start: what can't be had soon is made within the hour.</summary>
    private const int PartitionAttempts = 3;

    private readonly NpgsqlDataSource _source;
    private readonly PostgresWriter _writer;
    private readonly PostgresLoader _loader;
    private readonly PostgresReaders[] _pools;
    private readonly PostgresSignals _signals;
    private bool _isClosed;

    private PostgresStore(
        StoreDescription description, NpgsqlDataSource source, KeyRing keys, PostgresWriter writer, PostgresReaders[] pools, PostgresSignals signals, StoreOptions options, IdSource ids, TimeProvider time)
        : base(description, keys, writer, pools[0], pools[1], signals, ids, time)
    {
        (_source, _writer, _pools, _signals) = (source, writer, pools, signals);
        _loader = new PostgresLoader(source, pools[0].Room, options);
        Retention = new PostgresRetention(source, writer, keys, options, time);
    }

    public override IRetentionStore Retention { get; }

    public override StoreCounters Counters => _writer.Counters;

    /// <summary>Whether the database holds a store. Changes nothing.</summary>
    /// <exception cref="StoreOpenException">It can't be asked.</exception>
    public static async Task<bool> ExistsAsync(StoreOptions options, CancellationToken cancellationToken)
    {
        await using var source = PostgresAddress.Open(options);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await PostgresSchema.HoldsKeysAsync(connection, cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            throw CantOpen(options, failure);
        }
    }

    /// <summary>Opens the database, and makes or migrates what is in it.</summary>
    /// <param name="options">Where, and its limits.</param>
    /// <param name="openKey">Asked while no other node can be making a store: of several that start first, one makes a key and the others need that one.</param>
    /// <param name="ids">For review items and causes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StoreOpenException">It can't be reached, is of a newer engine, is too old, does not sync what it commits, or belongs to another master key.</exception>
    public static async Task<PostgresStore> OpenAsync(StoreOptions options, MasterKeyOpener openKey, IdSource ids, TimeProvider time, CancellationToken cancellationToken)
    {
        var place = PostgresConnection.Place(options.Connection);
        var source = PostgresAddress.Open(options);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await PostgresAddress.CheckAsync(connection, place, cancellationToken);
            var now = time.GetUtcNow();
            var keys = await PostgresSchema.OpenAsync(connection, place, openKey, now.ToUnixTimeMilliseconds(), cancellationToken, options.SchemaMax);
            StoreMark.Refuse(new PostgresDatabase(connection), place); // Not to be closed with it: the connection is ours.
            await new Partitions(connection).MakeAheadAsync(now, PartitionAttempts, cancellationToken);
            var serverTime = options.UsesServerTime ? await ServerTime.AskAsync(connection, time, cancellationToken) : null;
            var description = new StoreDescription("postgres", connection.PostgreSqlVersion.ToString(), place, Math.Min(options.SchemaMax, PostgresSchema.Version)) { IsShared = true };
            PostgresReaders[] pools = [new(source, keys, options, options.ReadersMax), new(source, keys, options, AskersMax)];
            var clock = serverTime ?? time;
            return new PostgresStore(description, source, keys, new PostgresWriter(source, keys, options, clock), pools, new PostgresSignals(source, serverTime), options, ids, clock);
        }
        catch (Exception failure)
        {
            await source.DisposeAsync();
            if (failure is NpgsqlException)
            {
                throw CantOpen(options, failure);
            }

            throw;
        }
    }

    public override async ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken)
    {
        var now = Now();
        return (Keys.Find(practice) ?? await _pools[0].ReadAsync(practice, static (reader, practice) => reader.KeysOf(practice), cancellationToken)) is { } keys
            ? await _loader.LoadAsync(new SealedQuery(query, keys.Hashing, now), keys, now, cancellationToken)
            : LoadedRecords.Empty;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        await CallLog.DisposeAsync();
        await _loader.DisposeAsync();
        await _writer.DisposeAsync();
        await _signals.DisposeAsync();
        foreach (var pool in _pools)
        {
            await pool.DisposeAsync();
        }

        await _source.DisposeAsync();
        Keys.Dispose();
    }

    private static StoreOpenException CantOpen(StoreOptions options, Exception failure) =>
        new($"{PostgresConnection.Place(options.Connection)}: {failure.InWords()}. Nothing was changed.", failure);

    protected override Task<CommitResult> CommitAsync(SealedUnit unit, CancellationToken cancellationToken) => _writer.RunAsync(new CommitJob(unit), cancellationToken);
}
