using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>
/// What a closed day's seal is over: the day's rows on both sides, as they were when it was sealed. Numbers that are
/// noted as unanswered afterwards are not under it.
/// </summary>
internal sealed class DaySeal(SqlStatement sources, SqlStatement counts, SqlStatement unanswered)
{
    public const string SourceRows = "SELECT source, run_id, first_number, last_number FROM source_days WHERE day = ?1 ORDER BY source, run_id";
    public const string CountRows = "SELECT source, run_id, state, messages FROM message_days WHERE day = ?1 ORDER BY source, run_id, state";
    public const string UnansweredRows = """
        SELECT kind, run_id, first_number, last_number FROM unanswered_numbers WHERE day = ?1 AND noted_at <= ?2 ORDER BY run_id, first_number
        """;

    /// <summary>The keyed hash that the day's seal must carry.</summary>
    public byte[] Chain(PracticeKeys engine, ReadOnlySpan<byte> before, long day, long sealedAt)
    {
        var writer = new DocumentWriter(1024);
        try
        {
            writer.Bytes(before);
            writer.Signed(day);
            writer.Signed(sealedAt);
            for (sources.Bind(1, day); sources.Step();)
            {
                writer.Byte((byte)'s');
                writer.Text(sources.Text(0)!);
                writer.Signed(sources.Long(1));
                writer.Signed(sources.Long(2));
                writer.Signed(sources.Long(3));
            }

            for (counts.Bind(1, day); counts.Step();)
            {
                writer.Byte((byte)'c');
                writer.Text(counts.Text(0)!);
                writer.Signed(counts.Long(1));
                writer.Text(counts.Text(2)!);
                writer.Signed(counts.Long(3));
            }

            for (unanswered.Bind(1, day).Bind(2, sealedAt); unanswered.Step();)
            {
                writer.Byte((byte)'u');
                writer.Text(unanswered.Text(0)!);
                writer.Signed(unanswered.Long(1));
                writer.Signed(unanswered.Long(2));
                writer.Signed(unanswered.Long(3));
            }

            return engine.Hashing.Authenticate(writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }
}
