using InterfaceEngine.Core.Matching;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake.Files;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Patients who come under a second id: listed for a person, never merged.</summary>
public class PossibleDuplicatesTests
{
    private const string Phone = "|||||555-555-1111";

    [StoreFact]
    public async Task A_new_patient_with_name_birth_date_and_telephone_of_another_is_listed_once_and_both_are_kept()
    {
        await using var engine = await StartAsync();
        await engine.AcceptAsync(Adt("A04", "1", 1, Doe(rest: Phone)));

        var second = await engine.AcceptAsync(Adt("A04", "2", 2, Doe(id: "777", given: "John", family: "Doe", rest: Phone)));
        await engine.AcceptAsync(Adt("A08", "3", 3, Doe(id: "777", given: "John", family: "Doe", rest: Phone)));
        await engine.AcceptAsync(Adt("A04", "4", 4, Doe(id: "777", given: "John", family: "Doe", rest: Phone)));

        second.State.Should().Be(MessageState.Applied);
        var (one, other) = (await PatientAsync(engine, "12345"), await PatientAsync(engine, "777"));
        var item = (await ItemsAsync(engine)).Should().ContainSingle().Which;
        item.Count.Should().Be(1);
        var detail = MessageDetail.FromJson(item.Detail);
        detail.Records.Select(record => (record.Id, record.ExternalId)).Should().BeEquivalentTo([(other.Id.ToString(), "777"), (one.Id.ToString(), "12345")]);
        detail.Notes.Should().ContainSingle().Which.Should().Match<DetailNote>(note => note.Code == "MAP560" && note.Severity == "review"
            && note.Reason == "same name and birth date and the same telephone number as another patient. Both are kept; a person decides whether they are one.");
        MessageDetail.FromJson((await engine.MessageAsync(second)).Detail).Notes.Should().ContainSingle(note => note.Code == "MAP560");
    }

    [StoreTheory]
    [InlineData("XYZ123456", "same name and birth date and the same member id as another patient. Both are kept; a person decides whether they are one.")]
    [InlineData("OTHER", "same name and birth date as another patient, and nothing else that would tell. Both are kept; a person may look.")]
    public async Task A_member_id_tells_as_much_as_a_telephone(string memberId, string said)
    {
        await using var engine = await StartAsync();
        await engine.AcceptAsync(Adt("A04", "1", 1, Doe(), Insured("XYZ-123456")));

        await engine.AcceptAsync(Adt("A04", "2", 2, Doe(id: "777"), Insured(memberId)));

        MessageDetail.FromJson((await ItemsAsync(engine)).Should().ContainSingle().Which.Detail).Notes.Single().Reason.Should().Be(said);
    }

    [StoreFact]
    public async Task A_twin_a_son_of_the_same_name_and_a_patient_of_another_practice_are_not_listed()
    {
        await using var engine = await StartAsync();
        await engine.AcceptAsync(Adt("A04", "1", 1, "12345^^^ATHENA^MRN||DOE^JOHN^^SR||19800515|M" + Phone));

        await engine.AcceptAsync(Adt("A04", "2", 2, "777^^^ATHENA^MRN||DOE^JANE||19800515|F" + Phone));
        await engine.AcceptAsync(Adt("A04", "3", 3, "778^^^ATHENA^MRN||DOE^JOHN^^JR||19800515|M" + Phone));

        (await ItemsAsync(engine)).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_patient_whose_name_is_corrected_to_that_of_another_is_listed_then()
    {
        await using var engine = await StartAsync();
        await engine.AcceptAsync(Adt("A04", "1", 1, Doe(rest: Phone)));
        await engine.AcceptAsync(Adt("A04", "2", 2, Doe(id: "777", family: "ROE", rest: Phone)));
        (await ItemsAsync(engine)).Should().BeEmpty();

        await engine.AcceptAsync(Adt("A04", "3", 3, Doe(id: "777", rest: Phone)));

        (await ItemsAsync(engine)).Should().ContainSingle();
    }

    [StoreFact]
    public async Task Who_was_merged_into_another_is_no_duplicate_any_more()
    {
        await using var engine = await StartAsync();
        await engine.AcceptAsync(Adt("A04", "1", 1, Doe(family: "ROE")));
        await engine.AcceptAsync(Adt("A04", "2", 2, Doe(id: "777")));
        await engine.AcceptAsync(Adt("A40", "3", 3, Doe(family: "ROE"), "MRG|777^^^ATHENA^MRN"));

        await engine.AcceptAsync(Adt("A04", "4", 4, Doe(id: "778")));

        (await ItemsAsync(engine)).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_file_is_held_against_what_is_stored_and_against_itself_and_its_twins_are_not_listed()
    {
        await using var engine = await StartAsync();
        await engine.AcceptAsync(Adt("A04", "1", 1, Doe(rest: Phone)));
        const string file = """
            PatientID,FirstName,LastName,DOB,Gender,Phone
            1,John,Doe,1980-05-15,M,555-555-1111
            2,Ann,Lee,2001-02-03,F,555-555-2222
            3,Ann,LEE,2001-02-03,F,5555552222
            4,Amy,Lee,2001-02-03,F,555-555-2222

            """;

        var run = (await engine.TakeAsync(file)).Run!;
        await engine.TakeAsync(file, made: DroppedRows.Made.AddDays(1));

        run.Counts.Created.Should().Be(4);
        var items = await ItemsAsync(engine);
        items.Should().OnlyContain(item => item.Count == 1);
        items.Select(item => string.Join(' ', MessageDetail.FromJson(item.Detail).Records.Select(record => record.ExternalId).Order(StringComparer.Ordinal)))
            .Should().BeEquivalentTo("1 12345", "2 3");
        (await engine.RecordsAsync("1959", "patient")).Should().HaveCount(5);
    }

    [StoreFact]
    public async Task A_placeholder_that_fills_a_file_neither_slows_it_down_nor_lists_everybody()
    {
        await using var engine = await StartAsync();
        var rows = Enumerable.Range(1, 600).Select(number => $"{number},Test,Patient,1900-01-01,U,\n");

        var run = (await engine.TakeAsync($"PatientID,FirstName,LastName,DOB,Gender,Phone\n{string.Concat(rows)}")).Run!;
        await engine.AcceptAsync(Adt("A04", "1", 1, Doe(id: "9999", given: "TEST", family: "PATIENT", birth: "19000101")));

        run.Counts.Created.Should().Be(600);
        (await engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 1000), default)).Count(item => item.Kind == "possible duplicate").Should().BeLessThan(20 * 20);
    }

