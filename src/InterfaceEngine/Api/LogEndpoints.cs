using System.Globalization;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Store;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api;

/// <summary>The calls that were made to vendors and to the engine, as a page or to be kept elsewhere. They hold nothing of a patient.</summary>
internal static class LogEndpoints
{
    private const int PageRows = 100;
    private const int PageRowsMax = 1000;

    /// <summary>The most calls of one export.</summary>
    private const int ExportedMax = 1_000_000;

    /// <summary>What calls to this interface are noted under.</summary>
    public const string ApiCalls = "api";

    private const string Json = "application/json";
    private const string Csv = "text/csv";
    private const string Ndjson = "application/x-ndjson";

    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("GET", "/api/logs", Roles.Operators, ApiScope.KeysPractices, "The calls to vendors and to this interface, newest first; as CSV or NDJSON all that there are between two times.", ListAsync)
        {
            Group = "Operation",
            Parameters =
            [
                ApiParameter.Query("endpoint", "A part of method and template, e.g. /patients; whatever its case."),
                ApiParameter.Query("connection", "The connection's id; api for calls to this interface."),
                ApiParameter.Query("from", "From this time on, 2024-01-15T10:00:00Z."),
                ApiParameter.Query("until", "Before this time."),
                new ApiParameter("failed", "query", "Only calls that failed: no answer, or a status of 400 and more.", "boolean"),
                ApiParameter.Query("format", "json, csv or ndjson; what Accept asks for when it is not said.") with { Choices = ["json", "csv", "ndjson"] },
                ApiParameter.Number("before", "Where the page before ended: its next."),
                ApiParameter.Number("limit", $"The most of a page of JSON, 1 to {PageRowsMax}; {PageRows} when it is not said."),
            ],
            ContentTypes = [Json, Csv, Ndjson],
            Result = ApiJson.Camel.CallsResult,
            ResultExample = """{"calls":[{"id":7,"at":"2026-02-01T12:00:00Z","connection":"conn_123","practice":"195900","endpoint":"GET /patients/{patientid}","status":200,"milliseconds":118,"sent":0,"received":2210,"requestId":"0194c1","actor":"engine"}],"next":7}""",
        },
    ];

    private static async Task ListAsync(ApiCall call)
    {
        var (from, until) = (call.Time("from"), call.Time("until"));
        if (until < from)
        {
            throw ApiException.BadRequest("until is before from.");
        }

        var query = new CallQuery
        {
            Connection = call.Query("connection"),
            Practices = call.Practices,
            Endpoint = call.Query("endpoint"),
            From = from?.ToUnixTimeMilliseconds(),
            Until = until?.ToUnixTimeMilliseconds(),
            IsFailedOnly = call.Flag("failed"),
            Before = call.Number("before", 0, 0, long.MaxValue),
            Limit = (int)call.Number("limit", PageRows, 1, PageRowsMax),
        };
        await CheckAsync(call, query);
        var format = Format(call);
        if (format != Json)
        {
            await ExportAsync(call, query, format);
            return;
        }

        var page = await call.Parts.Calls.ReadAsync(query, call.Aborted);
        await call.AnswerAsync(new CallsResult([.. page.Select(View)], page.Count == query.Limit ? page[^1].Id : null), ApiJson.Camel.CallsResult);
    }

    /// <summary>A connection that the settings no longer have may have calls still; one of which nobody ever heard is misspelt.</summary>
    private static async Task CheckAsync(ApiCall call, CallQuery query)
    {
        if (query.Connection is not { } connection || connection == ApiCalls)
        {
            return;
        }

        var known = call.Parts.Connections.Where(one => query.Practices?.Contains(one.Practice) ?? true).Select(one => one.Id).Append(ApiCalls).ToList();
        if (!known.Contains(connection) && (await call.Parts.Calls.ReadAsync(new CallQuery { Connection = connection, Practices = query.Practices, Limit = 1 }, call.Aborted)).Count == 0)
        {
            throw ApiException.NotFound($"There is no such connection, and no call of one: {string.Join(", ", known)} are there.");
        }
    }

    private static string Format(ApiCall call) => call.Query("format") switch
    {
        "json" => Json,
        "csv" => Csv,
        "ndjson" => Ndjson,
        null => call.Http.Request.Headers.Accept.ToString() is var accept && accept.Contains(Csv, StringComparison.OrdinalIgnoreCase) ? Csv
            : accept.Contains("ndjson", StringComparison.OrdinalIgnoreCase) ? Ndjson : Json,
        _ => throw ApiException.BadRequest("format is not json, csv or ndjson."),
    };

    /// <summary>Page by page, each written before the next is read.</summary>
    private static async Task ExportAsync(ApiCall call, CallQuery query, string format)
    {
        var response = call.Http.Response;
        (response.StatusCode, response.ContentType) = (StatusCodes.Status200OK, $"{format}; charset=utf-8");
        response.Headers.ContentDisposition = $"attachment; filename=\"calls.{(format == Csv ? "csv" : "ndjson")}\"";
        if (HttpMethods.IsHead(call.Http.Request.Method))
        {
            return;
        }

        var text = new StringBuilder(format == Csv ? "id,at,connection,practice,endpoint,status,fault,milliseconds,sent,received,request_id,actor\n" : "");
        for (var (before, written) = (query.Before, 0); ;)
        {
            var page = await call.Parts.Calls.ReadAsync(query with { Before = before, Limit = PageRowsMax }, call.Aborted);
            foreach (var view in page.Select(View))
            {
                text.Append(format == Csv ? Line(view) : JsonSerializer.Serialize(view, ApiJson.Camel.CallView)).Append('\n');
            }

            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            call.Answered += bytes.Length;
            await response.BodyWriter.WriteAsync(bytes, call.Aborted);
            text.Clear();
            written += page.Count;
            if (page.Count < PageRowsMax || written >= ExportedMax)
            {
                return;
            }

            before = page[^1].Id;
        }
    }

    private static string Line(CallView call) => string.Join(',', ((string?[])[
        Number(call.Id),
        ApiTime.Write(call.At),
        call.Connection,
        call.Practice,
        call.Endpoint,
        Number(call.Status),
        call.Fault,
        Number(call.Milliseconds),
        Number(call.Sent),
        Number(call.Received),
        call.RequestId,
        call.Actor,
    ]).Select(Cell));

    /// <summary>A cell that a spreadsheet would take for a formula gets an apostrophe before it.</summary>
    private static string Cell(string? text)
    {
        var safe = text is { Length: > 0 } && text[0] is '=' or '+' or '-' or '@' ? $"'{text}" : text ?? "";
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static CallView View(StoredCall stored)
    {
        var call = stored.Call;
        return new CallView(
            stored.Id,
            DateTimeOffset.FromUnixTimeMilliseconds(call.At),
            call.Connection,
            call.Practice,
            call.Endpoint,
            call.Status,
            call.Fault,
            call.Milliseconds,
            call.Sent,
            call.Received,
            call.RequestId,
            call.Actor);
    }
}

/// <param name="Next">Goes into <c>before</c> for the next page; null on the last.</param>
internal sealed record CallsResult(IReadOnlyList<CallView> Calls, long? Next);

/// <summary>One call: see <see cref="CallEntry"/>.</summary>
internal sealed record CallView(
    long Id, DateTimeOffset At, string Connection, string? Practice, string Endpoint, int Status, string? Fault, int Milliseconds, long Sent, long Received, string? RequestId, string Actor);
