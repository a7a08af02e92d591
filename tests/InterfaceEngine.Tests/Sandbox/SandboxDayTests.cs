using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox;

/// <summary>
/// A clinic's day through real sockets into a whole engine, well behaved and not: the engine's counts are the sender's
/// account, and its records are what the day came to.
/// </summary>
public sealed class SandboxDayTests : IAsyncLifetime
{
    private const string Practice = "195900";
    private static readonly MessageState[] _settled = [MessageState.Applied, MessageState.Unchanged];

    private RunningEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await RunningEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_day_is_taken_message_for_message_and_the_records_are_what_the_day_came_to()
    {
        var feed = new ClinicFeed(FeedStyle.Athena, new ClinicOptions { Events = 1_500, People = 120 });

        var account = await SendAsync(feed.Messages(), FaultOptions.None);

        account.Should().Match<FeedAccount>(one => one.Messages == 1_500 && one.Accepted == 1_500 && one.FramesSent == 1_500);
        var counts = await _engine.CountsAsync();
        counts.Keys.Should().BeSubsetOf(_settled);
        counts.Values.Sum().Should().Be(1_500);
        await CheckAsync(feed.Day);
        await CheckLedgerAsync(1_500);
    }

    [Fact]
    public async Task A_day_from_a_sender_that_misbehaves_in_every_way_it_can_loses_nothing_and_does_nothing_twice()
    {
        var feed = new ClinicFeed(FeedStyle.Athena, new ClinicOptions { Events = 1_500, People = 120 });

        var account = await SendAsync(feed.Messages(), FaultOptions.All(FaultOptions.OfSender, 0.05, seed: 1));

        account.IsAllAccepted.Should().BeTrue("not accepted: {0}", string.Join(", ", account.NotAccepted));
        account.Faults.Keys.Should().BeEquivalentTo(FaultOptions.OfSender);
        account.WrongReplies.Should().Be(0);
        account.ResendsUnequal.Should().Be(0, "a resend gets the stored reply");
        var counts = await _engine.CountsAsync();
        counts.Keys.Should().BeSubsetOf([.. _settled, MessageState.Duplicate]);
        counts.Values.Sum().Should().BeLessThanOrEqualTo(account.FramesSent);
        var messages = (await _engine.MessagesAsync()).GroupBy(message => message.ControlId).ToList();
        messages.Should().HaveCount(1_500);
        messages.Where(sendings => sendings.Count(message => _settled.Contains(message.State)) != 1).Select(sendings => sendings.Key)
            .Should().BeEmpty("each message is settled once, and each further sending of it is a duplicate");
        await CheckAsync(feed.Day);
        await CheckLedgerAsync(counts.Values.Sum());
    }

    /// <summary>
    /// Nobody keeps a patient on one connection here: every connection tells of the same patient, in no order, and some
    /// messages twice.
    /// </summary>
    [Fact]
    public async Task Sixteen_connections_that_interleave_one_patient_s_updates_end_in_the_newest_state()
    {
        const int Updates = 320;
        var feed = new ClinicFeed(FeedStyle.Athena, new ClinicOptions());
        var person = Population.Invent(1, InterfaceEngine.Sandbox.Clinic.Practice.Athena, 1, new DateOnly(2026, 1, 5))[0];
        var first = new DateTime(2026, 1, 5, 8, 0, 0, DateTimeKind.Unspecified);
        var updates = Enumerable.Range(1, Updates).Select(number => feed.Message(new ClinicEvent(
            "ADT^A08",
            first.AddMinutes(number),
            person with { Address = person.Address with { Line1 = $"{number} OAK AVE" }, MobilePhone = $"21755501{number % 100:D2}" })
        { Number = number }) with
        { Lane = $"{number}" }).ToList();
        Shuffle(updates, seed: 5);

        var account = await SendAsync(updates, new FaultOptions { Chances = new Dictionary<FaultKind, double> { [FaultKind.Resend] = 0.1, [FaultKind.Drop] = 0.05 } }, connections: 16);

        account.IsAllAccepted.Should().BeTrue("not accepted: {0}", string.Join(", ", account.NotAccepted));
        var patient = (await _engine.RecordsAsync(Practice, RecordDefinition.Patient)).Should().ContainSingle().Which.Value;
        patient["address.line1"].Should().Be($"{Updates} OAK AVE");
        patient["phone_mobile"].Should().Be($"+121755501{Updates % 100:D2}");
    }

