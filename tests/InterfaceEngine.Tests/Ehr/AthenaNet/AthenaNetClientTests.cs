using System.Text;
using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using NodaTime;

namespace InterfaceEngine.Tests.Ehr.AthenaNet;

/// <summary>athenaNet's answers in all the forms that they come in, over real HTTP.</summary>
public sealed class AthenaNetClientTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;
    private AthenaNetClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new AthenaNetClient(Connected.To(_server));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_next_page_is_asked_for_byte_for_byte_as_the_server_names_it()
    {
        _server.On("GET /v1/195900/appointments/booked", 200, """{"totalcount":2,"next":"/v1/195900/appointments/booked?DEPARTMENTID=1&STARTDATE=01%2F01%2F2018&offset=1","appointments":[{"appointmentid":"1"}]}""")
            .On("GET /v1/195900/appointments/booked", 200, """{"totalcount":2,"previous":"/v1/195900/appointments/booked","appointments":[{"appointmentid":2}]}""");

        var pages = await PagesAsync(_client.Appointments.BookedAsync(new LocalDate(2018, 1, 1), new LocalDate(2018, 1, 31), "1", null, null, default));

        pages.SelectMany(page => page.Documents).Select(Text).Should().Equal("""{"appointmentid":"1"}""", """{"appointmentid":2}""");
        pages.SelectMany(page => page.Documents).Should().OnlyContain(document => document.Kind == "GET /appointments");
        _server.Requests.Select(request => request.Query).Should().Equal(
            "?startdate=01%2F01%2F2018&enddate=01%2F31%2F2018&departmentid=1&showcancelled=true", "?DEPARTMENTID=1&STARTDATE=01%2F01%2F2018&offset=1");
    }

    [Fact]
    public async Task A_next_page_on_another_host_is_refused()
    {
        _server.On("GET /v1/195900/providers", 200, """{"next":"https://evil.example/v1/195900/providers?offset=1","providers":[{"providerid":"27"}]}""");

        (await FaultAsync(() => _client.Practice.ProvidersAsync(default))).Fault.Should().Be(EhrFault.ForeignHost);

        _server.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Pages_that_lead_in_a_circle_end()
    {
        _server.On("GET /v1/195900/providers", 200, """{"next":"/v1/195900/providers?offset=1","providers":[{"providerid":"27"}]}""");

        (await FaultAsync(() => _client.Practice.ProvidersAsync(default))).Message.Should().StartWith("GET /providers: a page names one as the next that was there before.");
    }

    [Theory]
    [InlineData("""{"totalcount":7,"providers":[{"providerid":"27"}]}""", 1)]
    [InlineData("""[{"providerid":"27"}]""", 1)]
    [InlineData("""[{"totalcount":2,"providers":[{"providerid":"27"},{"providerid":"71"}]}]""", 2)]
    [InlineData("""[{"totalcount":0}]""", 0)]
    [InlineData("""{"providers":{"providerid":"27"}}""", 1)]
    [InlineData("""{"totalcount":"0"}""", 0)]
    [InlineData("""{"providers":[[{"providerid":"27"}],[{"providerid":"71"}]]}""", 2)]
    public async Task A_list_is_read_in_every_form_it_comes_in(string body, int rows)
    {
        _server.On("GET /v1/195900/providers", 200, body);

        (await _client.Practice.ProvidersAsync(default)).Should().HaveCount(rows);
    }

    [Theory]
    [InlineData("""{"totalcount":3}""", EhrFault.NotUnderstood)]
    [InlineData("""{"success":false,"errormessage":"no"}""", EhrFault.Refused)]
    [InlineData("\"Invalid input\"", EhrFault.Refused)]
    [InlineData("""[{"success":false,"errormessage":"no"}]""", EhrFault.Refused)]
    [InlineData("""["Invalid input"]""", EhrFault.Refused)]
    [InlineData("""[{"totalcount":3}]""", EhrFault.NotUnderstood)]
    [InlineData("<html></html>", EhrFault.NotUnderstood)]
    [InlineData("", EhrFault.NotUnderstood)]
    [InlineData("1", EhrFault.NotUnderstood)]
    internal async Task What_is_no_list_is_no_empty_one(string body, EhrFault fault)
    {
        _server.On("GET /v1/195900/providers", 200, body);

        (await FaultAsync(() => _client.Practice.ProvidersAsync(default))).Fault.Should().Be(fault);
    }

    [Fact]
    public async Task What_the_address_says_of_a_row_is_in_its_document()
    {
        _server.On("GET /v1/195900/chart/34772/labresults", 200, """{"results":[{"labresultid":"1","patientid":""},{"labresultid":"2","patientid":"9","departmentid":null}]}""");

        var pages = await PagesAsync(_client.Chart.LabResultsAsync("34772", "1", default));

        pages.SelectMany(page => page.Documents).Select(Text).Should().Equal(
            """{"labresultid":"1","patientid":"34772","departmentid":"1"}""", """{"labresultid":"2","patientid":"9","departmentid":"1"}""");
        pages[0].Documents[0].Kind.Should().Be("GET /chart/{patientid}/labresults");
    }

    [Fact]
    public async Task The_same_row_is_the_same_document_in_whatever_order_it_comes()
    {
        _server.On("GET /v1/195900/chart/34772/problems", 200, """{"problems":[{"problemid":"1","events":[{"type":"A","n":1.50,"on":null}]}]}""")
            .On("GET /v1/195900/chart/34772/problems", 200, """{"problems":[{"events":[{"on":null,"n":1.50,"type":"A"}],"problemid":"1"}]}""");

        var first = (await PagesAsync(_client.Chart.ProblemsAsync("34772", "1", default))).SelectMany(page => page.Documents).Select(Text).Single();
        var second = (await PagesAsync(_client.Chart.ProblemsAsync("34772", "1", default))).SelectMany(page => page.Documents).Select(Text).Single();

        first.Should().Be(second).And.Be("""{"events":[{"n":1.50,"on":null,"type":"A"}],"problemid":"1","patientid":"34772","departmentid":"1"}""");
    }

    [Fact]
    public async Task Medications_are_a_list_of_lists_and_allergies_one_document()
    {
        _server.On("GET /v1/195900/chart/34772/medications", 200, """{"medications":[[{"medicationid":"1"}],[{"medicationid":"2"}]]}""")
            .On("GET /v1/195900/chart/34772/allergies", 200, """[{"nkda":"false","allergies":[{"allergenid":"2"},{"allergenid":"1"}]}]""");

        (await PagesAsync(_client.Chart.MedicationsAsync("34772", "1", default))).SelectMany(page => page.Documents).Should().HaveCount(2);
        var page = (await PagesAsync(_client.Chart.AllergiesAsync("34772", "1", default))).Single();
        Text(page.Documents.Single()).Should().Be("""{"allergies":[{"allergenid":"2"},{"allergenid":"1"}],"nkda":"false","patientid":"34772","departmentid":"1"}""");
        page.Count.Should().Be(2);
    }

    [Theory]
    [InlineData("allergies", """{"nkda":"true","allergies":[]}""")]
    [InlineData("allergies", """{"nkda":"true"}""")]
    [InlineData("allergies", """{"nkda":"false","allergies":[],"totalcount":0}""")]
    [InlineData("problems", """{"noknownproblems":"true","problems":[]}""")]
    [InlineData("problems", """{"noknownproblems":true}""")]
    [InlineData("medications", """{"nomedicationsreported":"true"}""")]
    public async Task That_there_is_nothing_is_no_row(string part, string body)
    {
        _server.On($"GET /v1/195900/chart/34772/{part}", 200, body);

        (await PagesAsync(Part(part))).SelectMany(page => page.Documents).Should().BeEmpty();
    }

    [Theory]
    [InlineData("allergies", "", EhrFault.NotUnderstood)]
    [InlineData("allergies", "[]", EhrFault.NotUnderstood)]
    [InlineData("allergies", """{"nkda":"false"}""", EhrFault.NotUnderstood)]
    [InlineData("allergies", """{"success":false,"errormessage":"The chart is closed."}""", EhrFault.Refused)]
    [InlineData("problems", """{"noknownproblems":"false"}""", EhrFault.NotUnderstood)]
    [InlineData("medications", "<html>", EhrFault.NotUnderstood)]
    internal async Task An_answer_without_a_list_is_not_taken_for_an_empty_one(string part, string body, EhrFault fault)
    {
        _server.On($"GET /v1/195900/chart/34772/{part}", 200, body);

        (await FaultAsync(() => PagesAsync(Part(part)))).Fault.Should().Be(fault);
    }

    private IAsyncEnumerable<AthenaDocumentPage> Part(string part) => part switch
    {
        "allergies" => _client.Chart.AllergiesAsync("34772", "1", default),
        "problems" => _client.Chart.ProblemsAsync("34772", "1", default),
        _ => _client.Chart.MedicationsAsync("34772", "1", default),
    };

    [Fact]
    public async Task A_number_that_was_shown_in_part_is_never_sent_back()
    {
        _server.On("PUT /v1/195900/patients/34772", 200, """[{"patientid":"34772"}]""");

        await _client.Patients.UpdateAsync("34772", [new("ssn", "*****3333"), new("lastname", "Doe")], default);

        _server.Requests.Single().Body.Should().Be("lastname=Doe");
    }

    [Fact]
    public async Task A_patient_that_fits_is_the_one_that_is_created()
    {
        _server.On("POST /v1/195900/patients", 200, """[{"patientid":"100","errormessage":""}]""");

        (await _client.Patients.CreateAsync([new("firstname", "Ada"), new("departmentid", "1")], default)).Should().Be("100");

        _server.Requests.Single().Body.Should().Be("firstname=Ada&departmentid=1");
    }

    [Fact]
    public async Task An_amendment_answers_a_bare_number_or_says_in_bare_words_why_not()
    {
        _server.On("PUT /v1/195900/appointments/booked/1", 200, "1").On("PUT /v1/195900/appointments/booked/1", 200, "\"Invalid PROVIDERID input\"");

        await _client.Appointments.AmendAsync("1", "27", null, null, default);

        (await FaultAsync(() => _client.Appointments.AmendAsync("1", "99", null, null, default))).Fault.Should().Be(EhrFault.Refused);
    }

    [Fact]
    public async Task A_slot_is_made_and_its_number_given()
    {
        _server.On("POST /v1/195900/appointments/open", 200, """{"appointmentids":{"12345":"21:32"}}""");

        (await _client.Appointments.MakeAsync("1", "27", "82", new LocalDateTime(2026, 3, 2, 21, 32), default)).Should().Be("12345");

        _server.Requests.Single().Body.Should().Be("departmentid=1&providerid=27&appointmenttypeid=82&appointmentdate=03%2F02%2F2026&appointmenttime=21%3A32");
    }

    [Theory]
    [InlineData("""{"v":15}""", "15")]
    [InlineData("""{"v":" 15 "}""", "15")]
    [InlineData("""{"v":true}""", "true")]
    [InlineData("""{"v":["563"]}""", "563")]
    [InlineData("""{"v":""}""", null)]
    [InlineData("""{"v":null}""", null)]
    [InlineData("{}", null)]
    public void A_value_is_read_whatever_kind_it_comes_as(string row, string? expected)
    {
        using var document = JsonDocument.Parse(row);

        document.RootElement.Text("v").Should().Be(expected);
    }

    [Theory]
    [InlineData("""{"timezonename":"US/Eastern","timezoneoffset":-7}""", "US/Eastern")]
    [InlineData("""{"timezoneoffset":"-7","doesnotobservedst":"true"}""", "UTC-07")]
    [InlineData("""{"timezoneoffset":-6,"doesnotobservedst":false}""", "America/Chicago")]
    [InlineData("""{"timezoneoffset":5}""", null)]
    [InlineData("{}", null)]
    public void A_departments_zone_is_its_name_or_what_its_offset_says_for_certain(string row, string? expected)
    {
        using var document = JsonDocument.Parse(row);

        DepartmentZones.Of(document.RootElement, Instant.FromUtc(2026, 1, 5, 12, 0))?.Id.Should().Be(expected);
        (expected is null).Should().Be(DepartmentZones.Of(document.RootElement, Instant.FromUtc(2026, 1, 5, 12, 0)) is null);
    }

    [Fact]
    public void In_summer_an_offset_alone_names_no_zone()
    {
        using var document = JsonDocument.Parse("""{"timezoneoffset":-6,"doesnotobservedst":false}""");

        DepartmentZones.Of(document.RootElement, Instant.FromUtc(2026, 7, 5, 12, 0)).Should().BeNull("it is Denver's of today and Chicago's of the winter");
    }

    private static string Text(EhrDocument document) => Encoding.UTF8.GetString(document.Json.Span);

    private static async Task<List<AthenaDocumentPage>> PagesAsync(IAsyncEnumerable<AthenaDocumentPage> pages)
    {
        var all = new List<AthenaDocumentPage>();
        await foreach (var page in pages)
        {
            all.Add(page);
        }

        return all;
    }

    private static async Task<EhrException> FaultAsync(Func<Task> call) => (await call.Should().ThrowAsync<EhrException>()).Which;
}
