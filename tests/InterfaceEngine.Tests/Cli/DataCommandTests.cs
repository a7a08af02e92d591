using System.Text.Json;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Store;

namespace InterfaceEngine.Tests.Cli;

/// <summary>What the commands that read and decide show, for people and for scripts.</summary>
public sealed class DataCommandTests : IDisposable
{
    private readonly CommandBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Records_are_listed_with_a_column_for_each_field()
    {
        await StoreAsync("12345", "Doe");
        await StoreAsync("54321", "A name of more than eighty characters, which no pipe may wrap or cut, however long it is");

        var ran = await _bench.RunAsync("records", "list", "patient");

        ran.Code.Should().Be(0);
        ran.Out.Should().Be("""
            external_id  last_name                                                                                 first_name
            12345        Doe                                                                                       Ann
            54321        A name of more than eighty characters, which no pipe may wrap or cut, however long it is  Ann
            2 patient of practice 1959

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_long_list_comes_in_pages()
    {
        await StoreAsync("1", "One");
        await StoreAsync("2", "Two");
        await StoreAsync("3", "Three");

        var first = JsonOf(await _bench.RunAsync("records", "list", "patient", "--limit", "2", "--json"));
        var second = JsonOf(await _bench.RunAsync("records", "list", "patient", "--limit", "2", "--json", "--after", first.GetProperty("next").GetString()!));

        first.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("externalId").GetString()).Should().Equal("1", "2");
        second.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("externalId").GetString()).Should().Equal("3");
        second.GetProperty("next").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_record_is_shown_with_where_each_value_came_from()
    {
        await StoreAsync("12345", "Doe");

        var text = (await _bench.RunAsync("records", "show", "patient", "12345")).Out;
        var json = JsonOf(await _bench.RunAsync("records", "show", "patient", "12345", "--json"));

        text.Should().Contain("known as 12345 (athenahealth)")
            .And.MatchRegex(@"last_name +Doe +2026-01-14 10:00:00Z +0000000000001 +bytes 120–127 +athenahealth/patient\.map\.md:24:25")
            .And.MatchRegex(@"sex +\(cleared\) +default");
        var field = json.GetProperty("record").GetProperty("fields")[0];
        field.GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal).Should().Be(
            """{"name":"last_name","value":"Doe","eventTime":"2026-01-14T10:00:00+00:00","source":"front-desk","message":"0000000000001","cell":"athenahealth/patient.map.md:24:25","offset":120,"length":8}""");
        json.GetProperty("changes")[0].GetProperty("fields")[0].GetProperty("after").GetString().Should().Be("Doe");
    }

    [Fact]
    public async Task One_practice_does_not_see_the_records_of_another()
    {
        await StoreAsync("12345", "Doe");

        (await _bench.RunAsync("records", "show", "patient", "12345", "--practice", "1960")).Code.Should().Be(1);
        (await _bench.RunAsync("records", "sql", "SELECT * FROM patient", "--practice", "1960")).Error.Trim().Should().Be("SQL: no such table: patient.");
    }

    [Fact]
    public async Task A_query_runs_over_the_practices_records()
    {
        await StoreAsync("12345", "Doe");
        await StoreAsync("54321", "Müller");

        var text = await _bench.RunAsync("records", "sql", "SELECT external_id, last_name FROM patient ORDER BY last_name");
        var json = await _bench.RunAsync("records", "sql", "SELECT last_name, sex FROM patient", "--json", "--limit", "1");

        text.Out.Should().Be("external_id  last_name\n12345        Doe\n54321        Müller\n2 rows\n");
        json.Out.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal).Should().Be("""{"columns":["last_name","sex"],"rows":[["Doe",null]],"isCut":true}""");
    }

    [Fact]
    public async Task The_audit_says_what_a_query_read_even_when_it_got_no_answer()
    {
        await StoreAsync("12345", "Doe");
        await StoreAsync("54321", "Roe");

        await _bench.RunAsync("records", "sql", "SELECT last_name FROM patient LIMIT 1", "--reason", "count");
        await _bench.RunAsync("records", "sql", "SELECT nothing FROM patient");
        await _bench.RunAsync("records", "sql", "SELECT 1");

        (await _bench.ReadAsync(reader => reader.Audit("1959", 10))).Select(row => row.Subject).Should().Equal(
            "SELECT 1 (read: nothing)",
            "SELECT nothing FROM patient (read: 2 patient)",
            "SELECT last_name FROM patient LIMIT 1 (read: 2 patient)");
    }

    [Fact]
    public async Task A_query_that_would_change_something_is_refused()
    {
        await StoreAsync("12345", "Doe");

        var ran = await _bench.RunAsync("records", "sql", "DELETE FROM patient");

        (ran.Code, ran.Error.Trim()).Should().Be((1, "A query can only read: SELECT, WITH or VALUES."));
    }

    [Fact]
    public async Task Messages_are_listed_and_shown()
    {
        await _bench.CommitAsync(_bench.Samples.Unit(_bench.Samples.Message(MessageState.Quarantined, "MSH|^~\\&|\rPID|1\r", controlId: "C7")));
        var id = await _bench.ReadAsync(reader => reader.MessagesIn(MessageState.Quarantined, 1)[0]);

        var list = await _bench.RunAsync("messages", "list", "--state", "quarantined");
        var shown = await _bench.RunAsync("messages", "show", $"{id}");
        var json = JsonOf(await _bench.RunAsync("messages", "list", "--json"));

        list.Out.Should().MatchRegex($@"{id} +2026-01-14 10:00:00Z +1959 +front-desk +ADT\^A04 +C7 +quarantined");
        shown.Out.Should().Contain("MSH|^~\\&|\nPID|1\n\nMSA|AA|C7\n");
        json.GetProperty("messages")[0].GetProperty("state").GetString().Should().Be("quarantined");
        (await _bench.RunAsync("messages", "list", "--state", "applied", "--json")).Out.Should().Contain("\"messages\": []");
    }

    [Fact]
    public async Task Control_characters_of_a_message_are_shown_and_not_obeyed()
    {
        var message = _bench.Samples.Message(body: "MSH|^~\\&|\u001b[2J\u009b", controlId: "\u001b]0;x\u0007");
        await _bench.CommitAsync(_bench.Samples.Unit(message));

        (await _bench.RunAsync("messages", "show", $"{message.Id}")).Out.Should().Contain("␛[2J␡").And.NotContain("\u001b");
        (await _bench.RunAsync("messages", "list")).Out.Should().Contain("␛]0;x␇").And.NotContain("\u001b");
    }

    [Fact]
    public async Task A_held_message_is_applied_when_a_person_accepts_it()
    {
        var message = await HoldAsync();
        var review = await ReviewIdAsync();

        var list = await _bench.RunAsync("review", "list");
        var accepted = await _bench.RunAsync("review", "accept", review, "--reason", "called her");

        list.Out.Should().MatchRegex($"{review} +1959 +held +1×");
        accepted.Code.Should().Be(0);
        accepted.Out.Should().Be($"message {message}: applied\nReview item {review} is accepted.\n");
        _bench.Replays.Should().ContainSingle().Which.Should().Match<(EngineId Message, Acceptance Accepted, AuditEntry? Audit)>(replay =>
            replay.Message == message && replay.Accepted == Acceptance.OfContradiction && replay.Audit!.Actor == "maria" && replay.Audit.Reason == "called her");
        (await _bench.RunAsync("review", "list", "--json")).Out.Should().Contain("\"reviews\": []");
        (await _bench.RunAsync("review", "accept", review)).Error.Trim().Should().Be($"Review item {review} is already accepted.");
    }

    [Fact]
    public async Task An_item_that_its_messages_still_show_stays_open()
    {
        await HoldAsync();
        var review = await ReviewIdAsync();
        _bench.OnReplay = (store, message) => store.CommitAsync(
            new CommitUnit { Practice = StoreSamples.Practice, Message = _bench.Samples.Message(), Reviews = [new ReviewWrite("held", "k", "{}")] }, default);

        var ran = await _bench.RunAsync("review", "accept", review);

        ran.Code.Should().Be(0);
        ran.Out.Should().Contain("stays open");
        (await _bench.ReadAsync(reader => reader.Reviews(null, "open", 10))).Should().ContainSingle();
    }

    [Fact]
    public async Task A_dismissed_message_is_never_applied()
    {
        var message = await HoldAsync();
        var review = await ReviewIdAsync();

        var ran = await _bench.RunAsync("review", "dismiss", review, "--reason", "wrong person");

        (ran.Code, ran.Out).Should().Be((0, $"message {message}: dismissed\nReview item {review} is dismissed.\n"));
        _bench.Replays.Should().BeEmpty();
        (await _bench.ReadAsync(reader => reader.Message(message)!.State)).Should().Be(MessageState.Dismissed);
        (await _bench.RunAsync("audit", "list")).Out.Should().MatchRegex("maria +review dismiss +1959 +held .* +wrong person");
    }

    [Fact]
    public async Task The_status_counts_and_names_no_patient()
    {
        await StoreAsync("12345", "Doe");
        await HoldAsync();

        var text = await _bench.RunAsync("status");
        var json = JsonOf(await _bench.RunAsync("status", "--json"));

        text.Code.Should().Be(0);
        text.Out.Should().MatchRegex(@"front-desk +applied +1").And.MatchRegex(@"1959 +patient +1").And.MatchRegex(@"held +1")
            .And.Contain("set 7f3a2c, 0 errors, 1 warnings").And.NotContain("Doe").And.NotContain("12345");
        json.GetProperty("isRunning").GetBoolean().Should().BeFalse();
        json.GetProperty("mapping").GetProperty("set").GetString().Should().Be("7f3a2c");
        json.GetProperty("messages").GetArrayLength().Should().Be(2);
        json.GetProperty("open").EnumerateArray().Select(count => $"{count.GetProperty("kind")} {count.GetProperty("count")}").Should().Equal("held 1", "held messages 1");
        (await _bench.RunAsync("audit", "list", "--json")).Out.Should().NotContain("\"status\"");
    }

    [Fact]
    public async Task The_status_counts_messages_that_are_about_to_be_taken_up_again()
    {
        await _bench.CommitAsync(_bench.Samples.Unit(_bench.Samples.Message(MessageState.Ready)));

        (await _bench.RunAsync("status")).Out.Should().MatchRegex("ready messages +1");
    }

    [Fact]
    public async Task A_backup_is_made_restored_and_audited()
    {
        await StoreAsync("12345", "Doe");

        var backup = await _bench.RunAsync("backup", "copy", "--reason", "nightly");
        var again = await _bench.RunAsync("backup", "copy");

        backup.Code.Should().Be(0, backup.Error);
        File.Exists(Path.Combine(_bench.Root, "copy", "store.db")).Should().BeTrue();
        (again.Code, again.Error.Trim()).Should().Be((1, $"{Path.Combine(_bench.Root, "copy")} is not empty. A backup goes into an empty or new folder."));
        (await _bench.RunAsync("audit", "list")).Out.Should().MatchRegex("maria +backup .* +nightly");
    }

    [Fact]
    public async Task A_restore_without_the_key_of_the_backup_changes_nothing()
    {
        await StoreAsync("12345", "Doe");
        await _bench.RunAsync("backup", "copy");
        _bench.WriteSettings("""
            { "Data": "data", "Keys": { "MasterKeyFile": "none.key", "MasterKeyVariable": "NO_SUCH_KEY" }, "Practices": { "1959": { "Zone": "UTC", "Profile": "guide" } } }
            """);

        var ran = await _bench.RunAsync("restore", "copy");

        ran.Code.Should().Be(1);
        ran.Error.Should().Contain("none.key is not there");
        File.Exists(Path.Combine(_bench.Root, "none.key")).Should().BeFalse();
        (await _bench.RunAsync("restore", "nowhere")).Code.Should().Be(2);
    }

    private async Task StoreAsync(string externalId, string lastName) =>
        await _bench.CommitAsync(_bench.Samples.Unit(records: StoreSamples.Create(_bench.Samples.Record(externalId, lastName))));

    private async Task<EngineId> HoldAsync()
    {
        var message = _bench.Samples.Message(MessageState.Held, controlId: "H1");
        await _bench.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Message = message, Reviews = [new ReviewWrite("held", "k", "{}")] });
        return message.Id;
    }

    private async Task<string> ReviewIdAsync() => (await _bench.ReadAsync(reader => reader.Reviews(null, "open", 1)))[0].Id.ToString();

    private static JsonElement JsonOf(Ran ran)
    {
        ran.Code.Should().Be(0, ran.Error);
        return JsonDocument.Parse(ran.Out).RootElement;
    }
}
