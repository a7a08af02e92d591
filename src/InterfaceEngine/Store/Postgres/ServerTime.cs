using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// The database's time, as well as a process can tell it without asking each time: what nodes write for each other (when a
/// delivery is due) must not depend on whose clock is right. Asked for at the start and every ten seconds; in between it goes on
/// with the time that has passed here, whatever is done to the local clock.
/// </summary>
internal sealed class ServerTime : TimeProvider
{
    private readonly TimeProvider _local;
    private Reading _reading;

    private ServerTime(TimeProvider local, Reading reading)
    {
        (_local, _reading) = (local, reading);
    }

    /// <summary>How long ago the database was asked, by the local clock.</summary>
    public TimeSpan Age => _local.GetElapsedTime(Volatile.Read(ref _reading).At);

    public static async Task<ServerTime> AskAsync(NpgsqlConnection connection, TimeProvider local, CancellationToken cancellationToken) =>
        new(local, await ReadAsync(connection, local, cancellationToken));

    public async Task RefreshAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        Volatile.Write(ref _reading, await ReadAsync(connection, _local, cancellationToken));

    public override DateTimeOffset GetUtcNow()
    {
        var reading = Volatile.Read(ref _reading);
        return reading.Time + _local.GetElapsedTime(reading.At);
    }

    public override long GetTimestamp() => _local.GetTimestamp();

    public override long TimestampFrequency => _local.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _local.CreateTimer(callback, state, dueTime, period);

    private static async Task<Reading> ReadAsync(NpgsqlConnection connection, TimeProvider local, CancellationToken cancellationToken)
    {
        var asked = local.GetTimestamp();
        await using var command = new NpgsqlCommand("SELECT engine_now()", connection);
        var told = DateTimeOffset.FromUnixTimeMilliseconds((long)(await command.ExecuteScalarAsync(cancellationToken))!);

        // Told somewhere between the question and the answer.
        return new Reading(told + (local.GetElapsedTime(asked) / 2), local.GetTimestamp());
    }

    /// <param name="Time">What the database said.</param>
    /// <param name="At">When it said so, as a local timestamp.</param>
    private sealed record Reading(DateTimeOffset Time, long At);
}
