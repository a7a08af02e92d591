using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using Microsoft.AspNetCore.Http;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Api;

/// <summary>The records that Practice Studio works with.</summary>
internal static class RecordEndpoints
{
    private const int PageRows = 100;
    private const int ChangesShown = 100;

    private const string RecordExample = """
        {"id":"01KDRX5Q0G00A","practice":"195900","type":"patient","externalId":"31001","version":2,"aliases":[{"system":"athenahealth","value":"31001"}],"fields":{"last_name":"Sample","first_name":"Ada","race":["2106-3"],"email":null}}
        """;

    private static readonly ApiParameter _type = ApiParameter.Path("type", "The type of record, as the maps name it: patient, appointment, encounter, observation ...");
    private static readonly ApiParameter _id = ApiParameter.Path("id", "Our id, or the external id.");
    private static readonly ApiParameter _lineage = new("lineage", "query", "With where each field came from: event, source, message and mapping cell.", "boolean");

    public static ApiParameter Practice { get; } = ApiParameter.Query("practice", "Whose; may be left out where the key speaks of one practice alone.");

    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("GET", "/api/records/{type}", Roles.Readers, ApiScope.OnePractice, "Records of a type in the order they were made, page by page. A page of which not all is wanted may be short, or empty, and have a next: only next says whether there is more.", ListAsync)
        {
            Group = "Records",
            Parameters =
            [
                _type, Practice, _lineage,
                ApiParameter.Query("patient", "Only what hangs on this patient (our id or the external one), and on whoever was merged into this one."),
                ApiParameter.Query("externalId", "Only the record of this external id."),
                ApiParameter.Query("status", "Only those of this status, or of one of several behind commas, as the maps name them: scheduled,checked_in."),
                ApiParameter.Query("from", "Only those of this day, YYYY-MM-DD by the clinic's clock, or later: of an appointment its start_time, of an encounter its period_start."),
                ApiParameter.Query("until", "Only those of this day or earlier. From and until together are found quickest."),
                ApiParameter.Query("updatedSince", "Only what changed here at this time or later. To follow all changes, GET /api/changes is the way."),
                ApiParameter.Query("after", "Where the page before ended: its next."),
                ApiParameter.Number("limit", $"The most of the page, 1 to {RecordReading.PageRowsMax}; {PageRows} when it is not said."),
            ],
            ResultExample = $$"""{"records":[{{RecordExample.Trim()}}],"next":null}""",
        },
        new("GET", "/api/records/{type}/{id}", Roles.Readers, ApiScope.OnePractice, "One record. Its ETag changes with its values: If-None-Match saves sending it again.", ShowAsync)
        {
            Group = "Records",
            Parameters = [_type, _id, Practice, _lineage, new ApiParameter("If-None-Match", "header", "The ETag of what is known already.")],
            ResultExample = RecordExample.Trim(),
            FurtherStatuses = [(StatusCodes.Status304NotModified, "It is as the caller knows it.")],
        },
        new("GET", "/api/records/{type}/{id}/content", Roles.Readers, ApiScope.OnePractice, "A file that a record holds: a document's content, a picture of a result. It is to be saved and not to be shown by a browser.", ContentAsync)
        {
            Group = "Records",
            Parameters = [_type, _id, Practice, ApiParameter.Query("file", "Which, by the id in the record's field; may be left out where there is only one.")],
            ContentTypes = ["*/*"],
        },
        new("GET", "/api/records/{type}/{id}/changes", Roles.Readers, ApiScope.OnePractice, "What changed of a record, newest first.", ChangesAsync)
        {
            Group = "Records",
            Parameters = [_type, _id, Practice, ApiParameter.Number("limit", $"The most that are given, 1 to {RecordReading.PageRowsMax}; {ChangesShown} when it is not said.")],
            Result = ApiJson.Camel.ChangesOfRecordResult,
            ResultExample = """
                {"id":"01KDRX5Q0G00A","changes":[{"sequence":12,"committedAt":"2026-02-01T12:00:00Z","message":"01KDRX5Q0G009","fields":[{"name":"email","before":"ada@example.com","after":null,"cell":"athenahealth/patient.map.md:24"}]}]}
                """.Trim(),
        },
    ];

    private static async Task ListAsync(ApiCall call)
    {
        var question = Question(call);
        var limit = (int)call.Number("limit", PageRows, 1, RecordReading.PageRowsMax);
        var after = EngineId.None;
        if (call.Query("after") is { } cursor && !EngineId.TryParse(cursor, out after))
        {
            throw ApiException.BadRequest("after is not the next of a page before.");
        }

        var filter = Filter(call);
        if (call.Query("externalId") is not { } named)
        {
            var read = await call.Parts.Records.PageAsync(question, call.Query("patient"), filter, after, limit, call.Aborted);
            await WriteAsync(call, question, read.Records, read.Next?.ToString());
        }
        else if (filter.IsNone)
        {
            await WriteAsync(call, question, await call.Parts.Records.NamedAsync(question, named, call.Aborted), null);
        }
        else
        {
            throw ApiException.BadRequest("externalId names one record: status, from, until and updatedSince have no place beside it.");
        }
    }

    private static RecordFilter Filter(ApiCall call)
    {
        var filter = new RecordFilter
        {
            Statuses = call.Query("status")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            From = Day(call, "from"),
            Until = Day(call, "until"),
            UpdatedSince = call.Time("updatedSince"),
        };
        return filter.From > filter.Until ? throw ApiException.BadRequest("until is before from.") : filter;
    }

    private static LocalDate? Day(ApiCall call, string name) => call.Query(name) is not { } text ? null
        : LocalDatePattern.Iso.Parse(text) is { Success: true } day ? day.Value : throw ApiException.BadRequest($"{name} is not a day such as 2026-12-01.");

    private static async Task WriteAsync(ApiCall call, RecordQuestion question, IReadOnlyList<StoredRecord> page, string? next)
    {
        var (definition, hasLineage) = (Definition(call, question), call.Flag("lineage"));
        await call.WriteAsync(StatusCodes.Status200OK, "application/json; charset=utf-8", (page, definition, hasLineage, next), static (writer, one) =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("records");
            foreach (var record in one.page)
            {
                RecordJson.Write(writer, record, one.definition, one.hasLineage);
            }

            writer.WriteEndArray();
            writer.WriteString("next", one.next);
            writer.WriteEndObject();
        });
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var question = Question(call);
        var record = await call.Parts.Records.FindAsync(question, call.Route("id"), call.Aborted);
        var hasLineage = call.Flag("lineage");
        if (!hasLineage)
        {
            // With its lineage a record changes by each message that only confirms it, and its version does not.
            var tag = RecordTag.Of(record);
            call.Http.Response.Headers.ETag = tag;
            if (call.Http.Request.Headers.IfNoneMatch == tag)
            {
                call.Http.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        await call.WriteAsync(StatusCodes.Status200OK, "application/json; charset=utf-8", (record, Definition(call, question), hasLineage), static (writer, one) =>
            RecordJson.Write(writer, one.record, one.Item2, one.hasLineage));
    }

    private static async Task ContentAsync(ApiCall call)
    {
        var content = await call.Parts.Records.ContentAsync(Question(call), call.Route("id"), call.Query("file"), call.Aborted);
        var response = call.Http.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = (StatusCodes.Status200OK, content.Value.MediaType, content.Bytes.Length);

        // What it says it is, is what somebody sent: a browser is to guess nothing, to run nothing and to keep nothing.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"{FileName(content)}\"";
        if (!HttpMethods.IsHead(call.Http.Request.Method))
        {
            call.Answered += content.Bytes.Length;
            await response.BodyWriter.WriteAsync(content.Bytes, call.Aborted);
        }
    }

    /// <summary>As its sender calls it, as far as that is a plain name; else the record's id.</summary>
    private static string FileName(RecordContent content)
    {
        var name = new string([.. (content.Record["file_name"] ?? "").Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or ' ')]).Trim(' ', '.');
        return name.Length is > 0 and <= 100 ? name : content.Record.Id.ToString();
    }

    private static async Task ChangesAsync(ApiCall call)
    {
        var limit = (int)call.Number("limit", ChangesShown, 1, RecordReading.PageRowsMax);
        var question = Question(call);
        var (record, changes, earlier) = await call.Parts.Records.ChangesAsync(question, call.Route("id"), limit, call.Aborted);
        var definition = Definition(call, question);
        var result = new ChangesOfRecordResult(record.Id.ToString(), [.. changes.Select(change => Views.Of(change, definition))]) { EarlierChanges = earlier };
        await call.AnswerAsync(result, ApiJson.Camel.ChangesOfRecordResult);
    }

    private static RecordQuestion Question(ApiCall call) => new(call.OnePractice(call.Query("practice")), call.Route("type"), call.Actor);

    private static RecordDefinition? Definition(ApiCall call, RecordQuestion question)
    {
        foreach (var definition in call.Parts.Engine.Definitions(question.Practice))
        {
            if (definition.Type == question.Type)
            {
                return definition;
            }
        }

        return null;
    }
}

/// <param name="Id">Of the record.</param>
internal sealed record ChangesOfRecordResult(string Id, IReadOnlyList<ChangeView> Changes)
{
    /// <summary>Why the changes don't go back to the record's beginning; null when they do, or when there are more than are shown.</summary>
    public string? EarlierChanges { get; init; }
}
