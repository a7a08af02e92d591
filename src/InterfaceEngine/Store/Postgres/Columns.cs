using InterfaceEngine.Protection;
using Npgsql;
using NpgsqlTypes;

namespace InterfaceEngine.Store.Postgres;

/// <summary>Rows on their way into one statement, column by column: <c>unnest</c> makes rows of them again.</summary>
internal sealed class Columns
{
    private readonly List<NpgsqlParameter> _parameters = [];

    public Columns Texts<T>(IReadOnlyList<T> rows, Func<T, string?> value) => Add(NpgsqlDbType.Text, rows, value);

    public Columns Numbers<T>(IReadOnlyList<T> rows, Func<T, long> value) => Add(NpgsqlDbType.Bigint, rows, value);

    public Columns NumbersOrNull<T>(IReadOnlyList<T> rows, Func<T, long?> value) => Add(NpgsqlDbType.Bigint, rows, value);

    public Columns Hashes<T>(IReadOnlyList<T> rows, Func<T, KeyedHash> value) => Add(NpgsqlDbType.Uuid, rows, row => value(row).ToGuid());

    public Columns Bytes<T>(IReadOnlyList<T> rows, Func<T, byte[]> value) => Add(NpgsqlDbType.Bytea, rows, value);

    /// <summary>One value beside the columns.</summary>
    public Columns Value(long value)
    {
        _parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        return this;
    }

    /// <summary>Adds the statement that takes these columns as its parameters, in their order.</summary>
    public void AddTo(NpgsqlBatch batch, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in _parameters)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }

    private Columns Add<T, TValue>(NpgsqlDbType type, IReadOnlyList<T> rows, Func<T, TValue> value)
    {
        var column = new TValue[rows.Count];
        for (var index = 0; index < column.Length; index++)
        {
            column[index] = value(rows[index]);
        }

        _parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = column, NpgsqlDbType = NpgsqlDbType.Array | type });
        return this;
    }
}