    [Fact]
    public async Task Who_comes_by_messages_and_then_in_files_is_one_patient_with_the_same_visits()
    {
        const string Guide = "1959";
        var feed = new ClinicFeed(FeedStyle.Guide, new ClinicOptions { Events = 400, People = 60 });
        (await new FeedClient(new FeedClientOptions { To = _engine.Guide }, TimeProvider.System).SendAsync(feed.Messages(), default)).IsAllAccepted.Should().BeTrue();
        var (people, visits) = (await _engine.RecordsAsync(Guide, RecordDefinition.Patient), await _engine.RecordsAsync(Guide, "appointment"));
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(_engine.Settings.File)!, "nightly")).FullName;
        await File.WriteAllLinesAsync(Path.Combine(folder, "patients.csv"), GuideFiles.Patients(feed.Day.Charts));
        await File.WriteAllLinesAsync(Path.Combine(folder, "appointments.csv"), GuideFiles.Appointments(feed.Day.Charts));

        foreach (var (file, kind) in ((string, string)[])[("patients.csv", "Patients file"), ("appointments.csv", "Schedule file")])
        {
            var (code, output, error) = await _engine.CommandAsync("files", "import", Path.Combine(folder, file), "--practice", Guide, "--as", kind, "--json");
            code.Should().Be(0, output + error);
            var counts = JsonDocument.Parse(output).RootElement[0].GetProperty("counts");
            (counts.GetProperty("refused").GetInt64(), counts.GetProperty("held").GetInt64(), counts.GetProperty("parked").GetInt64()).Should().Be((0, 0, 0), file);
        }

        var after = await _engine.RecordsAsync(Guide, RecordDefinition.Patient);
        after.Values.Select(patient => (patient.ExternalId, patient.Id)).Should().BeEquivalentTo(people.Values.Select(patient => (patient.ExternalId, patient.Id)), "nobody is there twice");
        foreach (var chart in feed.Day.Charts.Where(chart => chart is { MergedInto: null, IsDeleted: false }))
        {
            (after[chart.Person.Id]["last_name"], after[chart.Person.Id]["address.line1"], after[chart.Person.Id]["email"])
                .Should().Be((chart.Person.LastName, chart.Person.Address.Line1, NullIfEmpty(chart.Person.Email)), "of patient {0}", chart.Person.Id);
        }

        var told = feed.Day.Charts.Where(chart => chart is { MergedInto: null, IsDeleted: false }).SelectMany(chart => chart.Visits.Values.Where(visit => visit.Status != VisitStatus.Deleted)).ToList();
        var kept = await _engine.RecordsAsync(Guide, "appointment");
        visits.Values.Select(visit => kept[visit.ExternalId].Id).Should().Equal(visits.Values.Select(visit => visit.Id), "no visit is there twice");
        told.Select(visit => (visit.Id, Start: kept[visit.Id]["start_time"], Provider: kept[visit.Id]["provider_id"]))
            .Should().BeEquivalentTo(told.Select(visit => (visit.Id, Start: Utc(visit.Start), Provider: $"prov-{visit.Provider.LastName.ToLowerInvariant()}")));
    }

    /// <summary>Returns when the engine has noticed the end of every connection: what a sender did not wait for is counted by then as well.</summary>
    private async Task<FeedAccount> SendAsync(IEnumerable<FeedMessage> messages, FaultOptions faults, int connections = 8)
    {
        var account = await new FeedClient(new FeedClientOptions { To = _engine.Athena, Connections = connections, Faults = faults }, TimeProvider.System).SendAsync(messages, default);
        await RunningEngine.UntilAsync(() => Task.FromResult(_engine.Host.Sources.All(source => source.Peers.Count == 0)));
        return account;
    }

    /// <summary>The ledger, asked over the engine's own socket, has no difference, with rows counted too.</summary>
    private async Task CheckLedgerAsync(long stored)
    {
        var ledger = await _engine.AskAsync(new LedgerRequest(null, TestEngine.Athena.Name, IsFull: true) { Actor = "test" });

        ledger.Differences.Select(difference => difference.Text).Should().BeEmpty();
        ledger.Sources.Single().Should().Match<SourceLedgerView>(source => source.Received - source.Unanswered - source.OnTheirWay == stored && source.Missing == 0);
    }

    /// <summary>Every patient, appointment and visit, in what was told last.</summary>
    private async Task CheckAsync(ClinicDay day)
    {
        var charts = day.Charts.Where(chart => chart.MergedInto is null).ToList();
        var patients = await _engine.RecordsAsync(Practice, RecordDefinition.Patient);
        patients.Keys.Should().BeEquivalentTo(day.Charts.Select(chart => chart.Person.Id));
        foreach (var chart in charts)
        {
            Told(patients[chart.Person.Id]).Should().Be(Told(chart.Person), "of patient {0}", chart.Person.Id);
            (patients[chart.Person.Id]["active"], patients[chart.Person.Id]["merged_into"]).Should().Be((chart.IsDeleted ? "false" : "true", null), "of patient {0}", chart.Person.Id);
        }

        var retired = day.Charts.Where(chart => chart.MergedInto is not null).ToList();
        retired.Should().NotBeEmpty();
        foreach (var chart in retired)
        {
            patients[chart.Person.Id]["merged_into"].Should().Be(patients[chart.MergedInto!].Id.ToString(), "of patient {0}", chart.Person.Id);
        }

        var booked = charts.SelectMany(chart => chart.Visits.Values.Where(visit => !visit.IsWalkIn).Select(visit => (chart.Person, visit))).ToList();
        var appointments = await _engine.RecordsAsync(Practice, "appointment");
        appointments.Keys.Should().Contain(booked.Select(one => one.visit.Id));
        foreach (var (person, visit) in booked)
        {
            ToldOfVisit(appointments[visit.Id]).Should().Be(Told(visit, patients[person.Id]), "of appointment {0}", visit.Id);
        }

        var seen = charts.SelectMany(chart => chart.Visits.Values).Where(visit => visit.Arrived is not null).ToList();
        var encounters = await _engine.RecordsAsync(Practice, "encounter");
        seen.Should().NotBeEmpty();
        seen.Select(visit => $"{visit.Id} {encounters[visit.Id]["status"]}").Should().Equal(seen.Select(visit => $"{visit.Id} {Told(visit.Status)}"));
    }

    private static string Told(VisitStatus visit) => visit switch
    {
        VisitStatus.TakenBack => "cancelled",
        VisitStatus.Deleted => "entered_in_error",
        VisitStatus.CheckedOut => "finished",
        _ => "in_progress",
    };

    private static string Told(StoredRecord patient) => string.Join(
        '|', patient["last_name"], patient["first_name"], patient["suffix"], patient["date_of_birth"], patient["address.line1"], patient["address.city"], patient["phone_home"], patient["phone_mobile"], patient["preferred_name"], patient["primary_provider_id"]);

    private static string Told(Person person) => string.Join(
        '|',
        person.LastName,
        person.FirstName,
        NullIfEmpty(person.Suffix),
        person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        person.Address.Line1,
        person.Address.City,
        Phone(person.HomePhone),
        Phone(person.MobilePhone),
        NullIfEmpty(person.PreferredName),
        $"prov-{person.PrimaryProvider.LastName.ToLowerInvariant()}");

    private static string ToldOfVisit(StoredRecord appointment) =>
        string.Join('|', appointment["start_time"], appointment["end_time"], appointment["status"], appointment["provider_id"], appointment["location_id"], appointment["reason"], appointment["patient_id"]);

    private static string Told(Visit visit, StoredRecord patient) => string.Join(
        '|',
        Utc(visit.Start),
        Utc(visit.Start.AddMinutes(visit.Minutes)),
        visit.Status switch { VisitStatus.Cancelled => "cancelled", VisitStatus.NoShow => "no_show", _ => "scheduled" },
        $"prov-{visit.Provider.LastName.ToLowerInvariant()}",
        "loc-main",
        visit.Reason.Text,
        patient.Id);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string? Phone(string digits) => digits.Length == 0 ? null : $"+1{digits}";

    /// <summary>Chicago in winter is six hours behind.</summary>
    private static string Utc(DateTime local) => local.AddHours(6).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static void Shuffle<T>(List<T> items, int seed)
    {
        var dice = new InterfaceEngine.Sandbox.Chance.Dice(seed);
        for (var index = items.Count - 1; index > 0; index--)
        {
            var other = dice.Below(index + 1);
            (items[index], items[other]) = (items[other], items[index]);
        }
    }
}