    /// <summary>A store of an older version, stopped after every page.</summary>
    [StoreFact]
    public async Task Patients_of_an_older_version_are_found_once_they_have_their_look_up()
    {
        await using var engine = await StartAsync();
        var ids = new IdSource(engine.Time, new Random(1));
        var old = Enumerable.Range(1, PersonLookUps.PageRows + 3).Select(number => Patient(ids.Next(), number)).ToList();
        await engine.Store.CommitAsync(new CommitUnit { Practice = "1959", Records = [.. old.Select(patient => StoreSamples.Create(patient))] }, default);
        var last = PersonKey.Of(old[^1])!.Value;
        (await engine.Store.ReadAsync(reader => reader.Records("1959", last), default)).Should().BeEmpty();

        await LookUps(engine).MakeAsync("1959", default);
        await LookUps(engine).MakeAsync("1959", default);

        foreach (var patient in (StoredRecord[])[old[0], old[PersonLookUps.PageRows], old[^1]])
        {
            (await engine.Store.ReadAsync(reader => reader.Records("1959", PersonKey.Of(patient)!.Value), default)).Should().ContainSingle().Which.Id.Should().Be(patient.Id);
        }

        await engine.AcceptAsync(Adt("A04", "1", 1, Doe(id: "9999", given: old[^1]["first_name"]!)));
        (await ItemsAsync(engine)).Should().ContainSingle();
    }

    private static PersonLookUps LookUps(TestEngine engine) => new(engine.Store, engine.Settings.Practices, NullLogger<PersonLookUps>.Instance);

    /// <summary>Number 3 is of the name JOHNCC, 28 of JOHNBBA.</summary>
    private static StoredRecord Patient(EngineId id, int number)
    {
        var name = "JOHN" + string.Concat(number.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(digit => (char)('A' + digit - '0')));
        return new StoredRecord
        {
            Id = id,
            Practice = "1959",
            Type = "patient",
            Version = 1,
            Aliases = [new RecordAlias("patient", "athenahealth", $"old{number}")],
            Fields = [.. new[] { ("external_id", $"old{number}"), ("last_name", "DOE"), ("first_name", name), ("date_of_birth", "1980-05-15") }
                .Select(field => new StoredField(field.Item1, field.Item2, null, null, ByteRange.None))],
        };
    }

    private static string Insured(string memberId) => $"IN1|1|BCBS^Blue Cross|1|Blue Cross|||||||||||||||||||||||||||||||{memberId}";

    private static async Task<StoredRecord> PatientAsync(TestEngine engine, string id) => (await engine.RecordAsync("1959", "patient", id))!;

    private static async Task<List<StoredReview>> ItemsAsync(TestEngine engine) =>
        [.. (await engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 20), default)).Where(item => item.Kind == "possible duplicate")];

    private protected virtual Task<TestEngine> StartAsync() => TestEngine.StartAsync();
}

/// <summary>The same on a PostgreSQL database.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresPossibleDuplicatesTests : PossibleDuplicatesTests
{
    private protected override Task<TestEngine> StartAsync() => TestEngine.StartOnPostgresAsync(settings => settings);
}
