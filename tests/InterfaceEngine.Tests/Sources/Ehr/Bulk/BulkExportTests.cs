using InterfaceEngine.Ehr;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Sources.Ehr.Bulk;

public sealed class BulkExportTests
{
    [Fact]
    public async Task An_export_is_asked_for_polled_fetched_read_and_released()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var job = await place.RunAsync();

        (job.Step, job.Problem).Should().Be((BulkStep.Loaded, null));
        (await place.CountAsync("patient"), await place.CountAsync("observation")).Should().Be((3, 6));
        place.Asked.Should().StartWith([BulkPlace.KickOff, BulkPlace.Status, BulkPlace.Status]).And.EndWith(BulkPlace.Release).And.HaveCount(7);
        var kickOff = place.Server.Requests.Single(request => request.Path.EndsWith("$export", StringComparison.Ordinal));
        kickOff.Query.Should().Be("?_outputFormat=application%2Ffhir%2Bndjson&_type=Observation%2CPatient");
        (kickOff.Headers["Prefer"], kickOff.Headers["Accept"]).Should().Be(("respond-async", "application/fhir+json"));
        place.Server.Requests.First(request => request.Path == "/status").Query.Should().Be("?job=$1", "a polling address is used byte for byte");
        place.Server.Requests.First(request => request.Path == "/files/p").Headers["Accept"].Should().Be("application/fhir+ndjson");
    }

    [Fact]
    public async Task A_practice_that_we_call_otherwise_than_its_vendor_gets_what_is_its_own()
    {
        await using var place = await BulkPlace.WithClinicAsync(
            connection => connection with { Practice = "1959", VendorPractice = BulkPlace.Practice },
            practice => practice.Id == "1959" ? practice with { VendorNumber = BulkPlace.Practice } : practice);

        var job = await place.RunAsync();

        (job.Step, job.Files.Sum(file => file.Refused)).Should().Be((BulkStep.Loaded, 0));
        (await place.Engine.RecordsAsync("1959", "patient")).Select(patient => patient.ExternalId).Should().BeEquivalentTo("1", "2", "3");
        (await place.Engine.RecordsAsync("1959", "observation")).Should().HaveCount(6);
    }

    [Fact]
    public async Task Patients_are_read_first_whatever_the_order_of_the_manifest()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var job = await place.RunAsync();

        job.Files.Select(file => file.Type).Should().Equal("Patient", "Observation", "Observation");
        (await place.RunsAsync()).Select(run => run.Kind).Should().Equal("FHIR Patient", "FHIR Observation", "FHIR Observation");
        (await place.RunsAsync()).Should().OnlyContain(run => run.Counts.Parked == 0);
    }

    [Fact]
    public async Task A_value_whose_patient_comes_later_waits_for_it()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest(("Observation", "/files/o", 1)).File("/files/o", BulkPlace.Value(1, 1)).Server.On(BulkPlace.Release, 202, "");
        place.Manifest(("Patient", "/files/p", 1)).File("/files/p", BulkPlace.Patient(1));
        await place.RunAsync();
        (await place.RunsAsync()).Single().Counts.Parked.Should().Be(1);
        (await place.CountAsync("observation")).Should().Be(0);

        await place.RunAsync();

        (await place.Engine.Store.ReadAsync(reader => reader.MessageCounts(), default)).Should().Contain(count => count.State == MessageState.Ready && count.Count == 1, "it is taken up now");
    }

    [Fact]
    public async Task What_the_vendor_gives_by_its_id_alone_is_not_asked_for()
    {
        await using var place = await BulkPlace.StartAsync(options => options with { Dialect = options.Dialect with { HasNoAppointmentSearch = true } });
        place.Begins();

        var job = await place.BeginAsync(new BulkRequest { Types = ["Appointment", "Patient"] });

        job.Types.Should().Equal("Patient");
        job.Notes.Should().Contain("Appointment was left out: the vendor gives it by its id alone.");
    }

    [Fact]
    public async Task Two_resources_are_two_records_and_one_that_is_told_twice_contradicts_itself_only_by_what_it_says()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest(("Patient", "/files/p", 1), ("Condition", "/files/c", 4)).File("/files/p", BulkPlace.Patient(1)).Server.On(BulkPlace.Release, 202, "");
        place.File("/files/c", Condition("c-1", "2020-01-02"), Condition("c-2", "2020-01-02"), Condition("c-1", "2020-01-02"), Condition("c-1", "2021-03-04"));

        await place.RunAsync(new BulkRequest { Types = ["Patient", "Condition"] });

        var counts = (await place.RunsAsync()).Single(run => run.Kind == "FHIR Condition").Counts;
        (counts.Created, counts.Duplicate, counts.Refused).Should().Be((2, 1, 1), "the fourth says another day of the first");
    }

    private static string Condition(string id, string onset) =>
        $$$"""{"resourceType":"Condition","id":"{{{id}}}","subject":{"reference":"Patient/a-195900.E-1"},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"I10","display":"Hypertension"}]},"onsetDateTime":"{{{onset}}}"}""";

    [Fact]
    public async Task The_vendors_words_and_its_pause_are_kept()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var job = await place.BeginAsync();
        var asked = (await place.Jobs.FindAsync(job.Id, default))!;
        place.Engine.Time.Advance(asked.DueAt!.Value - asked.Now);
        var polled = await place.Export.StepAsync((await place.Jobs.FindAsync(job.Id, default))!, default);

        polled.Job.Progress.Should().Be("40% Completed");
        (polled.DueAt - polled.Now).Should().Be(TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task The_next_one_goes_on_from_the_vendors_own_moment()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        await place.RunAsync();
        var next = await place.BeginAsync();
        var other = place.Jobs.SinceAsync(next.Level, ["Condition", "Patient"], default);

        next.Since.Should().Be(DateTimeOffset.Parse(BulkPlace.At, null));
        place.Server.Requests.Last(request => request.Path.EndsWith("$export", StringComparison.Ordinal)).Query.Should().EndWith("&_since=2026-02-01T11%3A00%3A00.000Z");
        (await other).Should().BeNull("conditions were never loaded");
        (await place.Export.CancelAsync(next.Id, default))!.Step.Should().Be(BulkStep.Cancelled);
        (await place.BeginAsync(new BulkRequest { Types = ["Patient"], IsFull = true })).Since.Should().BeNull();
    }

    [Fact]
    public async Task From_time_to_time_everything_is_exported()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        await place.RunAsync();
        place.Engine.Time.Advance(TimeSpan.FromDays(20));
        (await place.RunAsync()).Since.Should().NotBeNull();
        place.Engine.Time.Advance(TimeSpan.FromDays(11));

        var full = await place.RunAsync();

        full.Since.Should().BeNull("who came to the group since may have an older chart");
        full.Notes.Should().Contain(note => note.StartsWith("Everything is exported, as every 30 days (FullEvery)", StringComparison.Ordinal));
        place.Engine.Time.Advance(TimeSpan.FromDays(1));
        (await place.BeginAsync()).Since.Should().Be(DateTimeOffset.Parse(BulkPlace.At, null));
    }

    [Fact]
    public async Task One_that_asks_from_a_later_moment_leaves_no_gap()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        (await place.RunAsync(new BulkRequest { Types = ["Patient", "Observation"], Since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) })).Step.Should().Be(BulkStep.Loaded);
        var first = await place.RunAsync();
        first.Since.Should().BeNull("what was before the first one's moment was never loaded");
        await place.RunAsync(new BulkRequest { Types = ["Patient", "Observation"], Since = DateTimeOffset.Parse(BulkPlace.At, null) + TimeSpan.FromMinutes(30) });

        (await place.BeginAsync()).Since.Should().Be(DateTimeOffset.Parse(BulkPlace.At, null));
    }

    [Fact]
    public async Task What_was_loaded_before_changes_nothing_when_it_comes_again()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        await place.RunAsync();
        var before = await place.MessagesAsync();
        var job = await place.RunAsync(new BulkRequest { Types = ["Patient", "Observation"], IsFull = true });

        job.Step.Should().Be(BulkStep.Loaded);
        (await place.MessagesAsync()).Should().Be(before);
        (await place.CountAsync("observation")).Should().Be(6);
    }

    [Fact]
    public async Task The_same_export_is_not_begun_twice_and_another_not_beside_it()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var first = await place.BeginAsync();
        var second = await place.BeginAsync();
        var other = () => place.BeginAsync(new BulkRequest { Types = ["Patient"] });

        second.Id.Should().Be(first.Id);
        (await other.Should().ThrowAsync<BulkRefusedException>()).Which.Message.Should().Contain(first.Id);
        place.Asked.Should().ContainSingle();
    }

    [Fact]
    public async Task A_vendor_that_can_not_be_asked_now_what_it_has_is_not_asked_blindly_for_everything()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        place.Server.On("GET /fhir/r4/metadata", 503, "");

        var begun = place.BeginAsync();
        while (!begun.IsCompleted)
        {
            // It is asked again a few times, by a clock that stands still.
            place.Engine.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(10);
        }

        (await FluentActions.Awaiting(() => begun).Should().ThrowAsync<EhrException>()).Which.IsTransient.Should().BeTrue();

        place.Asked.Should().BeEmpty();
        (await place.Export.Jobs.ListAsync(100, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Types_that_no_table_reads_or_the_server_has_not_are_left_out_and_named()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        place.Server.On("GET /fhir/r4/metadata", 200, """{"resourceType":"CapabilityStatement","rest":[{"mode":"server","resource":[{"type":"Patient"},{"type":"Medication"}]}]}""");
        var job = await place.BeginAsync(new BulkRequest { Types = ["Patient", "Condition", "Medication"] });
        var word = () => place.BeginAsync(new BulkRequest { Types = ["Patient", "a word"] });
        var nothing = () => place.BeginAsync(new BulkRequest { Types = ["Medication"] });

        job.Types.Should().Equal("Patient");
        job.Notes.Should().Equal("Condition was left out: the server has it not.", "Medication was left out: no table of practice 195900 reads it.");
        (await word.Should().ThrowAsync<BulkRefusedException>()).Which.IsWrong.Should().BeTrue();
        (await nothing.Should().ThrowAsync<BulkRefusedException>()).Which.Message.Should().StartWith("There is nothing to export");
    }

    [Fact]
    public async Task A_vendor_that_exports_by_group_alone_is_asked_so()
    {
        await using var place = await BulkPlace.WithClinicAsync();

        (await place.BeginAsync(new BulkRequest { Level = "Patient", Types = ["Patient"] })).Notes.Should().Contain("The vendor exports by group alone: Group/a-1.c-195900 was taken.");
    }

    [Theory]
    [InlineData("Patient", "GET /fhir/r4/Patient/$export")]
    [InlineData("System", "GET /fhir/r4/$export")]
    [InlineData("Group/7", "GET /fhir/r4/Group/7/$export")]
    public async Task Another_vendor_is_asked_for_what_is_wanted(string level, string request)
    {
        await using var place = await BulkPlace.StartAsync(options => options with { Dialect = new() });
        place.Server.On(request, 202, "", "text/plain", ("Content-Location", $"{place.Server.Address}/status"));

        (await place.BeginAsync(new BulkRequest { Level = level, Types = ["Patient"] })).Step.Should().Be(BulkStep.Exporting);
    }

    [Fact]
    public async Task A_group_that_is_not_named_is_asked_for()
    {
        await using var place = await BulkPlace.StartAsync(options => options with { Dialect = new() });
        var begin = () => place.BeginAsync(new BulkRequest { Level = "Group", Types = ["Patient"] });

        (await begin.Should().ThrowAsync<BulkRefusedException>()).Which.Message.Should().StartWith("Which group?");
    }

    [Fact]
    public async Task A_newer_server_is_asked_with_a_body()
    {
        await using var place = await BulkPlace.StartAsync(options => options with { Bulk = new() { IsPosted = true } });
        place.Server.On("POST /fhir/r4/Group/a-1.c-195900/$export", 202, "", "text/plain", ("Content-Location", $"{place.Server.Address}/status"));
        await place.BeginAsync(new BulkRequest { Types = ["Patient", "Observation"], Since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });

        place.Server.Requests.Last().Body.Should().Be(
            """{"resourceType":"Parameters","parameter":[{"name":"_outputFormat","valueString":"application/fhir\u002Bndjson"},{"name":"_type","valueString":"Observation"},{"name":"_type","valueString":"Patient"},{"name":"_since","valueInstant":"2026-01-01T00:00:00.000Z"}]}""");
    }

    [Fact]
    public async Task Pages_of_a_manifest_are_one()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest($$""","link":[{"relation":"next","url":"{{place.Server.Address}}/status2"}]""", ("Patient", "/files/p1", 1)).File("/files/p1", BulkPlace.Patient(1)).File("/files/p2", BulkPlace.Patient(2));
        place.Server.On("GET /status2", 200, $$"""{"transactionTime":"{{BulkPlace.At}}","output":[{{place.File(("Patient", "/files/p2", 1))}}]}""").On(BulkPlace.Release, 202, "");

        (await place.RunAsync()).Files.Should().HaveCount(2);
        (await place.CountAsync("patient")).Should().Be(2);
    }

    [Fact]
    public async Task What_was_deleted_is_withdrawn()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        place.Server.On(
            BulkPlace.Status, 200,
            $$"""{"transactionTime":"2026-02-01T12:00:00Z","requiresAccessToken":true,"output":[],"deleted":[{{place.File(("Bundle", "/files/d", 1))}}],"error":[]}""");
        place.File("/files/d", """{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/v-1"}},{"request":{"method":"DELETE","url":"Observation/v-99"}}]}""");
        await place.RunAsync();
        place.Engine.Time.Advance(TimeSpan.FromHours(1));
        var job = await place.RunAsync();

        job.Step.Should().Be(BulkStep.Loaded);
        (await place.Engine.RecordsAsync(BulkPlace.Practice, "observation")).Count(one => one["retracted_at"] is not null).Should().Be(1);
    }

    [Fact]
    public async Task What_the_vendor_could_not_export_is_told_by_its_codes_and_asked_for_again()
    {
        await using var other = await BulkPlace.StartAsync();
        other.Begins().Server.On(BulkPlace.Status, 200, $$"""{"transactionTime":"{{BulkPlace.At}}","requiresAccessToken":true,"output":[{{other.File(("Patient", "/files/p", 1))}}],"error":[{{other.File(("OperationOutcome", "/files/e", 2))}}]}""").On(BulkPlace.Release, 202, "");
        other.File("/files/p", BulkPlace.Patient(1)).File(
            "/files/e",
            """{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found","diagnostics":"Maria Garcia"}]}""",
            """{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"informational","diagnostics":"cut off \ud83d"}]}""");
        var job = await other.RunAsync();

        job.Step.Should().Be(BulkStep.Loaded);
        job.Files.Single(file => file.Content == BulkContent.Outcomes).Problem.Should().Be("the vendor reports 1 × error not-found, 1 × warning informational");
        job.Problem.Should().StartWith("The vendor says that it could not export everything.");
        (await other.Jobs.SinceAsync(job.Level, job.Types, default)).Should().BeNull();
    }

    [Fact]
    public async Task An_export_that_is_given_up_is_given_up_at_the_vendor_too()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var begun = await place.BeginAsync();
        var job = await place.Export.CancelAsync(begun.Id, default);

        job!.Step.Should().Be(BulkStep.Cancelled);
        place.Asked.Should().EndWith(BulkPlace.Release);
        (await place.Export.CancelAsync(begun.Id, default))!.EndedAt.Should().Be(job.EndedAt);
        (await place.Export.CancelAsync("job_9", default)).Should().BeNull();
    }

    [Fact]
    public async Task One_that_is_given_up_while_it_is_asked_for_is_given_up_at_the_vendor_too()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Server.On(BulkPlace.KickOff, async context =>
        {
            await place.Export.CancelAsync((await place.Jobs.OpenAsync(default)).Single().Job.Id, default);
            context.Response.StatusCode = 202;
            context.Response.Headers["Content-Location"] = $"{place.Server.Address}/status";
        }).On(BulkPlace.Release, 202, "");
        var job = await place.BeginAsync();

        job.Step.Should().Be(BulkStep.Cancelled);
        place.Asked.Should().Equal(BulkPlace.KickOff, BulkPlace.Release);
    }

    [Fact]
    public async Task Who_goes_on_with_what_was_given_up_meanwhile_stops()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var begun = await place.BeginAsync();
        var seen = (await place.Jobs.FindAsync(begun.Id, default))!;
        await place.Export.CancelAsync(begun.Id, default);

        (await place.Export.StepAsync(seen, default)).Job.Step.Should().Be(BulkStep.Cancelled);
        (await place.CountAsync("patient")).Should().Be(0);
    }

    [Fact]
    public async Task Nothing_of_a_patient_is_on_disk_beside_the_store()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        await place.RunAsync();

        Directory.EnumerateFiles(Path.Combine(place.Engine.Settings.Data, "spool")).Should().BeEmpty();
    }

    [Fact]
    public async Task Work_goes_on_with_what_is_due_alone()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var work = new BulkWork(place.Export, Connected.Id, place.Engine.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<BulkWork>.Instance);
        (await work.StepAsync(default)).Should().BeFalse();
        var job = await place.BeginAsync();
        (await work.StepAsync(default)).Should().BeFalse("the vendor has time to begin");
        foreach (var pause in (int[])[5, 120, 0])
        {
            place.Engine.Time.Advance(TimeSpan.FromSeconds(pause));
            (await work.StepAsync(default)).Should().BeTrue();
        }

        (await place.Jobs.FindAsync(job.Id, default))!.Job.Step.Should().Be(BulkStep.Loaded);
        (await work.StepAsync(default)).Should().BeFalse();
    }
}
