using System.Text;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Sources.Ehr.Bulk;

/// <summary>A vendor that fails, lies or breaks off: nothing is lost, nothing is taken for whole that is not, and the next export begins where this one did.</summary>
public sealed class BulkFaultTests
{
    [Fact]
    public async Task A_kick_off_that_is_refused_is_over_and_says_why()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Server.On(BulkPlace.KickOff, 400, """{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-supported","diagnostics":"Garcia"}]}""");
        var job = await place.BeginAsync();

        job.Step.Should().Be(BulkStep.Failed);
        job.Problem.Should().EndWith("400. The server says: not-supported.");
        (await place.Jobs.OpenAsync(default)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_kick_off_that_the_vendor_has_no_time_for_is_made_again_when_it_says()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Server.On(BulkPlace.KickOff, 429, "", "text/plain", ("Retry-After", "300"));
        place.Begins();
        var job = await place.BeginAsync();
        var kept = (await place.Jobs.FindAsync(job.Id, default))!;

        (job.Step, kept.DueAt - kept.Now).Should().Be((BulkStep.Requested, TimeSpan.FromSeconds(300)));
        (await place.Engine.Core.Connections[Connected.Id].RateAsync(default)).PausedUntil.Should().Be(0, "a booking does not wait for it");
        place.Engine.Time.Advance(TimeSpan.FromSeconds(300));
        (await place.Export.StepAsync((await place.Jobs.FindAsync(job.Id, default))!, default)).Job.Step.Should().Be(BulkStep.Exporting);
    }

    [Fact]
    public async Task An_answer_without_a_polling_address_is_no_beginning()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Server.On(BulkPlace.KickOff, 200, """{"resourceType":"Bundle"}""");

