using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using static InterfaceEngine.Tests.Core.Reconciliation.Tables;

namespace InterfaceEngine.Tests.Core.Reconciliation;

/// <summary>Changes that are taken back; the stores' side is tested with files.</summary>
public sealed class UndoingTests
{
    private static readonly EngineId _row = new(20);
    private static readonly Cause _file = new(_row, 2000, "nightly", "set-1");
    private static readonly Cause _before = new(new EngineId(10), 1000, "front-desk", "set-1");
    private static readonly Cause _withdrawal = new(_row, 2000, "command:files undo", "set-1");

    [Fact]
    public void Fields_of_a_unit_go_together_and_have_one_clock()
    {
        var undone = Undo(
            Record(Field("address.line1", "2 ELM", _file), Field("address.city", "YORK", _file), Field("sex", "F", _file)),
            [Changed(_row, ("address.line1", "1 ELM", "2 ELM")), Changed(_before.Message, ("address.line1", null, "1 ELM"), ("address.city", null, "YORK"))]);

        var next = undone.Result!.Next!;
        (next["address.line1"], next["address.city"]).Should().Be(("1 ELM", "YORK"));
        next.Fields.Where(field => field.Name != "sex").Should().OnlyContain(field => field.Cause == _before);
        next.Find("sex")!.Cause.Should().Be(_file, "the file changed nothing of it");
        undone.Result.Changes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Name = "address.line1", Before = "2 ELM", After = "1 ELM" });
        undone.Left.Should().BeEmpty();
    }

    [Fact]
    public void A_unit_of_which_somebody_has_written_one_field_stays_whole()
    {
        var later = _before with { Message = new EngineId(30), EventTime = 3000 };

        var undone = Undo(Record(Field("address.line1", "2 ELM", _file), Field("address.city", "YORK", later)), [Changed(_row, ("address.line1", "1 ELM", "2 ELM")), Changed(_before.Message, ("address.line1", null, "1 ELM"))]);

        undone.Should().BeEquivalentTo(new { Result = (Reconciled?)null, Left = new[] { "address.line1" } });
    }

    [Fact]
    public void A_field_that_did_not_exist_is_gone_again()
    {
        var undone = Undo(Record(Field("phone", "+15550100", _file), Field("sex", "F", _before)), [Changed(_row, ("phone", null, "+15550100")), Changed(_before.Message, ("sex", null, "F"))]);

        undone.Result!.Next!.Fields.Select(field => field.Name).Should().Equal("sex");
    }

    [Fact]
    public void Two_rows_of_the_file_are_taken_back_together()
    {
        var undone = Undo(
            Record(Field("sex", "X", _file with { Message = new EngineId(21) })),
            [Changed(new EngineId(21), ("sex", "M", "X")), Changed(_row, ("sex", "F", "M")), Changed(_before.Message, ("sex", null, "F"))]);

        undone.Result!.Next!["sex"].Should().Be("F");
    }

    [Fact]
    public void A_value_whose_origin_is_not_kept_any_more_counts_from_before_the_file()
    {
        var undone = Undo(Record(Field("sex", "M", _file)), [Changed(_row, ("sex", "F", "M"))], isWhole: false);

        undone.Result!.Next!.Find("sex")!.Should().BeEquivalentTo(new { Value = "F", Cause = new { EventTime = 1999L } });
    }

    [Fact]
    public void A_record_that_was_withdrawn_comes_back_when_it_is_said_again_and_not_by_what_is_older()
    {
        var made = Reconciler.Reconcile("1959", null, Says(Patient, Verb.CreateOrUpdate, ("external_id", "9"), ("last_name", "DOE"), ("first_name", "ANN"), ("date_of_birth", "1980-01-01")), _file, new EngineId(1000)).Next!;
        var withdrawn = Undo(made, [Changed(_row, ("last_name", null, "DOE"))]).Result!.Next!;
        withdrawn[Retraction.RetractedAt].Should().Be("1970-01-01T00:00:05Z");

        var late = Reconciler.Reconcile("1959", withdrawn, Says(Patient, Verb.CreateOrUpdate, ("external_id", "9"), ("email", "ann@example.org")), _before, default).Next ?? withdrawn;
        var again = Reconciler.Reconcile("1959", withdrawn, Says(Patient, Verb.CreateOrUpdate, ("external_id", "9"), ("last_name", "DOE")), _file with { Message = new EngineId(40) }, default);

        late[Retraction.RetractedAt].Should().NotBeNull();
        again.Next![Retraction.RetractedAt].Should().BeNull();
        again.Changes.Select(change => change.Name).Should().Equal(Retraction.RetractedAt);
    }

    private static Undone Undo(StoredRecord record, PastChange[] history, bool isWhole = true) => Undoing.Of(
        record,
        history,
        isWhole,
        cause => cause is { Message.Value: 20 or 21, EventTime: 2000 },
        message => message == _before.Message ? _before : _withdrawal with { EventTime = 1999 },
        _withdrawal,
        DateTimeOffset.FromUnixTimeMilliseconds(5000));

    private static PastChange Changed(EngineId message, params (string Name, string? Before, string? After)[] fields) =>
        new(message, message.Value is 20 or 21, [.. fields.Select(field => new FieldChange(field.Name, field.Before, field.After, null, ByteRange.None))]);

    private static StoredField Field(string name, string value, Cause cause) => new(name, value, cause, null, ByteRange.None);

    private static StoredRecord Record(params StoredField[] fields) =>
        new() { Id = new EngineId(1), Practice = "1959", Type = "patient", Version = 3, Aliases = [new RecordAlias("patient", "athenahealth", "9")], Fields = fields };
}
