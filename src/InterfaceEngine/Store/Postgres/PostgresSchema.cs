using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// The schema on PostgreSQL, as numbered migrations: a number means the same on every database. What a column holds is
/// told where the embedded store's schema tells it (<see cref="Sqlite.SqliteSchema"/>); here stands what differs.
/// The practice leads every key of a practice's rows, so that they can be distributed by practice. Hashes are kept as
/// <c>uuid</c>: 16 bytes without a length before them.
/// </summary>
internal static partial class PostgresSchema
{
    /// <summary>Held while a node migrates, so that two that start together do it once. Any number that nobody else uses.</summary>
    private const long MigrationLock = 0x49456E67_0001;

    /// <summary>How long one migration may take, and so how long a node waits for another's.</summary>
    private static readonly TimeSpan _migrationTimeout = TimeSpan.FromHours(1);

    public static int Version => Migrations[^1].Number;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(12, "messages, records, deliveries, ledger", $"{First}\n{Outgoing}\n{Ledger}"),
        new(13, "copies of stores", Copies),
        new(14, "receipts in months", Parts),
        new(15, "nodes", Nodes),
        new(16, "what was dropped", Retention),
        new(17, "the practice of causes' and reviews' messages", Practices),
        new(18, "deployed mapping sets", DeployedSets) { ReadableFrom = 17 },
        new(19, "what is not emptied, causes and reviews by id", Guards) { ReadableFrom = 17 },
        new(Migration.FilesSince, "files of rows", FileRuns) { ReadableFrom = 19 },
        new(21, "readers of files", FileReaders) { ReadableFrom = 19 },
        new(22, "what connections to vendors remember", Connections) { ReadableFrom = 19 },
        new(23, "keys of programs, calls", Calls) { ReadableFrom = 19 },
        new(24, "runs that were dropped", RunRetention) { ReadableFrom = 19 },
        new(25, "deliveries by their record", DeliveriesOfRecord) { ReadableFrom = 19 },
    ];

    /// <summary>Brings the database up to this engine's schema and opens its keys, or leaves it as it was.</summary>
    /// <param name="openKey">Asked under the lock: whoever makes the store decides which key it has.</param>
    /// <param name="known">The last schema that the engine knows.</param>
    /// <exception cref="StoreOpenException">The schema is newer, or the keys are another master key's.</exception>
    public static async Task<KeyRing> OpenAsync(NpgsqlConnection connection, string place, MasterKeyOpener openKey, long now, CancellationToken cancellationToken, int known = int.MaxValue)
    {
        known = Math.Min(known, Version);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({MigrationLock})", cancellationToken);
        var schema = await FindAsync(connection, place, known, cancellationToken);
        var isNew = !await HoldsKeysAsync(connection, cancellationToken);
        var masterKey = openKey(isNew);
        var database = new PostgresDatabase(connection); // Not to be closed with it: the connection is the caller's.
        if (!isNew)
        {
            KeyRing.Load(database, masterKey, place).Dispose();
        }

        await MigrateAsync(connection, schema, known, now, cancellationToken);
        KeyRing.Make(database, masterKey, "", now);
        await transaction.CommitAsync(cancellationToken);
        return KeyRing.Load(database, masterKey, place);
    }

    /// <summary>Whether a store was made here: the engine's own key is its last piece.</summary>
    public static async Task<bool> HoldsKeysAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await NumberAsync(connection, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('practice_keys')", cancellationToken) > 0
        && await NumberAsync(connection, "SELECT count(*) FROM practice_keys WHERE practice_id = ''", cancellationToken) > 0;

    /// <summary>The number of the last migration; 0 for an empty database.</summary>
    private static async Task<int> FindAsync(NpgsqlConnection connection, string place, int known, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS schema_version (version bigint PRIMARY KEY, name text NOT NULL, applied_at bigint NOT NULL)", cancellationToken);
        var schema = (int)await NumberAsync(connection, "SELECT coalesce(max(version), 0) FROM schema_version", cancellationToken);
        return schema <= known
            || await NumberAsync(connection, $"SELECT max(coalesce(readable_from, version)) FROM schema_version WHERE version > {known}", cancellationToken) <= known
            ? schema
            : throw new StoreOpenException($"{place}: the store has schema {schema}, and this engine knows schemas up to {known}. Run the newer engine. Nothing was changed.");
    }

    private static async Task MigrateAsync(NpgsqlConnection connection, int from, int known, long now, CancellationToken cancellationToken)
    {
        foreach (var migration in Migrations.Where(migration => migration.Number > from && migration.Number <= known))
        {
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
            await using var note = new NpgsqlCommand("INSERT INTO schema_version (version, name, applied_at) VALUES ($1, $2, $3)", connection)
            {
                Parameters = { new() { Value = (long)migration.Number }, new() { Value = migration.Name }, new() { Value = now } },
            };
            await note.ExecuteNonQueryAsync(cancellationToken);
            if (migration.ReadableFrom is { } oldest)
            {
                await ExecuteAsync(connection, $"UPDATE schema_version SET readable_from = {oldest} WHERE version = {migration.Number}", cancellationToken);
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)_migrationTimeout.TotalSeconds };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<long> NumberAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private const string First = """
        -- Ends the transaction when a promise is not met, with the code that says which one.
        CREATE FUNCTION engine_require(is_met boolean, code text) RETURNS void LANGUAGE plpgsql AS $$
            BEGIN
                IF NOT is_met THEN
                    RAISE EXCEPTION 'what was read has changed meanwhile' USING ERRCODE = code;
                END IF;
            END $$;
        CREATE FUNCTION engine_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'rows of % are not changed or deleted', TG_TABLE_NAME;
            END $$;

        CREATE TABLE practice_keys (
            practice_id text   NOT NULL,
            version     bigint NOT NULL,
            master_key  text   NOT NULL,
            wrapped     bytea  NOT NULL,
            created_at  bigint NOT NULL,
            PRIMARY KEY (practice_id, version));

        -- By ranges of ids, which rise with time: what is too old is dropped as a whole.
        CREATE TABLE messages (
            practice_id text   NOT NULL,
            message_id  bigint NOT NULL,
            source      text   NOT NULL,
            received_at bigint NOT NULL,
            event       text   NOT NULL,
            state       text   NOT NULL CHECK (state IN ('applied', 'unchanged', 'duplicate', 'ignored', 'refused',
                                                         'quarantined', 'parked', 'ready', 'held', 'dismissed')),
            code        text,
            mapping_set text,
            size        bigint NOT NULL,
            run_id      bigint NOT NULL,
            number      bigint NOT NULL,
            parent_id   bigint,
            key_version bigint NOT NULL,
            notes       bytea  NOT NULL,
            body        bytea  NOT NULL,
            PRIMARY KEY (practice_id, message_id)) PARTITION BY RANGE (message_id);
        CREATE TABLE messages_rest PARTITION OF messages DEFAULT;
        -- Sealed bytes don't get smaller.
        ALTER TABLE messages ALTER notes SET STORAGE EXTERNAL, ALTER body SET STORAGE EXTERNAL;
        -- For people, who name a message without its practice.
        CREATE INDEX messages_by_id ON messages (message_id);
        CREATE INDEX messages_waiting ON messages (state, message_id)
            WHERE state IN ('refused', 'quarantined', 'parked', 'ready', 'held');
        CREATE INDEX messages_by_number ON messages (run_id, number, state);

        CREATE TABLE receipts (
            practice_id      text   NOT NULL,
            week             bigint NOT NULL,
            control_hash     uuid   NOT NULL,
            fingerprint_hash uuid   NOT NULL,
            message_id       bigint NOT NULL,
            PRIMARY KEY (practice_id, week, control_hash, fingerprint_hash));

        CREATE TABLE parked (
            practice_id text   NOT NULL,
            alias_hash  uuid   NOT NULL,
            message_id  bigint NOT NULL,
            PRIMARY KEY (practice_id, alias_hash, message_id));
        CREATE INDEX parked_messages ON parked (message_id);

        CREATE TABLE records (
            practice_id      text   NOT NULL,
            record_id        bigint NOT NULL,
            type             text   NOT NULL,
            version          bigint NOT NULL CHECK (version > 0),
            event_at         bigint,
            updated_at       bigint NOT NULL,
            changed_sequence bigint NOT NULL,
            key_version      bigint NOT NULL,
            document         bytea  NOT NULL,
            PRIMARY KEY (practice_id, record_id)) WITH (fillfactor = 85);
        ALTER TABLE records ALTER document SET STORAGE EXTERNAL;
        CREATE INDEX records_of_type ON records (practice_id, type, record_id);

        CREATE TABLE aliases (
            practice_id text    NOT NULL,
            group_hash  integer NOT NULL,
            alias_hash  uuid    NOT NULL,
            record_id   bigint  NOT NULL,
            PRIMARY KEY (practice_id, group_hash, alias_hash));

        CREATE TABLE look_ups (
            practice_id text   NOT NULL,
            key_hash    uuid   NOT NULL,
            record_id   bigint NOT NULL,
            PRIMARY KEY (practice_id, key_hash, record_id));

        -- The last change of each practice. Its row is locked from the change to the commit: so the sequence has no gaps,
        -- and who has read through a number has seen everything up to it.
        CREATE TABLE practice_sequences (
            practice_id text   PRIMARY KEY,
            last        bigint NOT NULL) WITH (fillfactor = 50);
        CREATE TABLE changes (
            practice_id  text   NOT NULL,
            sequence     bigint NOT NULL,
            message_id   bigint,
            unit_id      bigint NOT NULL,
            committed_at bigint NOT NULL,
            key_version  bigint NOT NULL,
            document     bytea  NOT NULL,
            PRIMARY KEY (practice_id, sequence, committed_at)) PARTITION BY RANGE (committed_at);
        CREATE TABLE changes_rest PARTITION OF changes DEFAULT;
        ALTER TABLE changes ALTER document SET STORAGE EXTERNAL;

        CREATE TABLE reviews (
            practice_id text   NOT NULL,
            review_id   bigint NOT NULL,
            kind        text   NOT NULL,
            key_hash    uuid   NOT NULL,
            state       text   NOT NULL CHECK (state IN ('open', 'accepted', 'dismissed')),
            first_seen  bigint NOT NULL,
            last_seen   bigint NOT NULL,
            sightings   bigint NOT NULL,
            key_version bigint NOT NULL,
            detail      bytea  NOT NULL,
            PRIMARY KEY (practice_id, review_id));
        CREATE INDEX reviews_by_key ON reviews (practice_id, key_hash);
        CREATE INDEX reviews_by_state ON reviews (state, review_id);
        CREATE TABLE review_messages (
            review_id  bigint NOT NULL,
            message_id bigint NOT NULL,
            PRIMARY KEY (review_id, message_id));

        CREATE TABLE audit (
            sequence    bigint PRIMARY KEY,
            at          bigint NOT NULL,
            actor       text   NOT NULL,
            action      text   NOT NULL,
            practice_id text,
            entry_id    bigint NOT NULL,
            key_version bigint NOT NULL,
            document    bytea  NOT NULL,
            chain       bytea  NOT NULL);
        CREATE INDEX audit_of_practice ON audit (practice_id, sequence);
        CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION engine_refuse_change();

        CREATE TABLE mapping_sets (
            hash    text   PRIMARY KEY,
            kept_at bigint NOT NULL,
            content bytea  NOT NULL);
        """;
}
