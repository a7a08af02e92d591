using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>One connection to PostgreSQL, which goes back to its pool when it is disposed.</summary>
internal sealed class PostgresDatabase(NpgsqlConnection connection) : SqlDatabase
{
    private readonly List<PostgresStatement> _statements = [];

    public NpgsqlConnection Connection => connection;

    public override string JoinInOrder => "JOIN";

    public override bool IsOlderThanGroups => false;

    public override string AndKeep => " FOR SHARE";

    public override string Now(int parameter) => "engine_now()";

    public override string Using(string index) => "";

    public override string Rest(string table) => PartitionedTable.All.FirstOrDefault(one => one.Name == table)?.Rest ?? table;

    public override SqlStatement Prepare(string sql)
    {
        var statement = new PostgresStatement(connection, sql);
        _statements.Add(statement);
        return statement;
    }

    public override void BindBody(SqlStatement statement, int parameter, MessageRow message)
    {
        var id = message.Write.Id.Value;
        statement.Bind(parameter, message.Body ?? message.Key.Seal(new RowIdentity(SealedKind.MessageBody, id), message.Write.Body.Span));
    }

    public override void FillBody(string practice, MessageRow message)
    {
        // It was bound whole.
    }

    public override void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    protected override string NotOnly(string node) => "";

    protected override SqlStatement Passing(string sql) => new PostgresStatement(connection, sql);
}
