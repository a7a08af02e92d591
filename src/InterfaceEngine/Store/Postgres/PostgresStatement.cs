using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using Npgsql;
using NpgsqlTypes;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// A statement of PostgreSQL. Its rows are read at the first step and kept, for a connection answers one question at a time
/// and ours are asked while another is still being read: so every question has a limit.
/// </summary>
internal sealed partial class PostgresStatement : SqlStatement
{
    /// <summary>Our statements in PostgreSQL's words, for every connection.</summary>
    private static readonly ConcurrentDictionary<string, Translation> _translations = new(StringComparer.Ordinal);

    private readonly NpgsqlCommand _command;
    private readonly IReadOnlyList<int> _numbers;
    private List<object?[]>? _rows;
    private object?[] _row = [];
    private int _next;

    public PostgresStatement(NpgsqlConnection connection, string sql)
    {
        var translation = _translations.GetOrAdd(sql, static sql => Translate(sql));
        _numbers = translation.Numbers;
        _command = new NpgsqlCommand(translation.Sql, connection);
        foreach (var _ in _numbers)
        {
            _command.Parameters.Add(new NpgsqlParameter());
        }
    }

    public override SqlStatement Bind(int parameter, long value) => Bind(parameter, NpgsqlDbType.Bigint, value);

    public override SqlStatement Bind(int parameter, ReadOnlySpan<byte> value) => Bind(parameter, NpgsqlDbType.Bytea, value.ToArray());

    // A large body is in memory once less.
    public override SqlStatement Bind(int parameter, byte[] value) => Bind(parameter, NpgsqlDbType.Bytea, value);

    public override SqlStatement Bind(int parameter, ref readonly KeyedHash hash) => Bind(parameter, NpgsqlDbType.Uuid, hash.ToGuid());

    public override SqlStatement Bind(int parameter, string? value) => value is null ? BindNull(parameter) : Bind(parameter, NpgsqlDbType.Text, value);

    public override SqlStatement BindNull(int parameter)
    {
        if (PlaceOf(parameter) is var place and >= 0)
        {
            _command.Parameters[place].ResetDbType();
            _command.Parameters[place].Value = DBNull.Value;
        }

        return this;
    }

    public override bool Step()
    {
        if (_rows is null)
        {
            var rows = new List<object?[]>();
            using var reader = _command.ExecuteReader();
            while (reader.Read())
            {
                var row = new object?[reader.FieldCount];
                for (var column = 0; column < row.Length; column++)
                {
                    row[column] = reader.IsDBNull(column) ? null : reader.GetValue(column);
                }

                rows.Add(row);
            }

            // Not before: a question that failed is asked again, and has not found nothing.
            (_rows, _next) = (rows, 0);
        }

        if (_next == _rows.Count)
        {
            _rows = null;
            return false;
        }

        _row = _rows[_next];
        _rows[_next++] = [];
        return true;
    }

    public override int Run() => _command.ExecuteNonQuery();

    /// <summary>The rows one by one, each column in order, without keeping them. The connection answers nothing else meanwhile.</summary>
    public NpgsqlDataReader Stream() => _command.ExecuteReader(System.Data.CommandBehavior.SequentialAccess);

    public override void Reset() => _rows = null;

    public override bool IsNull(int column) => _row[column] is null;

    public override long Long(int column) => _row[column] switch
    {
        long value => value,
        int value => value,
        decimal value => (long)value,
        null => 0,
        var other => throw new InvalidOperationException($"Column {column} is no whole number but {other.GetType().Name}."),
    };

    public override ReadOnlySpan<byte> Blob(int column) => (byte[]?)_row[column];

    public override string? Text(int column) => (string?)_row[column];

    public override string Name(int column)
    {
        Span<byte> utf8 = stackalloc byte[256];
        var text = (string)_row[column]!;
        return Encoding.UTF8.TryGetBytes(text, utf8, out var length) ? SharedNames.Text(utf8[..length]) : text;
    }

    public override KeyedHash Hash(int column) => KeyedHash.FromGuid((Guid)_row[column]!);

    public override void Dispose() => _command.Dispose();

    private int PlaceOf(int parameter)
    {
        for (var place = 0; place < _numbers.Count; place++)
        {
            if (_numbers[place] == parameter)
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>Ours may leave numbers out; PostgreSQL's may not.</summary>
    private static Translation Translate(string sql)
    {
        var numbers = new List<int>();
        return new Translation(Parameter().Replace(sql, match => $"${Place(int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))}"), numbers);

        int Place(int number)
        {
            if (!numbers.Contains(number))
            {
                numbers.Add(number);
            }

            return numbers.IndexOf(number) + 1;
        }
    }

    private PostgresStatement Bind(int parameter, NpgsqlDbType type, object value)
    {
        // As with SQLite, a number that the statement leaves out may be bound all the same.
        if (PlaceOf(parameter) is var place and >= 0)
        {
            _command.Parameters[place].NpgsqlDbType = type;
            _command.Parameters[place].Value = value;
        }

        return this;
    }

    /// <param name="Sql">With PostgreSQL's parameters.</param>
    /// <param name="Numbers">The number in our statement of each of them.</param>
    private sealed record Translation(string Sql, IReadOnlyList<int> Numbers);

    [GeneratedRegex(@"\?(\d+)")]
    private static partial Regex Parameter();
}
