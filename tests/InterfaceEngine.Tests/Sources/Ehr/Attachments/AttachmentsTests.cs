using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Sources.Ehr.Attachments;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Bulk;
using InterfaceEngine.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Sources.Ehr.Attachments;

/// <summary>The contents of documents, over real HTTP: fetched behind everything else, held to their limits, and in no document's way.</summary>
public sealed class AttachmentsTests
{
    private const string Binary = "GET /fhir/r4/Binary/9";
    private static readonly byte[] _pdf = Encoding.ASCII.GetBytes("%PDF-1.4 invented");

#pragma warning disable CA5350 // As FHIR R4 has it.
    private static readonly string _hash = Convert.ToBase64String(SHA1.HashData(_pdf));
#pragma warning restore CA5350

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_content_is_kept_with_its_document_whether_it_comes_raw_or_as_a_resource(bool isResource)
    {
        await using var place = await PlaceAsync();
        var document = Document("d-1", $$"""{"contentType":"application/pdf","url":"Binary/9","title":"note.pdf","size":{{_pdf.Length}},"hash":"{{_hash}}","creation":"2026-01-05"}""");
        Binaries(place, isResource);
        await TakeAsync(place, document);
        (await RecordAsync(place))["file.contents"].Should().BeNull("nothing waits for it");

        (await WorkAsync(place)).Should().Be((1, null));

        var record = await RecordAsync(place);
        AttachmentValue.TryParse(record["file.contents"], out var content).Should().BeTrue();
        (content.MediaType, content.Size, record["file.missing"]).Should().Be(("application/pdf", _pdf.Length, null));
        (record["attachment.media_type"], record["attachment.hash"], record["attachment.size"], record["attachment.created_at"], record["file_name"]).Should().Be(("application/pdf", _hash, $"{_pdf.Length}", "2026-01-05", "note.pdf"));
        (await BytesAsync(place, content.Id)).Should().Equal(_pdf);
        place.Server.Requests.Should().ContainSingle(request => request.Path.EndsWith("/Binary/9", StringComparison.Ordinal)).Which.Headers["Accept"].Should().StartWith("application/pdf, application/fhir+json");
    }

    [Fact]
    public async Task What_was_fetched_is_fetched_again_only_when_the_document_says_another_content()
    {
        await using var place = await PlaceAsync();
        Binaries(place, isResource: false);
        await TakeAsync(place, Document("d-1", """{"contentType":"application/pdf","url":"Binary/9"}"""));
        await WorkAsync(place);

        await TakeAsync(place, Document("d-1", """{"contentType":"application/pdf","url":"Binary/9"}""", "amended"));
        (await WorkAsync(place)).Count.Should().Be(0);
        (await RecordAsync(place))["file.contents"].Should().NotBeNull("what is said of the document takes its content not away");

        await TakeAsync(place, Document("d-1", $$"""{"contentType":"application/pdf","url":"Binary/9","hash":"{{_hash}}"}"""));
        (await WorkAsync(place)).Count.Should().Be(1);
    }

    [Theory]
    [InlineData("", """ "versionId":"1","lastUpdated":"2026-01-05T10:00:00Z" """, """ "versionId":"2","lastUpdated":"2026-01-05T10:00:00Z" """, true)]
    [InlineData("", """ "lastUpdated":"2026-01-05T10:00:00Z" """, """ "lastUpdated":"2026-01-06T10:00:00Z" """, true)]
    [InlineData(""" ,"size":17 """, """ "versionId":"1" """, """ "versionId":"2" """, true)]
    [InlineData(""" ,"hash":"HASH" """, """ "versionId":"1","lastUpdated":"2026-01-05T10:00:00Z" """, """ "versionId":"2","lastUpdated":"2026-01-06T10:00:00Z" """, false)]
    public async Task What_lies_under_the_same_address_is_fetched_again_with_each_version_unless_a_hash_tells_it_from_others(string said, string first, string second, bool isAgain)
    {
        await using var place = await PlaceAsync();
        var (there, document) = (_pdf, "");
        string Version(string meta) => Document("d-1", $$"""{"contentType":"application/pdf","url":"Binary/9"{{said.Replace("HASH", _hash, StringComparison.Ordinal)}}}""")
            .Replace("\"status\"", $"\"meta\":{{{meta}}},\"status\"", StringComparison.Ordinal);
        place.Server.On(Binary, async context => await context.Response.Body.WriteAsync(there)).On("GET /fhir/r4/DocumentReference/d-1", context => context.Response.WriteAsync(document));
        await ToldAsync(place, document = Version(first));
        (await WorkAsync(place)).Should().Be((1, null));
        await ToldAsync(place, document);
        (await WorkAsync(place)).Count.Should().Be(0, "it is the same");

        there = Encoding.ASCII.GetBytes("%PDF-1.4 amended!");
        await ToldAsync(place, document = Version(second));
        (await WorkAsync(place)).Count.Should().Be(isAgain ? 1 : 0);

        AttachmentValue.TryParse((await RecordAsync(place))["file.contents"], out var content).Should().BeTrue();
        (await BytesAsync(place, content.Id)).Should().Equal(isAgain ? there : _pdf);
        await ToldAsync(place, document);
        (await WorkAsync(place)).Count.Should().Be(0, "each change costs one reading");
    }

