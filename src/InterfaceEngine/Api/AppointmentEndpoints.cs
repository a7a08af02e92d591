using System.Text.RegularExpressions;
using InterfaceEngine.Control;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api;

/// <summary>Visits: what is free, and booking, changing and cancelling on our side, of which the practice's destinations are told.</summary>
internal static partial class AppointmentEndpoints
{
    private const int SlotsShown = 200;
    private const int SlotsMax = 1000;

    private const string ResultExample = """
        {"id":"01KDRX5Q0G00A","event":"SIU^S12","isRepeat":false,"aliases":[{"system":"Practice Studio","value":"01KDRX5Q0G00A"}],"changes":[{"name":"start_time","after":"2026-12-01T15:00:00Z"}],"deliveries":[{"destination":"athena","event":"SIU^S12","id":"01KDRX5Q0G00B"}],"status":"scheduled"}
        """;

    private static readonly ApiParameter _id = ApiParameter.Path("id", "Our id, the placer's or the filler's number.");

    public static ApiParameter Connection { get; } = ApiParameter.Query("connection", "The connection to the vendor; may be left out where the key has one alone.");

    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("GET", "/api/appointments/open", Roles.Readers, ApiScope.OnePractice, "What is free at the vendor.", OpenAsync)
        {
            Group = "Appointments",
            Parameters =
            [
                Connection, RecordEndpoints.Practice,
                ApiParameter.Query("department", "Ours or the vendor's; the connection's own when it is not said."),
                ApiParameter.Query("provider", "Ours or the vendor's; all when it is not said."),
                ApiParameter.Query("type", "A code of the table of appointment types, or the vendor's number; all when it is not said."),
                ApiParameter.Query("from", "The first day, YYYY-MM-DD by the clinic's clock; today when it is not said."),
                ApiParameter.Query("until", "The last day; seven days on when it is not said."),
                ApiParameter.Number("limit", $"The most that are given, 1 to {SlotsMax}; {SlotsShown} when it is not said."),
            ],
            Result = ApiJson.Camel.SlotsResult,
            ResultExample = """{"connection":"conn_123","slots":[{"id":"1205601","start":"2026-12-01T15:00:00Z","minutes":15,"department":"1","provider":"71","type":"82","typeName":"Office visit"}],"hasMore":false}""",
        },
        new("POST", "/api/appointments", Roles.Writers, ApiScope.OnePractice, "Books a visit. Who got no answer books again with the same Idempotency-Key and body, and is answered with the visit that is there.", BookAsync)
        {
            Group = "Appointments",
            Status = StatusCodes.Status201Created,
            FurtherStatuses = [(StatusCodes.Status200OK, "It was booked by this key before: the visit as it is now. Nothing was changed or sent.")],
            Parameters = [RecordEndpoints.Practice, ApiCall.IdempotencyKey("booking", "call-2026-11-27-0815")],
            Body = ApiJson.Camel.AppointmentBody,
            BodyExample = """{"patient":"31001","start":"2026-12-01T09:00:00","minutes":15,"type":"office_visit","provider":"71","location":"1","visitReason":"Check-up"}""",
            Result = ApiJson.Camel.AppointmentResult,
            ResultExample = ResultExample.Trim(),
        },
        new("GET", "/api/appointments/{id}/deliveries", Roles.Readers, ApiScope.OnePractice, "How what the practice's destinations are told of a visit stands, the newest first.", DeliveriesAsync)
        {
            Group = "Appointments",
            Parameters = [_id, RecordEndpoints.Practice],
            Result = ApiJson.Camel.VisitDeliveriesResult,
            ResultExample = """
                {"id":"01KDRX5Q0G00A","deliveries":[{"id":"01KDRX5Q0G00B","destination":"athena-api","event":"booked","state":"held","attempts":1,"createdAt":"2026-02-01T12:00:00Z","code":"no slot","reason":"Nothing is open at athenahealth at this time with this provider, of this type and length."}]}
                """.Trim(),
        },
        new("PUT", "/api/appointments/{id}", Roles.Writers, ApiScope.OnePractice, "Changes a visit; what is not said stays as it is.", ModifyAsync)
        {
            Group = "Appointments",
            Parameters = [_id, RecordEndpoints.Practice, ApiCall.IfMatch],
            Body = ApiJson.Camel.AppointmentChangeBody,
            BodyExample = """{"start":"2026-12-01T10:30:00","because":"the patient asked for a later time"}""",
            Result = ApiJson.Camel.AppointmentResult,
            ResultExample = ResultExample.Trim(),
        },
        new("DELETE", "/api/appointments/{id}", Roles.Writers, ApiScope.OnePractice, "Cancels a visit.", CancelAsync)
        {
            Group = "Appointments",
            Parameters = [_id, RecordEndpoints.Practice, ApiCall.IfMatch],
            Body = ApiJson.Camel.CancellationBody,
            IsBodyOptional = true,
            BodyExample = """{"because":"the patient called"}""",
            Result = ApiJson.Camel.AppointmentResult,
            ResultExample = ResultExample.Trim(),
        },
    ];

    /// <summary>What is free; the clinic's tool asks for it too.</summary>
    public static Task<EhrSlotsAnswer> SlotsAsync(ApiCall call, EhrSlotsRequest request) => call.AskAsync(request with { Practices = call.Practices });

    private static async Task OpenAsync(ApiCall call)
    {
        var connection = call.OneConnection(call.Query("connection"));
        var answer = await SlotsAsync(call, new EhrSlotsRequest(connection.Id)
        {
            Actor = call.Actor,
            Department = call.Query("department"),
            Provider = call.Query("provider"),
            Type = call.Query("type"),
            From = call.Query("from"),
            Until = call.Query("until"),
            Limit = (int)call.Number("limit", SlotsShown, 1, SlotsMax),
        });
        await call.AnswerAsync(new SlotsResult(answer.Connection, answer.Slots, answer.HasMore), ApiJson.Camel.SlotsResult);
    }

    private static async Task BookAsync(ApiCall call)
    {
        var key = call.RequiredKey("booking");
        var body = await call.BodyAsync(ApiJson.Camel.AppointmentBody);
        var booked = await call.AskAsync(Said(call, body, new BookAppointmentRequest(call.OnePractice(body.Practice ?? call.Query("practice")), body.Patient) { Actor = call.Actor, Key = key }));
        call.Http.Response.Headers.Location = $"/api/records/appointment/{booked.Record}";
        await AnswerAsync(call, booked, booked.IsRepeat ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task ModifyAsync(ApiCall call)
    {
        var body = await call.BodyAsync(ApiJson.Camel.AppointmentChangeBody);
        var request = new ModifyAppointmentRequest(call.OnePractice(call.Query("practice")), call.Route("id")) { Actor = call.Actor, Seen = call.Seen() };
        await AnswerAsync(call, await call.AskAsync(Said(call, body, request)));
    }

    private static async Task CancelAsync(ApiCall call)
    {
        var body = await call.OptionalBodyAsync(ApiJson.Camel.CancellationBody);
        await AnswerAsync(call, await call.AskAsync(new CancelAppointmentRequest(call.OnePractice(call.Query("practice")), call.Route("id"))
        {
            Actor = call.Actor,
            Reason = body?.Because ?? call.Because,
            Destination = body?.Destination,
            Seen = call.Seen(),
        }));
    }

    private static async Task DeliveriesAsync(ApiCall call)
    {
        var answer = await call.AskAsync(new AppointmentDeliveriesRequest(call.OnePractice(call.Query("practice")), call.Route("id")) { Actor = call.Actor });
        await call.AnswerAsync(new VisitDeliveriesResult(answer.Record, answer.Deliveries), ApiJson.Camel.VisitDeliveriesResult);
    }

    /// <summary>The request with what was said of the visit.</summary>
    private static T Said<T>(ApiCall call, VisitBody body, T request)
        where T : AppointmentRequest => (T)(request with
        {
            Reason = body.Because ?? call.Because,
            Start = ForDesk(body.Start),
            Minutes = body.Minutes,
            Type = body.Type,
            Provider = body.Provider,
            Location = body.Location,
            VisitReason = body.VisitReason,
            Note = body.Note,
            Slot = body.Slot,
            Connection = body.Connection,
            Destination = body.Destination,
        });

    private static Task AnswerAsync(ApiCall call, AppointmentAnswer made, int status = StatusCodes.Status200OK) =>
        call.AnswerAsync(new AppointmentResult(made.Record, made.Event, made.IsRepeat, made.Aliases, made.Changes, made.Deliveries) { Status = made.Status }, ApiJson.Camel.AppointmentResult, status);

    /// <summary>A time as the desk reads it: <c>2026-12-01 09:00</c>, by the clinic's clock, or with an offset.</summary>
    public static string? ForDesk(string? start) => start is not null && IsoForm().Match(start) is { Success: true } iso
        ? $"{iso.Groups[1].Value} {iso.Groups[2].Value}{(iso.Groups[3].Value is "Z" ? "+00:00" : iso.Groups[3].Value)}"
        : start;

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::00(?:\.0+)?)?(Z|[+-]\d\d:\d\d)?$")]
    private static partial Regex IsoForm();
}

