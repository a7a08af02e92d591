using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Records, aliases, look-ups, changes, parked messages.</content>
public abstract partial class EngineStoreConformance
{
    [StoreFact]
    public async Task A_record_is_found_by_its_alias_with_everything_it_holds()
    {
        var record = Samples.Record("7", "Doe");
        var result = await CommitRecordsAsync(StoreSamples.Create(record));
        await ReopenAsync();

        var found = await FindAsync(StoreSamples.Patient("7"));

        found.Should().BeEquivalentTo(record, options => options.Excluding(stored => stored.ChangedSequence));
        found!.ChangedSequence.Should().Be(result.Sequence);
    }

    [StoreFact]
    public async Task An_unknown_alias_finds_nothing()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));

        (await FindAsync(StoreSamples.Patient("8"))).Should().BeNull();
        (await FindAsync(StoreSamples.Patient("7", "eclinicalworks"))).Should().BeNull();
        (await FindAsync(new RecordAlias("appointment", "athenahealth", "7"))).Should().BeNull();
        (await FindAsync(StoreSamples.Patient("7"), "a practice never seen")).Should().BeNull();
    }

    [StoreFact]
    public async Task Practices_and_id_systems_with_the_same_id_never_meet()
    {
        var here = Samples.Record("7", "Here");
        var there = Samples.Record("7", "There", StoreSamples.OtherPractice);
        var otherVendor = new StoredRecord { Id = Samples.NextId(), Practice = here.Practice, Type = "patient", Version = 1, Aliases = [StoreSamples.Patient("7", "eclinicalworks")], Fields = here.Fields };
        await CommitRecordsAsync(StoreSamples.Create(here));
        await CommitRecordsAsync(StoreSamples.Create(there));
        await CommitRecordsAsync(StoreSamples.Create(otherVendor));

        (await FindAsync(StoreSamples.Patient("7")))!["last_name"].Should().Be("Here");
        (await FindAsync(StoreSamples.Patient("7"), StoreSamples.OtherPractice))!["last_name"].Should().Be("There");
        (await FindAsync(StoreSamples.Patient("7", "eclinicalworks")))!.Id.Should().Be(otherVendor.Id);
        (await ReadAsync(reader => reader.Record(StoreSamples.OtherPractice, here.Id))).Should().BeNull();
        (await ReadAsync(reader => reader.Changes(StoreSamples.OtherPractice, here, 10))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_write_to_another_practices_record_is_refused()
    {
        var record = Samples.Record("7", "Doe");
        await CommitRecordsAsync(StoreSamples.Create(record));
        var stolen = new StoredRecord { Id = record.Id, Practice = StoreSamples.OtherPractice, Type = "patient", Version = 2, Aliases = [], Fields = [] };

        var wrongUnit = () => CommitAsync(Samples.Unit(practice: StoreSamples.OtherPractice, records: Samples.Change(record, "last_name", "X")));
        var wrongRecord = await CommitAsync(Samples.Unit(practice: StoreSamples.OtherPractice, records: new RecordWrite { Next = stolen, ExpectedVersion = 1 }));

        await wrongUnit.Should().ThrowAsync<InvalidOperationException>();
        wrongRecord.Outcome.Should().Be(CommitOutcome.Conflict);
        (await FindAsync(StoreSamples.Patient("7")))!["last_name"].Should().Be("Doe");
    }

    [StoreFact]
    public async Task Two_names_of_one_record_give_one_object()
    {
        var record = new StoredRecord { Id = Samples.NextId(), Practice = StoreSamples.Practice, Type = "patient", Version = 1, Aliases = [StoreSamples.Patient("7"), StoreSamples.Patient("E7", "enterprise")], Fields = [] };
        var list = new LookUpKey("patient", "list:x", "1");
        await CommitRecordsAsync(StoreSamples.Create(record, list));

        var loaded = await Store.LoadAsync(StoreSamples.Practice, new LoadQuery(null, record.Aliases, [list]), None);

        loaded.ByAlias[record.Aliases[0]].Should().BeSameAs(loaded.ByAlias[record.Aliases[1]]);
        loaded.ByLookUp[list].Single().Should().BeSameAs(loaded.ByAlias[record.Aliases[0]]);
    }

    [StoreFact]
    public async Task Of_the_values_of_one_order_the_known_ones_are_found_and_the_new_ones_are_not()
    {
        var (sodium, potassium, calcium) = (Value("O-1", "NA"), Value("O-1", "K"), Value("O-1", "CA"));
        var (otherOrder, newOrder) = (Value("O-2", "NA"), Value("O-3", "NA"));
        await CommitRecordsAsync([.. new[] { sodium, calcium, otherOrder }.Select(value => StoreSamples.Create(Samples.Record(value, "Doe", type: "observation")))]);

        var asked = new[] { sodium, potassium, calcium, otherOrder, newOrder }.Select(Alias).ToArray();
        var loaded = await Store.LoadAsync(StoreSamples.Practice, StoreSamples.Query(asked), None);

        loaded.ByAlias.Keys.Should().BeEquivalentTo([Alias(sodium), Alias(calcium), Alias(otherOrder)]);
        loaded.ByAlias.Should().OnlyContain(pair => pair.Value.Aliases.Single() == pair.Key);

        static string Value(string order, string code) => string.Join(FieldValue.ListSeparator, "7", order, "CHEM", code);
        static RecordAlias Alias(string value) => new("observation", "athenahealth", value);
    }

    [StoreTheory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task A_unit_that_is_given_back_leaves_nothing_and_takes_nothing_from_those_beside_it(int pairs)
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));
        var sound = Units("sound", "new");
        var givenBack = Units("half", "7");

        var outcomes = await Task.WhenAll(sound.Zip(givenBack).SelectMany(pair => new[] { CommitAsync(pair.First), CommitAsync(pair.Second) }));

        outcomes.Select(result => result.Outcome).Should().Equal(Enumerable.Repeat(new[] { CommitOutcome.Committed, CommitOutcome.Conflict }, pairs).SelectMany(pair => pair));
        (await ReadAsync(reader => reader.RecordCounts(StoreSamples.Practice))).Should().Equal(("patient", 1 + (2L * pairs)));
        (await FindAsync(StoreSamples.Patient("half 0"))).Should().BeNull();
        (await FindAsync(StoreSamples.Patient($"sound {pairs - 1}")))!["last_name"].Should().Be("Doe");
        (await ReadAsync(reader => reader.MessageCounts())).Sum(count => count.Count).Should().Be(1 + pairs);

        // The second record's name is taken in those that are given back, when the message and the first record are written.
        CommitUnit[] Units(string first, string second) => [.. Enumerable.Range(0, pairs).Select(number => Samples.Unit(records: [
            StoreSamples.Create(Samples.Record($"{first} {number}", "Doe")),
            StoreSamples.Create(Samples.Record(second == "7" ? second : $"{second} {number}", "Doe"))]))];
    }

    [StoreFact]
    public async Task A_write_from_an_old_version_is_a_conflict_and_changes_nothing()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));
        var stored = (await FindAsync(StoreSamples.Patient("7")))!;
        await CommitRecordsAsync(Samples.Change(stored, "last_name", "Roe"));
        var message = Samples.Message();

        var late = await CommitAsync(Samples.Unit(message, records: Samples.Change(stored, "last_name", "Poe")));

        late.Should().BeEquivalentTo(new { Outcome = CommitOutcome.Conflict, Sequence = 0L });
        (await FindAsync(StoreSamples.Patient("7")))!["last_name"].Should().Be("Roe");
        (await ReadAsync(reader => reader.Message(message.Id))).Should().BeNull();
    }

    [StoreFact]
    public async Task A_new_record_under_a_name_that_is_taken_meanwhile_is_a_conflict()
    {
        var first = Samples.Record("7", "Doe");
        await CommitRecordsAsync(StoreSamples.Create(first));

        var second = await CommitAsync(Samples.Unit(records: StoreSamples.Create(Samples.Record("7", "Roe"))));

        second.Outcome.Should().Be(CommitOutcome.Conflict);
        (await ReadAsync(reader => reader.RecordCounts(StoreSamples.Practice))).Should().Equal(("patient", 1L));
    }

    [StoreFact]
    public async Task A_unit_with_several_records_is_stored_whole_or_not_at_all()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));

        var result = await CommitAsync(Samples.Unit(records: [StoreSamples.Create(Samples.Record("8", "New")), StoreSamples.Create(Samples.Record("7", "Taken"))]));

        result.Outcome.Should().Be(CommitOutcome.Conflict);
        (await FindAsync(StoreSamples.Patient("8"))).Should().BeNull();
    }

    [StoreFact]
    public async Task No_update_is_lost_when_many_tasks_change_one_record()
    {
        const int Tasks = 16;
        const int Rounds = 12;
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "0")));

        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(_ => Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                CommitResult result;
                do
                {
                    var stored = (await FindAsync(StoreSamples.Patient("7")))!;
                    var next = int.Parse(stored["last_name"]!, System.Globalization.CultureInfo.InvariantCulture) + 1;
                    result = await CommitAsync(Samples.Unit(records: Samples.Change(stored, "last_name", next.ToString(System.Globalization.CultureInfo.InvariantCulture))));
                }
                while (result.Outcome == CommitOutcome.Conflict);
            }
        })));

        var last = (await FindAsync(StoreSamples.Patient("7")))!;
        last["last_name"].Should().Be("192");
        last.Version.Should().Be((Tasks * Rounds) + 1);
        (await ReadAsync(reader => reader.Changes(StoreSamples.Practice, last, 1000))).Should().HaveCount((Tasks * Rounds) + 1);
    }

    [StoreFact]
    public async Task A_unit_that_fails_does_so_alone_among_those_that_commit_together()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("taken", "Doe")));
        var units = Enumerable.Range(0, 90).Select(index => Samples.Unit(records: StoreSamples.Create(Samples.Record(index % 3 == 0 ? "taken" : $"P{index}", "Doe")))).ToArray();

        var results = await Task.WhenAll(units.Select(unit => Task.Run(() => CommitAsync(unit))));

        for (var index = 0; index < units.Length; index++)
        {
            results[index].Outcome.Should().Be(index % 3 == 0 ? CommitOutcome.Conflict : CommitOutcome.Committed);
            (await ReadAsync(reader => reader.Message(units[index].Message!.Id)) is not null).Should().Be(index % 3 != 0);
        }
    }

    [StoreFact]
    public async Task Records_are_found_by_look_up_until_they_leave_it()
    {
        var monday = new LookUpKey("patient", "birth_date", "1990-01-01");
        var tuesday = monday with { Value = "1990-01-02" };
        var (first, second) = (Samples.Record("7", "Doe"), Samples.Record("8", "Roe"));
        await CommitRecordsAsync(StoreSamples.Create(first, monday));
        await CommitRecordsAsync(StoreSamples.Create(second, monday));
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "There", StoreSamples.OtherPractice), monday));

        (await ReadAsync(reader => reader.Records(StoreSamples.Practice, monday))).Select(record => record.Id).Should().Equal(first.Id, second.Id);

        var stored = (await FindAsync(StoreSamples.Patient("7")))!;
        await CommitRecordsAsync(Samples.Change(stored, "first_name", "Bea") with { OldLookUps = [monday], NewLookUps = [tuesday] });

        (await ReadAsync(reader => reader.Records(StoreSamples.Practice, monday))).Select(record => record.Id).Should().Equal(second.Id);
        var loaded = await Store.LoadAsync(StoreSamples.Practice, new LoadQuery(null, [], [tuesday, monday]), None);
        loaded.ByLookUp[tuesday].Single()["first_name"].Should().Be("Bea");
        loaded.ByLookUp[monday].Should().ContainSingle();
    }

    [StoreFact]
    public async Task Records_under_a_look_up_are_given_page_by_page()
    {
        var monday = new LookUpKey("patient", "birth_date", "1990-01-01");
        var made = Enumerable.Range(1, 5).Select(number => Samples.Record($"{number}", "Doe")).ToList();
        await CommitRecordsAsync([.. made.Select(record => StoreSamples.Create(record, monday))]);
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("1", "There", StoreSamples.OtherPractice), monday));
        async Task<List<EngineId>> PageAsync(EngineId after) => [.. (await ReadAsync(reader => reader.Records(StoreSamples.Practice, monday, after, 2))).Select(record => record.Id)];

        var (first, second, third) = (await PageAsync(EngineId.None), await PageAsync(made[1].Id), await PageAsync(made[3].Id));

        first.Should().Equal(made[0].Id, made[1].Id);
        second.Should().Equal(made[2].Id, made[3].Id);
        third.Should().Equal(made[4].Id);
    }

    [StoreFact]
    public async Task A_record_that_stays_as_it_is_is_found_by_a_look_up_that_is_given_to_it_and_taken_again()
    {
        var monday = new LookUpKey("patient", "birth_date", "1990-01-01");
        var record = Samples.Record("7", "Doe");
        await CommitRecordsAsync(StoreSamples.Create(record));

        await CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, LookUps = [new LookUpWrite(record.Id, monday), new LookUpWrite(record.Id, monday)] });
        var found = (await ReadAsync(reader => reader.Records(StoreSamples.Practice, monday))).Should().ContainSingle().Which;
        (found.Id, found.Version).Should().Be((record.Id, 1));

        await CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, LookUps = [new LookUpWrite(record.Id, monday, IsRemoved: true)] });
        (await ReadAsync(reader => reader.Records(StoreSamples.Practice, monday))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task An_empty_look_up_is_an_answer_too()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));
        var key = new LookUpKey("contact", "list:athenahealth", "7");

        var loaded = await Store.LoadAsync(StoreSamples.Practice, new LoadQuery(null, [], [key]), None);

        loaded.ByLookUp[key].Should().BeEmpty();
    }

    [StoreFact]
    public async Task The_history_of_a_record_is_a_chain_that_passes_over_other_changes()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "One")));
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("8", "Other")));
        var message = Samples.Message();
        var stored = (await FindAsync(StoreSamples.Patient("7")))!;
        var other = (await FindAsync(StoreSamples.Patient("8")))!;
        var second = await CommitAsync(Samples.Unit(message, records: [Samples.Change(other, "last_name", "X"), Samples.Change(stored, "last_name", "Two")]));
        stored = (await FindAsync(StoreSamples.Patient("7")))!;
        await CommitRecordsAsync(Samples.Change(stored, "last_name", null));

        stored = (await FindAsync(StoreSamples.Patient("7")))!;
        var history = await ReadAsync(reader => reader.Changes(StoreSamples.Practice, stored, 10));

        history.Select(change => change.Fields.First(field => field.Name == "last_name")).Select(field => (field.Before, field.After))
            .Should().Equal(("Two", null), ("One", "Two"), (null, "One"));
        history[1].Should().BeEquivalentTo(new { second.Sequence, Message = message.Id, Record = stored.Id, CommittedAt = Clock.Milliseconds });
        (await ReadAsync(reader => reader.Changes(StoreSamples.Practice, stored, 2))).Should().HaveCount(2);
    }

    [StoreFact]
    public async Task The_change_log_has_no_gaps_and_counts_only_changes()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("taken", "Doe")));
        var units = new List<CommitUnit>();
        for (var index = 0; index < 40; index++)
        {
            units.Add((index % 4) switch
            {
                0 => Samples.Unit(),
                1 => Samples.Unit(records: StoreSamples.Create(Samples.Record("taken", "Doe"))),
                _ => Samples.Unit(records: StoreSamples.Create(Samples.Record($"P{index}", "Doe"))),
            });
        }

        var results = await Task.WhenAll(units.Select(unit => Task.Run(() => CommitAsync(unit))));
        await ReopenAsync();
        var next = await CommitRecordsAsync(StoreSamples.Create(Samples.Record("last", "Doe")));

        results.Select(result => result.Sequence).Where(sequence => sequence > 0).Order().Should().Equal(Enumerable.Range(2, 20).Select(number => (long)number));
        next.Sequence.Should().Be(22);
    }

    [StoreFact]
    public async Task A_write_that_only_advances_clocks_keeps_the_last_change()
    {
        var created = await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));
        var stored = (await FindAsync(StoreSamples.Patient("7")))!;

        var result = await CommitRecordsAsync(Samples.Change(stored, "last_name", "Doe") with { Changes = [] });

        result.Sequence.Should().Be(0);
        (await FindAsync(StoreSamples.Patient("7"))).Should().BeEquivalentTo(new { Version = 2L, ChangedSequence = created.Sequence });
    }

    [StoreFact]
    public async Task Records_are_listed_in_the_order_they_were_made_in_pages()
    {
        var records = Enumerable.Range(0, 5).Select(index => Samples.Record($"P{index}", "Doe")).ToArray();
        foreach (var record in records)
        {
            await CommitRecordsAsync(StoreSamples.Create(record));
        }

        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("A1", "Visit", type: "appointment")));

        (await PageAsync(EngineId.None)).Should().Equal(records[0].Id, records[1].Id);
        (await PageAsync(records[1].Id)).Should().Equal(records[2].Id, records[3].Id);
        (await PageAsync(records[3].Id)).Should().Equal(records[4].Id);
        (await ReadAsync(reader => reader.RecordCounts(StoreSamples.Practice))).Should().Equal(("appointment", 1L), ("patient", 5L));

        async Task<IEnumerable<EngineId>> PageAsync(EngineId after) =>
            (await ReadAsync(reader => reader.Records(StoreSamples.Practice, "patient", after, 2))).Select(record => record.Id);
    }

    [StoreFact]
    public async Task A_parked_message_becomes_ready_when_its_patient_comes()
    {
        var parked = Samples.Message(MessageState.Parked);
        await CommitAsync(Samples.Unit(parked) with { WaitsFor = [StoreSamples.Patient("7"), StoreSamples.Patient("E7", "enterprise")] });
        await CommitAsync(Samples.Unit(Samples.Message(MessageState.Parked)) with { WaitsFor = [StoreSamples.Patient("8")] });
        (await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "There", StoreSamples.OtherPractice)))).Ready.Should().BeEmpty();

        var result = await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));

        result.Ready.Should().Equal(parked.Id);
        (await MessageAsync(parked.Id)).State.Should().Be(MessageState.Ready);
        (await ReadAsync(reader => reader.MessagesIn(MessageState.Ready, 10))).Should().Equal(parked.Id);
        (await ReadAsync(reader => reader.MessagesIn(MessageState.Parked, 10))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task Parking_for_a_patient_who_came_meanwhile_is_a_conflict()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));

        var result = await CommitAsync(Samples.Unit(Samples.Message(MessageState.Parked)) with { WaitsFor = [StoreSamples.Patient("7")] });

        result.Outcome.Should().Be(CommitOutcome.Conflict);
    }

    [StoreFact]
    public async Task A_parked_message_that_was_decided_upon_is_not_woken()
    {
        var parked = Samples.Message(MessageState.Parked);
        await CommitAsync(Samples.Unit(parked) with { WaitsFor = [StoreSamples.Patient("7")] });
        await CommitAsync(Samples.Unit(parked with { Replaces = MessageState.Parked, State = MessageState.Dismissed }));

        var result = await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));

        result.Ready.Should().BeEmpty();
        (await MessageAsync(parked.Id)).State.Should().Be(MessageState.Dismissed);
    }

    [StoreFact]
    public async Task A_ready_message_may_park_again()
    {
        var parked = Samples.Message(MessageState.Parked);
        await CommitAsync(Samples.Unit(parked) with { WaitsFor = [StoreSamples.Patient("7")] });
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));
        await CommitAsync(Samples.Unit(parked with { Replaces = MessageState.Ready }) with { WaitsFor = [StoreSamples.Patient("8")] });

        var result = await CommitRecordsAsync(StoreSamples.Create(Samples.Record("8", "Roe")));

        result.Ready.Should().Equal(parked.Id);
    }
}