    [Fact]
    public async Task A_document_that_its_server_does_not_have_is_tried_for_a_while_says_why_then_and_is_tried_anew_when_it_is_told_of_again()
    {
        await using var place = await PlaceAsync();
        var document = Document("d-1", """{"contentType":"application/pdf","url":"Binary/9","title":"note.pdf"}""");
        place.Server.On("GET /fhir/r4/DocumentReference/d-1", 404, "");
        Binaries(place, isResource: false);
        await ToldAsync(place, document);

        for (var attempt = 1; attempt <= 8; attempt++)
        {
            (await RecordAsync(place))["file.missing"].Should().BeNull($"it may be there at attempt {attempt}");
            (await WorkAsync(place)).Should().Be((1, null));
            place.Engine.Time.Advance(TimeSpan.FromHours(1));
        }

        var left = await RecordAsync(place);
        left["file.missing"].Should().StartWith($"{Connected.Id} GET /DocumentReference/{{id}}: 404");
        (left["file.contents"], left["file_name"], left["attachment.url"], left["title"]).Should().Be((null, "note.pdf", "Binary/9", "Visit note"), "it is left as it was told");
        (await WorkAsync(place)).Count.Should().Be(0);

        place.Server.On("GET /fhir/r4/DocumentReference/d-1", 200, document);
        await ToldAsync(place, document);
        await WorkAsync(place);
        place.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        await WorkAsync(place);
        ((await RecordAsync(place))["file.missing"], (await RecordAsync(place))["file.contents"] is null).Should().Be((null, false));
    }

    [Fact]
    public async Task What_was_told_of_a_document_while_its_contents_waited_stays_when_they_are_given_up()
    {
        await using var place = await PlaceAsync();
        place.Server.On("GET /fhir/r4/DocumentReference/d-1", 404, "");
        await ToldAsync(place, Document("d-1", """{"contentType":"application/pdf","url":"Binary/9"}"""));
        await WorkAsync(place);
        await ToldAsync(place, Document("d-1", """{"title":"withdrawn"}""").Replace("\"current\"", "\"entered-in-error\"", StringComparison.Ordinal));
        var withdrawn = (await RecordAsync(place))["availability"];

        for (var attempt = 2; attempt <= 8; attempt++)
        {
            place.Engine.Time.Advance(TimeSpan.FromHours(1));
            (await WorkAsync(place)).Count.Should().Be(1);
        }

        place.Engine.Time.Advance(TimeSpan.FromHours(1));
        (await WorkAsync(place)).Count.Should().Be(0, "it is given up");
        (await RecordAsync(place))["availability"].Should().Be(withdrawn).And.NotBeNull();
    }

    [Fact]
    public async Task A_content_that_comes_along_is_taken_at_once_and_asked_for_nowhere()
    {
        await using var place = await PlaceAsync();
        await TakeAsync(place, Document("d-1", $$"""{"contentType":"text/plain; charset=utf-8","data":"{{Convert.ToBase64String("Seen today"u8)}}"}"""));

        AttachmentValue.TryParse((await RecordAsync(place))["file.contents"], out var content).Should().BeTrue();
        (content.MediaType, Encoding.UTF8.GetString(await BytesAsync(place, content.Id))).Should().Be(("text/plain", "Seen today"));
        (await WorkAsync(place)).Count.Should().Be(0);
    }