/// <summary>What is said of a visit.</summary>
internal abstract record VisitBody
{
    /// <summary>By the clinic's clock, 2026-12-01T09:00:00, or with an offset. May be left out with a slot.</summary>
    public string? Start { get; init; }

    public int? Minutes { get; init; }

    /// <summary>A code of the table of appointment types, or athenahealth's number of it.</summary>
    public string? Type { get; init; }

    /// <summary>Our id, the vendor's, a user name or an NPI.</summary>
    public string? Provider { get; init; }

    /// <summary>Our id, the vendor's or a user name.</summary>
    public string? Location { get; init; }

    /// <summary>Why the patient comes.</summary>
    public string? VisitReason { get; init; }

    /// <summary>Lines for the clinic.</summary>
    public string? Note { get; init; }

    /// <summary>The vendor's number of a free slot, as GET /api/appointments/open has it.</summary>
    public string? Slot { get; init; }

    /// <summary>Whose slot it is, where the practice has several connections with slots.</summary>
    public string? Connection { get; init; }

    /// <summary>Tell only this destination; left out, all of the practice's are told.</summary>
    public string? Destination { get; init; }

    /// <summary>Why it is wanted: kept in the audit.</summary>
    public string? Because { get; init; }
}

/// <summary>A visit that is to be booked.</summary>
internal sealed record AppointmentBody : VisitBody
{
    /// <summary>Whose; may be left out where the key speaks of one practice alone.</summary>
    public string? Practice { get; init; }

