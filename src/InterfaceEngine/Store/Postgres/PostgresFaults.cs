using System.Net.Sockets;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>What a failure of PostgreSQL means for the units that met it. Its messages are not passed on: they may quote values.</summary>
internal static class PostgresFaults
{
    /// <summary>Gone as if it had not begun; the same again may well pass.</summary>
    public static bool IsPassing(this PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable;

    /// <summary>A refusal that one of the units brought on: written in smaller parts, the others pass.</summary>
    public static bool IsAboutUnits(this PostgresException failure) => failure.SqlState switch
    {
        Refusals.Conflict or Refusals.Duplicate or Refusals.RunEnded or Refusals.NotPlain => true,
        _ => failure.IsOfRow(),
    };

    /// <summary>A row breaks a rule of the schema, or holds what no column of its type can.</summary>
    public static bool IsOfRow(this PostgresException failure) => failure.SqlState is ['2', '1' or '2' or '3', ..];

    /// <summary>A new row's id is taken.</summary>
    public static bool IsOfIds(this PostgresException failure) =>
        failure.TableName is { } table && (table.StartsWith("messages", StringComparison.Ordinal) || table.StartsWith("records", StringComparison.Ordinal));

    /// <summary>The server, the network or the disk, whatever the units held.</summary>
    public static bool IsOfTheServer(this Exception failure) => failure switch
    {
        PostgresException { SqlState: Refusals.NotDurable } => true,
        PostgresException { SqlState: var state } => state[..2] is "08" or "53" or "57" or "58" or "25" or "28" or "3D",
        NpgsqlException or SocketException or TimeoutException or IOException => true,
        _ => false,
    };

    /// <summary>In words for a log, without what the server says of rows.</summary>
    public static string InWords(this Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => "PostgreSQL refuses the user or the password",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "PostgreSQL has no such database",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => "PostgreSQL does not allow the user to do this: it needs a schema of its own, or CREATE and USAGE on the one it is to use",
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => "PostgreSQL takes no more connections",
        PostgresException { SqlState: Refusals.NotDurable } => "PostgreSQL has been told to say \"committed\" before it is on disk",
        NotReplicatedException => "a commit is not on the replica that it has to be on",
        PostgresException { SqlState: var state, TableName: var table } => $"PostgreSQL answered {state}{(table is null ? "" : $" for table {table}")}",
        NpgsqlException { InnerException: SocketException { SocketErrorCode: var code } } => $"PostgreSQL can't be reached: {code}",
        NpgsqlException { InnerException: TimeoutException } => "PostgreSQL did not answer in time",
        _ => $"PostgreSQL can't be reached: {failure.GetType().Name}",
    };

    /// <summary>What a unit's sender is told: its own row broke a rule of the schema, or the store can't promise anything now.</summary>
    public static Exception OfUnit(Exception failure) => failure is PostgresException { SqlState: ['2', '1' or '2' or '3', ..] and not PostgresErrorCodes.UniqueViolation }
        ? new InvalidOperationException($"A row breaks a rule of the schema: {failure.InWords()}.")
        : Unavailable(failure);

    public static StoreUnavailableException Unavailable(Exception failure) =>
        new($"The store could not commit, and nothing of this unit is known to be stored: {failure.InWords()}.", failure);
}