    [Theory]
    [InlineData("""{"contentType":"application/pdf","url":"Binary/9","hash":"2jmj7l5rSw0yVb/vlWAYkK/YBwk="}""", "its hash is not that of its bytes: it is not what the document names")]
    [InlineData("""{"contentType":"application/pdf","url":"Binary/9","size":9000}""", "it has 9000 bytes, and 100 are the most")]
    [InlineData("""{"contentType":"application/pdf","url":"Binary/large"}""", "it is larger than 100 bytes")]
    [InlineData("""{"contentType":"application/pdf","url":"Binary/9","size":99}""", "99 bytes are said, and 17 came")]
    [InlineData("""{"contentType":"application/x-msdownload","url":"Binary/9"}""", "application/x-msdownload is not among the types that are fetched")]
    [InlineData("""{"url":"Binary/unsaid"}""", "application/zip is not among the types that are fetched")]
    [InlineData("""{"contentType":"application/pdf","url":"https://elsewhere.example/file"}""", "* elsewhere.example:443 is not a host of this connection*")]
    [InlineData("""{"contentType":"application/pdf","url":"file:///etc/passwd"}""", "*")]
    [InlineData("""{"contentType":"application/pdf","url":"Binary/gone"}""", "*404*")]
    [InlineData("""{"contentType":"application/pdf","url":"Binary/closed"}""", "*403*")]
    [InlineData("""{"contentType":"application/pdf","url":"Binary/empty"}""", "it is empty")]
    public async Task A_content_that_may_not_or_can_not_come_leaves_the_reason_and_keeps_no_other_back(string attachment, string reason)
    {
        await using var place = await PlaceAsync(options => options with { Attachments = new AttachmentOptions { BytesMax = 100 } });
        Binaries(place, isResource: false);
        place.Server.On("GET /fhir/r4/Binary/gone", 404, "").On("GET /fhir/r4/Binary/closed", 403, "").On("GET /fhir/r4/Binary/empty", 200, "", "application/pdf")
            .On("GET /fhir/r4/Binary/large", 200, new string('x', 5_000), "application/pdf").On("GET /fhir/r4/Binary/unsaid", 200, "PK", "application/zip");
        await TakeAsync(place, Document("d-1", attachment, beside: """{"contentType":"application/pdf","url":"Binary/9"}"""));

        (await WorkAsync(place)).Should().Be((1, null));

        var record = await RecordAsync(place);
        record["file.missing"].Should().Match(reason);
        AttachmentValue.TryParse(record["file.contents"], out _).Should().BeTrue("the other one came");
        (await WorkAsync(place)).Count.Should().Be(0, "it is not tried again until the document says another");
    }

    [Fact]
    public async Task A_server_that_fails_is_asked_again_later()
    {
        await using var place = await PlaceAsync();
        place.Server.On(Binary, 500, "");
        Binaries(place, isResource: false);
        await TakeAsync(place, Document("d-1", """{"contentType":"application/pdf","url":"Binary/9"}"""));
        await WorkAsync(place);
        (await RecordAsync(place))["file.missing"].Should().BeNull();
        (await WorkAsync(place)).Count.Should().Be(0, "it waits a while");
        place.Engine.Time.Advance(TimeSpan.FromSeconds(10));
        await WorkAsync(place);

        (await RecordAsync(place))["file.contents"].Should().NotBeNull();
    }

    [Fact]
    public async Task The_bytes_of_an_hour_have_an_end()
    {
        await using var place = await PlaceAsync(options => options with { Attachments = new AttachmentOptions { BytesPerHour = 10 } });
        Binaries(place, isResource: false);
        place.Server.On("GET /fhir/r4/DocumentReference/d-2", 200, Document("d-2", """{"contentType":"application/pdf","url":"Binary/9"}"""));
        await TakeAsync(place, Document("d-1", """{"contentType":"application/pdf","url":"Binary/9"}"""));
        await place.Engine.Core.Vendor(Connected.Id).Attachments().AddAsync([new EhrDocument(AttachedDocument.Kind, Encoding.UTF8.GetBytes(Document("d-2", """{"contentType":"application/pdf","url":"Binary/9"}""")))], default);

        (await Work(place).WorkAsync(default)).Count.Should().Be(1);
        (await Work(place).WorkAsync(default)).Count.Should().Be(0, "another node has the same hour");
        await place.Engine.RestartAsync();
        (await Work(place).WorkAsync(default)).Count.Should().Be(0, "a restart begins no other");
        place.Engine.Time.Advance(TimeSpan.FromHours(1));
        (await Work(place).WorkAsync(default)).Count.Should().Be(1);
    }

    [Fact]
    public async Task What_an_export_brings_is_fetched_too()
    {
        await using var place = await PlaceAsync();
        var document = Document("d-1", """{"contentType":"application/pdf","url":"Binary/9"}""");
        place.Server.On("GET /fhir/r4/DocumentReference/d-1", 200, document);
        Binaries(place, isResource: true);
        place.Begins().Manifest(("DocumentReference", "/files/d", 1)).File("/files/d", document.ReplaceLineEndings(" ")).Server.On(BulkPlace.Release, 202, "");
        await place.RunAsync(new BulkRequest { Types = ["DocumentReference"] });

        (await WorkAsync(place)).Count.Should().Be(1);

        (await RecordAsync(place))["file.contents"].Should().NotBeNull();
    }

