using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>
/// Appends to the audit. Each row carries a keyed hash over itself and the row before it, so that a row that was
/// altered, left out or put in by other means shows.
/// </summary>
internal sealed class AuditWriter
{
    private readonly WriterSession _session;
    private readonly KeyRing _keys;
    private readonly SqlStatement _insert;
    private readonly SqlStatement _last;

    public AuditWriter(WriterSession session, KeyRing keys)
    {
        _session = session;
        _keys = keys;
        _insert = session.Database.Prepare("""
            INSERT INTO audit (sequence, at, actor, action, practice_id, entry_id, key_version, document, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        _last = session.Database.Prepare("SELECT sequence, chain FROM audit ORDER BY sequence DESC LIMIT 1");
    }

    /// <summary>Goes on after the last row that is stored.</summary>
    public void Resume()
    {
        if (_last.Step())
        {
            _session.Mark = _session.Mark with { AuditSequence = _last.Long(0), AuditChain = _last.Blob(1).ToArray() };
            _last.Reset();
        }
    }

    public void Write(AuditRow row)
    {
        var sequence = _session.Mark.AuditSequence + 1;
        var chain = Chain(_keys.Engine, _session.Mark.AuditChain, sequence, _session.Now, row);
        _insert.Bind(1, sequence).Bind(2, _session.Now).Bind(3, row.Entry.Actor).Bind(4, row.Entry.Action).Bind(5, row.Entry.Practice)
            .Bind(6, row.Id).Bind(7, row.KeyVersion).Bind(8, row.Document).Bind(9, chain).Run();
        _session.Mark = _session.Mark with { AuditSequence = sequence, AuditChain = chain };
    }

    /// <summary>The keyed hash that a row must carry.</summary>
    public static byte[] Chain(PracticeKeys engine, ReadOnlySpan<byte> before, long sequence, long at, AuditRow row)
    {
        using var writer = new DocumentWriter(1024);
        writer.Bytes(before);
        writer.Signed(sequence);
        writer.Signed(at);
        writer.Text(row.Entry.Actor);
        writer.Text(row.Entry.Action);
        writer.Number(row.Entry.Practice is null ? 0 : 1);
        writer.Text(row.Entry.Practice ?? "");
        writer.Signed(row.Id);
        writer.Number(row.KeyVersion);
        writer.Bytes(row.Document);
        return engine.Hashing.Authenticate(writer.Written);
    }
}
