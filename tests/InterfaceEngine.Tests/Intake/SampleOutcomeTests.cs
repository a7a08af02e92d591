using System.Text;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Every sample, sent in the order of its list, has the acknowledgement and outcome that the list says.</summary>
public sealed class SampleOutcomeTests : IAsyncLifetime
{
    private readonly List<(string File, string Acknowledgement, string Outcome)> _found = [];
    private TestEngine _engine = null!;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        foreach (var sample in Listed())
        {
            var receipt = await _engine.AcceptAsync(TestEngine.Sample(sample.File), sample.Practice == "1959" ? TestEngine.Guide : TestEngine.Athena);
            _found.Add((sample.File, Encoding.UTF8.GetString(receipt.Reply.Span).Split("MSA|")[1][..2], receipt.State.ToString().ToLowerInvariant()));
        }
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public void Every_sample_has_the_outcome_its_list_says() =>
        _found.Should().Equal(Listed().Select(sample => (sample.File, sample.Acknowledgement, sample.Outcome)));

    [Fact]
    public async Task A_booked_a_moved_a_cancelled_and_a_missed_visit_are_among_the_results()
    {
        var visits = await _engine.RecordsAsync("1959", "appointment");

        visits.Select(visit => (visit.ExternalId, visit["status"], visit["start_time"], visit["location_id"])).Should().BeEquivalentTo(
        [
            ("900001", "scheduled", "2023-06-15T14:00:00Z", "loc-main"),
            ("900002", "scheduled", "2023-06-16T19:00:00Z", "loc-west"),
            ("900003", "cancelled", "2023-06-19T19:00:00Z", "loc-main"),
            ("900004", "no_show", "2023-06-20T20:00:00Z", "loc-main"),
        ]);
        (await _engine.RecordAsync("195900", "appointment", "997681"))!["status"].Should().Be("no_show");
    }

    [Fact]
    public async Task What_a_full_list_no_longer_names_has_ended_and_is_kept()
    {
        var coverage = await _engine.RecordsAsync("1959", "coverage");

        coverage.Select(item => (item["plan_id"], item["ended_at"])).Should().BeEquivalentTo(
            [("BC123", "2022-03-15T21:00:00Z"), ("AE500", (string?)null)]);
    }

    [Fact]
    public async Task Allergies_diagnoses_and_guarantors_are_among_the_results()
    {
        var allergies = await _engine.RecordsAsync("1959", "allergy");
        allergies.Select(item => (item["code"], item["severity"], item["ended_at"])).Should().BeEquivalentTo(
            [("70618", "moderate", (string?)null), ("Peanuts", "moderate", null)], "the list is partial: what the update does not name stays");
        (await _engine.RecordsAsync("1959", "diagnosis")).Should().ContainSingle().Which["status"].Should().Be("active");
        (await _engine.RecordsAsync("1959", "guarantor")).Select(item => (item["number"], item["relationship"], item["ended_at"])).Should().BeEquivalentTo(
            [("7001", "parent", "2022-04-02T15:00:00Z"), ("7002", "self", (string?)null)], "the list is full");
        (await _engine.RecordsAsync("195900", "allergy")).Should().ContainSingle().Which["reactions"].Should().Be("RASHITCHING");
    }

    [Fact]
    public async Task Cancelled_and_deleted_visits_and_people_are_kept_with_their_state()
    {
        var visits = (await _engine.RecordsAsync("1959", "encounter")).ToDictionary(visit => visit.ExternalId, visit => visit["status"]);
        (visits["100010"], visits["100011"], visits["100012"]).Should().Be(("finished", "cancelled", "entered_in_error"));
        (await _engine.RecordAsync("1959", "patient", "20011"))!["active"].Should().Be("false");
        (await _engine.RecordAsync("1959", "patient", "20010"))!["active"].Should().Be("true");
    }

    [Fact]
    public async Task Twins_father_and_son_and_a_reused_id_stay_themselves()
    {
        var patients = (await _engine.RecordsAsync("1959", "patient")).ToDictionary(patient => patient.ExternalId);

        patients.Keys.Should().BeEquivalentTo(["12345", "20001", "20002", "20003", "20004", "20005", "20010", "20011", "20012", "20021"]);
        (patients["20001"]["first_name"], patients["20002"]["first_name"]).Should().Be(("ANNA", "ANNE"));
        (patients["20003"]["suffix"], patients["20004"]["suffix"]).Should().Be(("SR", "JR"));
        (patients["20005"]["last_name"], patients["20005"]["first_name"]).Should().Be(("MUÑOZ", "JOSÉ"));
        (patients["12345"]["last_name"], patients["12345"]["phone_mobile"], patients["12345"]["address.line1"]).Should().Be(("DOE", null, "98 OAK LANE"));
    }

    private static IEnumerable<(string File, string Practice, string Acknowledgement, string Outcome)> Listed() =>
        File.ReadLines(Path.Combine(RepositoryRoot.Path, "samples", "hl7", "README.md"))
            .Where(line => line.Contains(".hl7 ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(row => (row[1], row[2], row[3], row[4]));
}
