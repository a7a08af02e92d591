using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Store;

public sealed class RecordQueryTests : IDisposable
{
    private readonly RecordQuery _query = new();

    public RecordQueryTests()
    {
        _query.Add("patient", ["external_id", "last_name", "email"],
        [
            Patient(1, "12345", ("external_id", "12345"), ("last_name", "Doe"), ("address.line1", "123 Main St"), ("email", null)),
            Patient(2, "54321", ("external_id", "54321"), ("last_name", "Müller"), ("race", $"2106-3{FieldValue.ListSeparator}2054-5")),
        ]);
        _query.Add("coverage", ["plan"], [Patient(3, $"12345{FieldValue.ListSeparator}AETNA", ("plan", "AETNA"))]);
        _query.Add("appointment", ["start_time"], []);
    }

    public void Dispose() => _query.Dispose();

    [Fact]
    public void A_type_is_a_table_and_a_field_a_column()
    {
        var result = Run("SELECT external_id, last_name, address_line1, email, race FROM patient ORDER BY external_id");

        result.Columns.Should().Equal("external_id", "last_name", "address_line1", "email", "race");
        result.Rows.Should().HaveCount(2);
        result.Rows[0].Should().Equal("12345", "Doe", "123 Main St", null, null);
        result.Rows[1].Should().Equal("54321", "Müller", null, null, "2106-3, 2054-5");
        result.IsCut.Should().BeFalse();
    }

    [Fact]
    public void The_item_of_a_list_is_named_by_its_patient_and_key() =>
        Run("SELECT external_id, record_version FROM coverage").Rows.Should().ContainSingle().Which.Should().Equal("12345/AETNA", "1");

    [Fact]
    public void A_type_without_records_has_its_columns() =>
        Run("SELECT start_time FROM appointment").Rows.Should().BeEmpty();

    [Theory]
    [InlineData("WITH p AS (SELECT * FROM patient) SELECT count(*) FROM p", "2")]
    [InlineData("VALUES (1)", "1")]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT max(i) FROM n;", "5")]
    [InlineData("SELECT upper(last_name) FROM patient WHERE last_name LIKE 'd%'", "DOE")]
    public void A_reading_statement_runs(string sql, string expected) =>
        Run(sql).Rows.Should().ContainSingle().Which.Should().Equal(expected);

    [Theory]
    [InlineData("DELETE FROM patient")]
    [InlineData("UPDATE patient SET last_name = 'x'")]
    [InlineData("INSERT INTO patient (last_name) VALUES ('x')")]
    [InlineData("DROP TABLE patient")]
    [InlineData("CREATE TABLE x (y)")]
    [InlineData("ATTACH DATABASE 'stolen.db' AS stolen")]
    [InlineData("VACUUM INTO 'stolen.db'")]
    [InlineData("PRAGMA query_only = 0")]
    [InlineData("PRAGMA temp_store_directory = 'x'")]
    [InlineData("BEGIN")]
    [InlineData("SELECT load_extension('x')")]
    public void A_statement_that_does_anything_but_read_is_refused(string sql) =>
        Refusal(sql).Should().BeOneOf("A query can only read: SELECT, WITH or VALUES.", "SQL: not authorized to use function: load_extension.");

    [Theory]
    [InlineData("SELECT 1; SELECT 2", "One SQL statement is expected.")]
    [InlineData("SELECT 1; DELETE FROM patient", "One SQL statement is expected.")]
    [InlineData("", "One SQL statement is expected.")]
    [InlineData("-- nothing", "One SQL statement is expected.")]
    [InlineData("SELECT colour FROM patient", "SQL: no such column: colour.")]
    [InlineData("SELEC 1", "SQL: near \"SELEC\": syntax error.")]
    public void What_can_not_be_run_is_refused_with_the_reason(string sql, string expected) =>
        Refusal(sql).Should().Be(expected);

    [Fact]
    public void More_rows_than_asked_for_are_cut()
    {
        var result = _query.Run("SELECT last_name FROM patient", 1, default);

        result.Rows.Should().HaveCount(1);
        result.IsCut.Should().BeTrue();
        _query.Run("SELECT last_name FROM patient", 2, default).IsCut.Should().BeFalse();
    }

    [Fact]
    public void A_query_that_never_ends_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        FluentActions.Invoking(() => _query.Run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", 1, stop.Token))
            .Should().Throw<RecordQueryException>().WithMessage("The query was stopped.");
    }

    private RecordQueryResult Run(string sql) => _query.Run(sql, 100, default);

    private string Refusal(string sql) => FluentActions.Invoking(() => Run(sql)).Should().Throw<RecordQueryException>().Which.Message;

    private static StoredRecord Patient(long id, string externalId, params (string Name, string? Value)[] fields) => new()
    {
        Id = new EngineId(id),
        Practice = "1959",
        Type = "patient",
        Version = 1,
        Aliases = [new RecordAlias("patient", "athenahealth", externalId)],
        Fields = [.. fields.Select(field => new StoredField(field.Name, field.Value, null, null, ByteRange.None))],
    };
}
