using System.Text;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr.Attachments;
using InterfaceEngine.Tests.Sources.Ehr;
using NodaTime;

namespace InterfaceEngine.Tests.Ehr.AthenaNet;

/// <summary>athenaNet's calls over real HTTP to a vendor's stand-in, whose answers are as untidy as the real ones.</summary>
public sealed class AthenaNetVendorTests : IAsyncLifetime
{
    private AthenaPlace _place = null!;

    private AthenaNetClient Client => _place.Client;

    /// <summary>Somebody who has something in every part of the chart.</summary>
    private string Patient => _place.Vendor.At(practice => practice.Patients.First(one => practice.PastOf(one) is { Problems.Count: > 0, Vitals.Count: > 0, Vaccinations.Count: > 0, Documents.Count: > 0 }).Person.Id);

    private VendorAppointment Slot => _place.Vendor.At(practice => practice.Schedule.Appointments.First(one => one.Status == VendorAppointment.Open && one.Start > new DateTime(2026, 2, 3)));

    public async Task InitializeAsync() => _place = await AthenaPlace.StartAsync(options => options with { IsUntidy = true, TokenLife = TimeSpan.FromMinutes(10) });

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task Pages_go_on_after_one_renewal_when_the_token_is_revoked_in_the_middle()
    {
        var expected = _place.Vendor.At(practice => practice.Schedule.Appointments.Where(one => one.Patient.Length > 0).Select(one => one.Id).ToList());
        var (rows, pages) = (new List<string>(), 0);
        await foreach (var page in Client.PagesAsync(All(limit: 100), "appointments", default))
        {
            rows.AddRange(page.Rows.Select(row => row.Text("appointmentid")!));
            if (++pages == 2)
            {
                _place.Vendor.RevokeTokens();
            }
        }

        rows.Should().OnlyHaveUniqueItems().And.BeEquivalentTo(expected);
        pages.Should().BeGreaterThan(3);
        _place.Vendor.TokensIssued.Should().Be(2);
        _place.Vendor.Calls.Count(call => call.Status == 401).Should().Be(1);
    }

    [Fact]
    public async Task Pages_go_on_when_the_token_runs_out_in_the_middle()
    {
        var expected = _place.Vendor.At(practice => practice.Schedule.Appointments.Count(one => one.Patient.Length > 0));
        var rows = new List<string>();
        await foreach (var page in Client.PagesAsync(All(limit: 100), "appointments", default))
        {
            rows.AddRange(page.Rows.Select(row => row.Text("appointmentid")!));
            _place.Clock.Advance(TimeSpan.FromMinutes(4));
            _place.Engine.Time.Advance(TimeSpan.FromMinutes(4));
        }

        rows.Should().OnlyHaveUniqueItems().And.HaveCount(expected);
        _place.Vendor.Calls.Should().OnlyContain(call => call.Status == 200, "it is renewed before its end");
        _place.Vendor.TokensIssued.Should().BeGreaterThan(1);
    }

    [Fact]
    public async Task Insurances_come_with_their_numbers_in_order()
    {
        var (patient, plans) = _place.Vendor.At(practice => practice.Patients.Where(one => one.Person.Coverages.Count > 0).Select(one => (one.Person.Id, one.Person.Coverages.Select(cover => cover.MemberId).ToList())).First());

        var rows = (await Client.Patients.InsurancesAsync(patient, default)).Rows;

        rows.Select(row => row.Text("insuranceidnumber")).Should().Equal(plans);
        rows.Select(row => row.Number("sequencenumber")).Should().Equal(Enumerable.Range(1, plans.Count).Select(number => (int?)number));
    }

    [Fact]
    public async Task Custom_fields_have_the_numbers_of_their_list_and_somebody_who_is_not_there_is_told_apart()
    {
        var fields = (await Client.Practice.ReferenceListAsync("/customfields", default)).Select(field => field.Text("customfieldid"));
        (await Client.Patients.CustomFieldsAsync(Patient, "1", default)).Select(value => value.Text("customfieldid")).Should().NotBeEmpty().And.BeSubsetOf(fields);

        (await FaultAsync(() => Client.Patients.CustomFieldsAsync("1", "1", default))).Fault.Should().Be(EhrFault.NotFound);
    }

    [Fact]
    public async Task Reasons_and_lists_have_their_numbers()
    {
        (await Client.Practice.CancelReasonsAsync(default)).Select(row => row.Text("reasonid")).Should().Contain("21").And.OnlyHaveUniqueItems();
        (await Client.Practice.ReferenceListAsync("/languages", default)).Select(row => row.Text("iso6392code")).Should().Contain("eng");
    }

