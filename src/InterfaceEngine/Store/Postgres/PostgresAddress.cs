using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>How the database is reached, and whether it may be trusted with messages.</summary>
internal static class PostgresAddress
{
    private const int VersionMin = 15;

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
        };
        address.Options = $"{address.Options} -c lock_timeout={(int)options.LockTimeout.TotalMilliseconds} -c idle_in_transaction_session_timeout=300000".Trim();
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

        foreach (var (setting, bad) in ((string, string)[])[("synchronous_commit", "off"), ("fsync", "off"), ("full_page_writes", "off")])
        {
            await using var show = new NpgsqlCommand($"SHOW {setting}", connection);
            if ((string?)await show.ExecuteScalarAsync(cancellationToken) == bad)
            {
                throw new StoreOpenException(
                    $"{place}: the server has {setting} = {bad} for this user and database, so what it commits can be lost; an acknowledgement would promise what is not so. Turn it on. Nothing was changed.");
            }
        }
    }
}
