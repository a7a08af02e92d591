using SQLitePCL;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>A large value that is written piece by piece into the place its row has kept for it.</summary>
internal sealed class SqliteBlob(SqliteDatabase database, sqlite3_blob handle) : IDisposable
{
    private int _at;

    public void Write(ReadOnlySpan<byte> piece)
    {
        database.Check(raw.sqlite3_blob_write(handle, piece, _at));
        _at += piece.Length;
    }

    public void Dispose() => handle.Dispose();
}