        (await place.BeginAsync()).Problem.Should().Contain("Content-Location");
    }

    [Theory]
    [InlineData("<html><body>Service temporarily not available.</body></html>")]
    [InlineData("Service temporarily not registered with API gateway.")]
    [InlineData("")]
    public async Task A_kick_off_that_a_gateway_answers_is_made_again(string body)
    {
        await using var place = await BulkPlace.StartAsync();
        place.Server.On(BulkPlace.KickOff, 200, body, "text/html");
        place.Begins();
        var job = await place.BeginAsync();
        var kept = (await place.Jobs.FindAsync(job.Id, default))!;
        (job.Step, job.Failures).Should().Be((BulkStep.Requested, 1), job.Problem);

        place.Engine.Time.Advance(kept.DueAt!.Value - kept.Now);

        (await place.Export.StepAsync((await place.Jobs.FindAsync(job.Id, default))!, default)).Job.Step.Should().Be(BulkStep.Exporting);
    }

    [Fact]
    public async Task A_kick_off_whose_answer_is_lost_is_made_once_more_and_not_a_third_time()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Server.On(BulkPlace.KickOff, context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var job = await place.BeginAsync();
        job.Notes.Should().Contain(note => note.StartsWith("The answer to the kick-off was lost", StringComparison.Ordinal));
        job = await place.UntilOverAsync(job.Id);

        (job.Step, job.Lost).Should().Be((BulkStep.Failed, 2));
        place.Asked.Should().Equal(BulkPlace.KickOff, BulkPlace.KickOff);
    }

    [Theory]
    [InlineData(500, """{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"processing"}]}""", "processing")]
    [InlineData(404, "", "404")]
    [InlineData(302, "", "not https")]
    public async Task A_polling_that_can_not_go_on_ends_the_export(int status, string body, string reason)
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Server.On(BulkPlace.Status, status, body, "application/json", ("Location", "http://elsewhere.example/status"));
        var job = await place.RunAsync();

        job.Step.Should().Be(BulkStep.Failed);
        job.Problem.Should().Contain(reason);
    }

    [Theory]
    [InlineData(500, """{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"transient"}]}""")]
    [InlineData(502, "<html>bad gateway</html>")]
    [InlineData(429, "")]
    [InlineData(401, "")]
    [InlineData(200, "<html>please wait</html>")]
    [InlineData(200, """{"resourceType":"Bundle"}""")]
    public async Task A_polling_that_fails_for_a_while_goes_on(int status, string body)
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Server.On(BulkPlace.Status, status, body).On(BulkPlace.Status, status, body);
        place.Manifest(("Patient", "/files/p", 1)).File("/files/p", BulkPlace.Patient(1)).Server.On(BulkPlace.Release, 202, "");

        (await place.RunAsync()).Step.Should().Be(BulkStep.Loaded);
    }

    [Fact]
    public async Task A_manifest_that_never_is_one_ends_the_export()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Server.On(BulkPlace.Status, 200, "<html>please wait</html>", "text/html");
        var job = await place.RunAsync();

        (job.Step, job.Failures).Should().Be((BulkStep.Failed, new BulkLimits().NotUnderstoodMax));
        job.Problem.Should().Contain("HTML");
    }

    [Fact]
    public async Task A_vendor_that_fails_for_a_day_is_given_up()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Server.On(BulkPlace.Status, 503, "");
        var job = await place.BeginAsync();
        job = await place.UntilOverAsync(job.Id, stepsMax: 400);

        job.Problem.Should().StartWith("It has failed for 24 hours.");
    }

    [Fact]
    public async Task A_vendor_that_is_never_done_is_given_up_and_told_so()
    {
        await using var place = await BulkPlace.StartAsync(connection => connection with { Bulk = connection.Bulk with { CompleteWithin = TimeSpan.FromHours(30) } });
        place.Begins().Server.On(BulkPlace.Status, 202, "", "text/plain", ("X-Progress", "40% Completed"), ("Retry-After", "3600")).On(BulkPlace.Release, 202, "");
        var started = place.Engine.Time.GetUtcNow();

        var job = await place.RunAsync();

        (job.Step, job.Problem).Should().Be((BulkStep.Failed, "The vendor has not completed it in 30 hours (Connections:conn_1:Bulk:CompleteWithin), and says of itself: 40% Completed. Nothing was taken, and the next export begins from where this one did."));
        (job.EndedAt - started).Should().BeGreaterThanOrEqualTo(TimeSpan.FromHours(30)).And.BeLessThan(TimeSpan.FromHours(32));
        place.Asked.Last().Should().Be(BulkPlace.Release);
        (await place.Jobs.OpenAsync(default)).Should().BeEmpty("another can be begun");
    }

    [Fact]
    public async Task A_file_that_is_cut_off_is_fetched_again_and_nothing_of_it_is_taken_before()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest(("Patient", "/files/p", 2)).CutOff("/files/p", BulkPlace.Patient(1) + "\n").File("/files/p", BulkPlace.Patient(1), BulkPlace.Patient(2)).Server.On(BulkPlace.Release, 202, "");

        (await place.RunAsync()).Step.Should().Be(BulkStep.Loaded);
        (await place.RunsAsync()).Should().ContainSingle().Which.Counts.Created.Should().Be(2);
    }

    [Fact]
    public async Task A_file_with_another_number_of_resources_is_taken_and_does_not_count_as_whole()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest(("Patient", "/files/p", 3)).File("/files/p", BulkPlace.Patient(1), BulkPlace.Patient(2)).Server.On(BulkPlace.Release, 202, "");
        var job = await place.RunAsync();

        (job.Step, job.Files[0].Rows).Should().Be((BulkStep.Failed, 2));
        job.Files[0].Problem.Should().Be("the vendor says that it holds 3 resources, and it holds 2. They were taken.");
        place.Asked.Count(one => one == "GET /files/p").Should().Be(3);
        (await place.CountAsync("patient")).Should().Be(2);
        (await place.Jobs.SinceAsync(job.Level, job.Types, default)).Should().BeNull();
    }

    [Theory]
    [InlineData("<html>expired</html>", "an array of objects, or an object a line")]
    [InlineData("""{"resourceType":"Patient","id":"1" """, "cut off")]
    public async Task What_is_no_file_of_resources_is_not_read(string content, string reason)
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest(("Patient", "/files/p", null), ("Observation", "/files/o", 0)).File("/files/p", content).File("/files/o").Server.On(BulkPlace.Release, 202, "");
        var job = await place.RunAsync();

        job.Step.Should().Be(BulkStep.Failed);
        job.Files[0].Problem.Should().Contain(reason);
        job.Files[1].State.Should().Be(BulkFileState.Loaded, "an empty one is whole");
        (await place.MessagesAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_line_without_an_end_is_not_held_in_memory()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest(("Patient", "/files/p", 1)).Server.On(BulkPlace.Release, 202, "").On("GET /files/p", async context =>
        {
            context.Response.ContentType = "application/fhir+ndjson";
            await context.Response.Body.WriteAsync("{\"a\":\""u8.ToArray());
            var letters = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(letters, context.RequestAborted);
            }
        });

        (await place.RunAsync()).Files[0].Problem.Should().Contain("longer than");
    }

    [Fact]
    public async Task A_resource_that_is_too_deep_is_refused_alone()
    {
        await using var place = await BulkPlace.StartAsync();
        var deep = $$"""{"resourceType":"Patient","id":"a-195900.E-9","x":{{string.Concat(Enumerable.Repeat("[", 200))}}{{string.Concat(Enumerable.Repeat("]", 200))}}}""";
        place.Begins().Manifest(("Patient", "/files/p", 2)).File("/files/p", deep, BulkPlace.Patient(1)).Server.On(BulkPlace.Release, 202, "");

        (await place.RunAsync()).Step.Should().Be(BulkStep.Loaded);
        var run = (await place.RunsAsync()).Single();
        (run.Counts.Created, run.Counts.Refused).Should().Be((1, 1));
    }

    [Fact]
    public async Task A_file_that_the_vendor_has_dropped_fails_and_the_others_are_taken()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest(("Patient", "/files/p", 1), ("Observation", "/files/gone", 1)).File("/files/p", BulkPlace.Patient(1)).Server.On(BulkPlace.Release, 202, "").On("GET /files/gone", 410, "");
        var job = await place.RunAsync();

        job.Files.Select(file => file.State).Should().Equal(BulkFileState.Loaded, BulkFileState.Failed);
        job.Problem.Should().Contain("begin another export");
        (await place.CountAsync("patient")).Should().Be(1);
    }

    [Fact]
    public async Task A_file_on_a_host_that_is_not_the_vendors_is_not_fetched_with_the_token()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Server.On(BulkPlace.Status, 200, $$"""{"transactionTime":"{{BulkPlace.At}}","requiresAccessToken":true,"output":[{"type":"Patient","url":"https://elsewhere.example/p"}],"error":[]}""").On(BulkPlace.Release, 202, "");

        (await place.RunAsync()).Files[0].Problem.Should().Contain("elsewhere.example");
    }

    [Fact]
    public async Task A_file_that_can_not_be_had_now_is_fetched_later_and_what_was_read_is_not_read_again()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest(("Patient", "/files/p", 1), ("Observation", "/files/o", 1)).File("/files/p", BulkPlace.Patient(1));
        place.Server.On("GET /files/o", 503, "").On(BulkPlace.Release, 202, "");
        place.File("/files/o", BulkPlace.Value(1, 1));

        (await place.RunAsync()).Step.Should().Be(BulkStep.Loaded);
        (await place.RunsAsync()).Should().HaveCount(2);
        place.Asked.Count(one => one == "GET /files/p").Should().Be(1);
    }

    [Fact]
    public async Task Manifests_without_an_end_are_none()
    {
        await using var place = await BulkPlace.StartAsync();
        place.Begins().Manifest($$""","link":[{"relation":"next","url":"{{place.Server.Address}}/status?page=2"}]""");
        var job = await place.RunAsync();

        job.Problem.Should().Contain("the manifest of the export has more than");
    }
}
