using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>How the database is reached, and whether it may be trusted with messages.</summary>
internal static class PostgresAddress
{
    /// <summary>
    /// What ends the transaction where its commit would be said before it is on disk: settings can change after the
    /// start, and for one connection only.
    /// </summary>
    public const string RequireSync = $"""
        engine_require(
            current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'
            AND (current_setting('synchronous_commit') <> 'local' OR current_setting('synchronous_standby_names') = ''), '{Refusals.NotDurable}')
        """;

    private const int VersionMin = 15;

    /// <summary>
    /// What every connection of ours has, whatever role and database say. A cut connection is noticed within some ten seconds, and
    /// a transaction that its process forgot is ended, so that neither keeps rows. Questions are answered by indexes: a plan is
    /// made while a table is small, and must not be a scan when it has grown.
    /// </summary>
    private static readonly string[] _server =
    [
        "statement_timeout=0", "idle_in_transaction_session_timeout=20000", "default_transaction_isolation=read\\ committed", "default_transaction_read_only=off",
        "enable_seqscan=off", "enable_hashjoin=off", "enable_mergejoin=off", "jit=off", "plan_cache_mode=force_generic_plan", "tcp_keepalives_idle=5", "tcp_keepalives_interval=2", "tcp_keepalives_count=3", "tcp_user_timeout=11000", "DateStyle=ISO", "bytea_output=hex",
    ];

    /// <summary>Makes the connections; none is open yet.</summary>
    public static NpgsqlDataSource Open(StoreOptions options)
    {
        var address = new NpgsqlConnectionStringBuilder(options.Connection)
        {
            ApplicationName = $"InterfaceEngine {options.Node}".TrimEnd(),
            MaxPoolSize = options.ConnectionsMax,
            MaxAutoPrepare = 200,
            Timeout = (int)options.ConnectTimeout.TotalSeconds,
            CommandTimeout = (int)options.StatementTimeout.TotalSeconds,
            IncludeErrorDetail = false,

            // Nobody leaves anything behind on a connection: what is set is set for a transaction.
            NoResetOnClose = true,

            // A commit that waits for its replica must not be told to stop waiting: PostgreSQL would call that a success.
            CancellationTimeout = -1,
        };
        address.Options = $"{address.Options} -c lock_timeout={(int)options.LockTimeout.TotalMilliseconds}{string.Concat(_server.Select(setting => $" -c {setting}"))}".Trim();
        return new NpgsqlDataSourceBuilder(address.ConnectionString).Build();
    }

    /// <summary>Refuses a server that is too old, or that says "committed" before it is on disk.</summary>
    /// <exception cref="StoreOpenException">What is wrong with it.</exception>
    public static async Task CheckAsync(NpgsqlConnection connection, string place, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < VersionMin)
        {
            throw new StoreOpenException($"{place}: this is PostgreSQL {connection.PostgreSqlVersion}; {VersionMin} or later is needed. Nothing was changed.");
        }

        if (await ShowAsync("SELECT pg_backend_pid()::text") != connection.ProcessID.ToString(System.Globalization.CultureInfo.InvariantCulture) || await ShowAsync("SHOW enable_seqscan") != "off")
        {
            throw new StoreOpenException(
                $"{place}: something between here and the server hands out its connections (PgBouncer by transaction?), so that settings, locks and prepared statements are not ours. Go to the server itself, or pool by session. Nothing was changed.");
        }

        // Nothing may depend on a locale: another one, or another version of one, sorts keys otherwise than they were stored.
        var encoding = await ShowAsync("SHOW server_encoding");
        var collation = await ShowAsync("SELECT CASE WHEN datlocprovider = 'i' THEN 'of ICU' ELSE datcollate END FROM pg_database WHERE datname = current_database()");
        if (encoding != "UTF8" || collation is not ("C" or "POSIX" or "C.UTF-8" or "C.utf8"))
        {
            throw new StoreOpenException(
                $"{place}: the database has the encoding {encoding} and the collation {collation}; UTF8 and C are needed: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'. Nothing was changed.");
        }

        foreach (var (setting, bad) in ((string, string)[])[("synchronous_commit", "off"), ("fsync", "off"), ("full_page_writes", "off")])
        {
            if (await ShowAsync($"SHOW {setting}") == bad)
            {
                throw new StoreOpenException(
                    $"{place}: the server has {setting} = {bad} for this user and database, so what it commits can be lost; an acknowledgement would promise what is not so. Turn it on. Nothing was changed.");
            }
        }

        async Task<string?> ShowAsync(string sql)
        {
            await using var show = new NpgsqlCommand(sql, connection);
            return (string?)await show.ExecuteScalarAsync(cancellationToken);
        }
    }
}