    [Fact]
    public async Task A_connection_that_fetches_none_leaves_them_where_they_lie()
    {
        await using var place = await PlaceAsync(options => options with { Attachments = new AttachmentOptions { IsFetched = false } });
        await TakeAsync(place, Document("d-1", """{"contentType":"application/pdf","url":"Binary/9"}"""));

        (await WorkAsync(place)).Count.Should().Be(0);
        (await RecordAsync(place))["attachment.url"].Should().Be("Binary/9");
    }

    [Fact]
    public async Task Where_a_document_lies_takes_nothing_of_its_text_that_a_message_told()
    {
        await using var place = await PlaceAsync();
        await place.Engine.AcceptAsync(
            TestEngine.Message(
                "MSH|^~\\&|ATHENANET|195900^Sample|PS|PS|20260115100000||MDM^T02|M-1|P|2.5.1", "EVN|T02|20260115100000", "PID|1||1^^^ATHENA^MRN||Sample^Ann||19800511|F", "PV1|1|O",
                "TXA|1|CN|TX|20260115100000||||||||d-1||||note.txt|AU||AV", "OBX|1|TX|11488-4^Consultation note||Seen for follow-up.||||||F"),
            TestEngine.Athena);
        (await RecordAsync(place))["content.text"].Should().Be("Seen for follow-up.");

        await TakeAsync(place, Document("d-1", """{"contentType":"application/pdf","url":"Binary/9"}"""));

        var document = await RecordAsync(place);
        (document["attachment.url"], document["content.text"]).Should().Be(("Binary/9", "Seen for follow-up."));
    }

    private static async Task<BulkPlace> PlaceAsync(Func<ConnectionOptions, ConnectionOptions>? change = null)
    {
        var place = await BulkPlace.StartAsync(options => (change?.Invoke(options) ?? options) with { Http = options.Http with { AttemptsMax = 1 } });
        await place.Engine.Core.VendorDocuments.TakeAsync(BulkPlace.Practice, Connected.Id, [new EhrDocument("FHIR Patient", Encoding.UTF8.GetBytes(BulkPlace.Patient(1)))], place.Engine.Time.GetUtcNow(), default);
        return place;
    }

    private static void Binaries(BulkPlace place, bool isResource) => place.Server.On(Binary, async context =>
    {
        context.Response.ContentType = isResource ? "application/fhir+json" : "application/pdf";
        await context.Response.Body.WriteAsync(isResource ? Encoding.UTF8.GetBytes($$"""{"resourceType":"Binary","id":"9","contentType":"application/pdf","data":"{{Convert.ToBase64String(_pdf)}}"}""") : _pdf);
    });

    /// <summary>As a search brings it, and as the server has it from then on.</summary>
    private static async Task TakeAsync(BulkPlace place, string document)
    {
        place.Server.On("GET /fhir/r4/DocumentReference/d-1", 200, document);
        await ToldAsync(place, document);
    }

    private static async Task ToldAsync(BulkPlace place, string document)
    {
        place.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        await place.Engine.Core.VendorDocuments.TakeAsync(BulkPlace.Practice, Connected.Id, [new EhrDocument(AttachedDocument.Kind, Encoding.UTF8.GetBytes(document))], place.Engine.Time.GetUtcNow(), default);
    }

    private static string Document(string id, string attachment, string status = "final", string? beside = null) => $$"""
        {"resourceType":"DocumentReference","id":"{{id}}","status":"current","docStatus":"{{status}}","subject":{"reference":"Patient/a-195900.E-1"},"description":"Visit note",
         "content":[{"attachment":{{attachment}}}{{(beside is null ? "" : $",{{\"attachment\":{beside}}}")}}]}
        """.ReplaceLineEndings(" ");

    private static AttachmentWork Work(BulkPlace place) =>
        new(place.Engine.Core.Connections[Connected.Id], place.Engine.Core.Vendor(Connected.Id).Attachments(), place.Engine.Core.FetchedDocuments, place.Engine.Time, NullLogger<AttachmentWork>.Instance);

    private static Task<(int Count, EhrException? Stopped)> WorkAsync(BulkPlace place) => Work(place).WorkAsync(default);

    private static async Task<StoredRecord> RecordAsync(BulkPlace place) => (await place.Engine.RecordsAsync(BulkPlace.Practice, "document")).Single();

    private static async Task<byte[]> BytesAsync(BulkPlace place, string id)
    {
        using var content = new MemoryStream();
        await place.Engine.Store.ReadAsync(reader => reader.CopyAttachment(BulkPlace.Practice, id, content), default);
        return content.ToArray();
    }
}
