using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr.Attachments;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Sources.Ehr.Attachments;

/// <summary>Contents of documents that come by athenaNet: read page by page behind everything else, and kept with their document.</summary>
public sealed class ListedDocumentsTests
{
    private const string One = "GET /patients/{patientid}/documents/{class}/{documentid}";
    private const string Page = One + "/pages/{page}";

    [Fact]
    public async Task Each_document_gets_its_content_once()
    {
        await using var place = await PlaceAsync();
        var patient = await SyncedAsync(place);
        var there = place.Vendor.At(practice => practice.DocumentsOf(practice.Patient(patient)!).Count);

        (await Work(place).WorkAsync(default)).Should().Be((there, null));

        await ShouldHaveAllAsync(place, patient);
        await SyncedAsync(place);
        (await Work(place).WorkAsync(default)).Count.Should().Be(0, "what was fetched is not fetched again");
        place.Vendor.Calls.Count(call => call.Endpoint == Page).Should().Be(there);
        (await RecordsAsync(place)).Should().OnlyContain(record => record["file.contents"] != null, "what the list says takes no content away");
    }

    [Theory]
    [InlineData(One, VendorFault.ServerError)]
    [InlineData(Page, VendorFault.ServerError)]
    [InlineData(Page, VendorFault.Drop)]
    [InlineData(Page, VendorFault.NotSuccess)]
    public async Task What_fails_for_a_while_is_asked_for_again(string endpoint, VendorFault fault)
    {
        await using var place = await PlaceAsync();
        var patient = await SyncedAsync(place);
        place.Vendor.Faults.Add(endpoint, fault);

        await Work(place).WorkAsync(default);
        (await RecordsAsync(place)).Should().Contain(record => record["file.contents"] == null && record["file.missing"] == null);
        place.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        (await Work(place).WorkAsync(default)).Count.Should().Be(1);

        await ShouldHaveAllAsync(place, patient);
    }

    [Fact]
    public async Task What_may_not_come_leaves_the_reason_in_its_document()
    {
        await using var place = await PlaceAsync();
        await SyncedAsync(place);
        place.Vendor.Faults.Add(Page, VendorFault.Forbidden, times: 100);

        await Work(place).WorkAsync(default);

        (await RecordsAsync(place)).Should().NotBeEmpty().And.OnlyContain(record => record["file.missing"] == $"{Connected.Id} {Page}: 403." && record["file.contents"] == null);
        place.Engine.Time.Advance(TimeSpan.FromHours(2));
        (await Work(place).WorkAsync(default)).Count.Should().Be(0);
    }

    [Fact]
    public async Task A_document_that_athenaNet_does_not_have_is_tried_for_a_while_and_says_why_then()
    {
        await using var place = await PlaceAsync();
        var patient = await SyncedAsync(place);
        var told = (await RecordsAsync(place)).ToDictionary(record => record.Id, record => record["title"]);
        place.Vendor.At(practice =>
        {
            practice.DocumentsOf(practice.Patient(patient)!).Clear();
            return 0;
        });

        for (var attempt = 1; attempt <= 8; attempt++)
        {
            (await RecordsAsync(place)).Should().OnlyContain(record => record["file.missing"] == null);
            (await Work(place).WorkAsync(default)).Should().Be((told.Count, null));
            place.Engine.Time.Advance(TimeSpan.FromHours(1));
        }

        (await RecordsAsync(place)).Should().OnlyContain(record => record["file.missing"] != null && record["file.missing"]!.StartsWith($"{Connected.Id} {One}: 404", StringComparison.Ordinal) && record["title"] == told[record.Id]);
        (await Work(place).WorkAsync(default)).Count.Should().Be(0);
    }

    [Fact]
    public async Task A_document_that_is_too_large_stays_where_it_lies()
    {
        await using var place = await PlaceAsync(options => options with { Attachments = new AttachmentOptions { BytesMax = 10 } });
        await SyncedAsync(place);

        await Work(place).WorkAsync(default);

        (await RecordsAsync(place)).Should().OnlyContain(record => record["file.missing"] == "it is larger than 10 bytes" && record["file.contents"] == null);
    }

    [Theory]
    [InlineData("""{"documentid":1,"documentclass":"ADMIN","patientid":"7"}""", true)]
    [InlineData("""{"documentid":1,"documentclass":"ADMIN","patientid":"7","status":"DELETED"}""", false)]
    [InlineData("""{"documentid":1,"patientid":"7"}""", false)]
    [InlineData("""[1""", false)]
    public void What_is_deleted_or_no_document_is_not_waited_for(string row, bool isOne) => (ListedDocument.Of(Encoding.UTF8.GetBytes(row)) is not null).Should().Be(isOne);

    private static Task<AthenaPlace> PlaceAsync(Func<ConnectionOptions, ConnectionOptions>? change = null) => AthenaPlace.StartAsync(connect: options =>
    {
        var rest = options with { Fhir = null, Http = options.Http with { AttemptsMax = 1 } };
        return change?.Invoke(rest) ?? rest;
    });

    /// <summary>Somebody who has documents is synchronised, and nothing waits for their contents.</summary>
    private static async Task<string> SyncedAsync(AthenaPlace place)
    {
        var patient = place.Vendor.At(practice => practice.Patients.First(one => practice.PastOf(one).Documents.Count > 1).Person.Id);
        await place.Engine.Core.Vendor(Connected.Id).Sync().RunAsync(new SyncRequest { Patient = patient, IncludeStandard = false, Types = ["Patient", "DocumentReference"] }, default);
        return patient;
    }

    private static AttachmentWork Work(AthenaPlace place) =>
        new(place.Engine.Core.Connections[Connected.Id], place.Engine.Core.Vendor(Connected.Id).Attachments(), place.Engine.Core.FetchedDocuments, place.Engine.Time, NullLogger<AttachmentWork>.Instance);

    private static Task<IReadOnlyList<StoredRecord>> RecordsAsync(AthenaPlace place) => place.Engine.RecordsAsync(AthenaPlace.Practice, "document");

    private static async Task ShouldHaveAllAsync(AthenaPlace place, string patient)
    {
        var records = (await RecordsAsync(place)).ToDictionary(record => record["external_id"]!);
        foreach (var there in place.Vendor.At(practice => practice.DocumentsOf(practice.Patient(patient)!).ToList()))
        {
            AttachmentValue.TryParse(records[there.Id]["file.contents"], out var content).Should().BeTrue();
            using var bytes = new MemoryStream();
            await place.Engine.Store.ReadAsync(reader => reader.CopyAttachment(AthenaPlace.Practice, content.Id, bytes), default);
            (content.MediaType, records[there.Id]["file.missing"]).Should().Be(("application/pdf", null));
            bytes.ToArray().Should().Equal(there.Content);
        }
    }
}