    [Theory]
    [InlineData("problems", "diagnosis")]
    [InlineData("vitals", "observation")]
    [InlineData("vaccines", "immunization")]
    public async Task A_part_of_the_chart_is_read_by_its_table_with_the_patient_of_the_call(string part, string type)
    {
        var patient = Patient;
        var pages = part switch
        {
            "problems" => Client.Chart.ProblemsAsync(patient, "1", default),
            "vitals" => Client.Chart.VitalsAsync(patient, "1", default),
            _ => Client.Chart.VaccinesAsync(patient, "1", default),
        };
        var person = AthenaDocument.Of(AthenaCalls.Get("/patients/{patientid}"), await Client.Patients.ReadAsync(patient, default));
        await TakeAsync([person], _place.Clock.GetUtcNow());

        await foreach (var page in pages)
        {
            page.Documents.Should().NotBeEmpty().And.OnlyContain(document => document.Kind == $"GET /chart/{{patientid}}/{part}");
            page.Documents.Select(Text).Should().OnlyContain(text => text.Contains($"\"patientid\":\"{patient}\""));
            (await TakeAsync(page.Documents, page.ServerTime)).Should().Be(0);
        }

        (await _place.CountAsync(type)).Should().BePositive();
    }

    [Fact]
    public async Task A_document_is_listed_and_read_with_its_pages_and_one_that_is_not_there_is_refused()
    {
        var patient = Patient;
        var listed = new List<ListedDocument>();
        await foreach (var page in Client.Documents.ListAsync(patient, "1", default))
        {
            listed.AddRange(page.Documents.Select(document => ListedDocument.Of(document.Json)!));
        }

        listed.Select(one => one.Id).Should().BeEquivalentTo(_place.Vendor.At(practice => practice.DocumentsOf(practice.Patient(patient)!).Select(one => one.Id).ToList()));
        var (row, _) = await Client.Documents.ReadAsync(patient, listed[0].Class, listed[0].Id, default);
        ListedDocument.Wanted(row).Should().ContainSingle().Which.Should().Match<WantedContent>(content => content.Type == "application/pdf" && content.Address.EndsWith("/pages/1"));
        (await FaultAsync(() => Client.Documents.ReadAsync(patient, "clinicaldocument", "1", default))).Fault.Should().Be(EhrFault.NotFound);
    }

    [Fact]
    public async Task A_slot_is_made_where_there_was_none()
    {
        var id = await Client.Appointments.MakeAsync("1", "27", "83", new LocalDateTime(2026, 3, 7, 20, 0), default);

        var (visit, _) = await Client.Appointments.ReadAsync(id, default);
        (visit.Id, visit.Status, visit.Start, visit.Type, visit.Minutes).Should().Be((id, AthenaVisit.Open, new LocalDateTime(2026, 3, 7, 20, 0), "83", 30));
    }

    [Fact]
    public async Task A_slot_is_frozen_once_and_that_it_is_already_is_a_refusal_within_a_good_answer()
    {
        var slot = Slot.Id;

        await Client.Appointments.FreezeAsync(slot, isFrozen: true, default);
        (await Client.Appointments.ReadAsync(slot, default)).Visit.IsFrozen.Should().BeTrue();
        (await FaultAsync(() => Client.Appointments.FreezeAsync(slot, isFrozen: true, default))).Should().Match<EhrException>(fault => fault.Fault == EhrFault.Refused && fault.Status == System.Net.HttpStatusCode.OK);
        await Client.Appointments.FreezeAsync(slot, isFrozen: false, default);

        (await Client.Appointments.ReadAsync(slot, default)).Visit.IsFrozen.Should().BeFalse();
    }

    [Fact]
    public async Task A_note_is_added_to_those_of_a_visit()
    {
        var visit = _place.Vendor.At(practice => practice.Schedule.Appointments.First(one => one.Status == VendorAppointment.Future));

        await Client.Appointments.AddNoteAsync(visit.Id, "Brings the \"old\" papers & pills", default);

        (await Client.Appointments.NotesAsync(visit.Id, default)).Should().EndWith("Brings the \"old\" papers & pills");
        (await FaultAsync(() => Client.Appointments.AddNoteAsync("1", "x", default))).Fault.Should().Be(EhrFault.NotFound);
    }

    private static EhrCall All(int limit) => AthenaCalls.Get("/appointments/booked", ("startdate", "01/01/2025"), ("enddate", "12/31/2027"), ("showcancelled", "true"), ("limit", $"{limit}"));

    /// <returns>How many were refused.</returns>
    private async Task<long> TakeAsync(IReadOnlyList<EhrDocument> documents, DateTimeOffset serverTime) =>
        (await _place.Engine.Core.VendorDocuments.TakeAsync(AthenaPlace.Practice, Connected.Id, documents, serverTime, default)).Sum(outcome => outcome.Run.Counts.Refused);

    private static string Text(EhrDocument document) => Encoding.UTF8.GetString(document.Json.Span);

    private static async Task<EhrException> FaultAsync(Func<Task> call) => (await call.Should().ThrowAsync<EhrException>()).Which;
}