    /// <summary>The vendor's id of the patient, or ours.</summary>
    public required string Patient { get; init; }
}

/// <summary>What is to be changed of a visit; what is left out stays as it is, an empty text removes it.</summary>
internal sealed record AppointmentChangeBody : VisitBody;

internal sealed record CancellationBody
{
    /// <inheritdoc cref="VisitBody.Destination"/>
    public string? Destination { get; init; }

    /// <summary>Why it is cancelled: kept in the audit.</summary>
    public string? Because { get; init; }
}

/// <summary>A visit that is on disk, with what tells of it.</summary>
/// <param name="Id">Our id of the visit.</param>
/// <param name="Event">The event that tells of it.</param>
/// <param name="IsRepeat">It was booked with this key before: nothing was changed or sent.</param>
/// <param name="Aliases">The numbers it is known by.</param>
/// <param name="Deliveries">One for each destination.</param>
internal sealed record AppointmentResult(
    string Id, string Event, bool IsRepeat, IReadOnlyList<AliasView> Aliases, IReadOnlyList<FieldChangeView> Changes, IReadOnlyList<QueuedDelivery> Deliveries)
{
    /// <summary>How the visit is now: <c>scheduled</c>, <c>cancelled</c>.</summary>
    public string? Status { get; init; }
}

/// <param name="Id">Our id of the visit.</param>
internal sealed record VisitDeliveriesResult(string Id, IReadOnlyList<VisitDeliveryView> Deliveries);

internal sealed record SlotsResult(string Connection, IReadOnlyList<EhrSlotView> Slots, bool HasMore);
