using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace InterfaceEngine.Api;

/// <summary>One call while it is answered: who asks, what was said, and how the answer is written.</summary>
internal sealed class ApiCall(HttpContext http, ApiEndpoint endpoint, ApiParts parts, string requestId, CancellationToken stopping)
{
    /// <summary>Buffers of answers are kept up to this size.</summary>
    private const int BufferBytesKept = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public HttpContext Http { get; } = http;

    public ApiEndpoint Endpoint { get; } = endpoint;

    public ApiParts Parts { get; } = parts;

    /// <summary>The key that opened it; null where none is needed.</summary>
    public ApiKey? Key { get; set; }

    /// <summary>What the call is known by in our logs and the caller's.</summary>
    public string RequestId { get; } = requestId;

    /// <summary>Whose name goes into the audit.</summary>
    public string Actor => Key?.Name ?? "nobody";

    /// <summary>The practice it turned out to speak of; for the log.</summary>
    public string? Practice { get; private set; }

    /// <summary>Why it failed, in a few words that are the same for all of their kind; for the log.</summary>
    public string? Fault { get; set; }

    /// <summary>Bytes of the answer.</summary>
    public long Answered { get; set; }

    /// <summary>The practices that the key may speak of; null for all.</summary>
    public IReadOnlyList<string>? Practices => Key is { Practices.Count: > 0 } key ? key.Practices : null;

    /// <summary>
    /// Ends what only reads when nobody waits for it any more. What changes something is done to its end, whoever is still there; the engine's stop
    /// ends both once <see cref="ApiOptions.StopTimeout"/> is over.
    /// </summary>
    public CancellationToken Aborted => HttpMethods.IsGet(Http.Request.Method) || HttpMethods.IsHead(Http.Request.Method) ? Http.RequestAborted : stopping;

    /// <summary>The audit wants a reason; a program that gives none was asked by somebody it does not name.</summary>
    public string Because => $"asked over the HTTP interface, request {RequestId}";

    /// <summary>The header by which what is asked for again is not made again.</summary>
    /// <param name="what">What it names, e.g. <c>booking</c>.</param>
    /// <param name="example">One.</param>
    public static ApiParameter IdempotencyKey(string what, string example) =>
        new("Idempotency-Key", "header", $"The caller's own name for this {what}, at most {OwnChange.KeyLengthMax} characters: kept with it, and the API key's own. Another body under it is refused.") { IsRequired = true, Example = example };

    /// <summary>The value of <see cref="IdempotencyKey"/>.</summary>
    /// <exception cref="ApiException">It is not there.</exception>
    public string RequiredKey(string what) => Http.Request.Headers["Idempotency-Key"] is { Count: 1 } key && !string.IsNullOrWhiteSpace(key)
        ? key.ToString()
        : throw ApiException.BadRequest($"Idempotency-Key is missing: the caller's own name for this {what}, so that a {what} that is sent again is not made again.");

    /// <summary>The header by which a record is changed only while it is as the caller has seen it.</summary>
    public static ApiParameter IfMatch { get; } = new("If-Match", "header", "The ETag of the record as the caller has seen it, or several: 412 where it has changed since. Left out, it is changed however it is.");

    /// <summary>The values of <see cref="IfMatch"/>; null where the record may be however it is.</summary>
    /// <exception cref="ApiException">It is no list of ETags.</exception>
    public IReadOnlyList<string>? Seen()
    {
        var said = Http.Request.Headers.IfMatch;
        if (said.Count == 0)
        {
            return null;
        }

        return !EntityTagHeaderValue.TryParseStrictList(said, out var tags) ? throw ApiException.BadRequest("If-Match is no list of ETags, which stand in quotes, and no *.")
            : tags.Contains(EntityTagHeaderValue.Any) ? null
            : [.. tags.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.ToString())];
    }

    /// <summary>A value of the path. A stroke within it is sent as <c>%2F</c>, which the server leaves as it is.</summary>
    public string Route(string name) => ((string)Http.Request.RouteValues[name]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>A value behind the question mark; null when it is not there or empty.</summary>
    /// <exception cref="ApiException">It is there more than once.</exception>
    public string? Query(string name)
    {
        var values = Http.Request.Query[name];
        return values.Count > 1 ? throw ApiException.BadRequest($"{name} is there {values.Count} times, and once is expected.") : string.IsNullOrEmpty(values) ? null : values.ToString();
    }

    /// <summary>A whole number behind the question mark.</summary>
    /// <exception cref="ApiException">It is none, or out of bounds.</exception>
    public long Number(string name, long otherwise, long min, long max)
    {
        if (Query(name) is not { } text)
        {
            return otherwise;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw ApiException.BadRequest($"{name} is not a whole number of {min} to {max}.");
    }

    /// <summary><c>true</c> or <c>false</c> behind the question mark.</summary>
    public bool Flag(string name) => Query(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw ApiException.BadRequest($"{name} is neither true nor false."),
    };

    /// <summary>A time behind the question mark.</summary>
    public DateTimeOffset? Time(string name) => Query(name) is not { } text ? null
        : ApiTime.TryRead(text, out var time) ? time : throw ApiException.BadRequest($"{name} is not a time such as 2024-01-15T10:00:00Z.");

    /// <summary>The practice that is named, or the only one that there is for this key.</summary>
    /// <exception cref="ApiException">None is named and there are several, or the key may not speak of it.</exception>
    public string OnePractice(string? named)
    {
        var allowed = Practices ?? [.. Parts.Engine.Practices.Select(practice => practice.Id)];
        if (named is null && allowed.Count != 1)
        {
            throw ApiException.BadRequest("This key may speak of several practices: say which, with practice=.");
        }

        named ??= allowed[0];
        if (!allowed.Contains(named))
        {
            throw ApiException.Forbidden("This key may not speak of that practice.");
        }

        return Practice = named;
    }

    /// <summary>The connection that is named, or the only one that there is for this key.</summary>
    /// <param name="id">Its id; null for none.</param>
    /// <param name="system">Only connections to this vendor; null for all.</param>
    /// <exception cref="ApiException">There is none, or there are several.</exception>
    public ConnectionOptions OneConnection(string? id, string? system = null)
    {
        var practice = Query("practice");
        var known = Parts.Connections.Where(one =>
            (Practices?.Contains(one.Practice) ?? true) && (system is null || one.System == system) && (practice is null || one.Practice == practice)).ToList();
        var found = id is null && known.Count == 1 ? known[0] : known.Find(one => one.Id == id);
        if (found is null)
        {
            throw id is null && known.Count > 1
                ? ApiException.BadRequest($"There are several connections: say which ({string.Join(", ", known.Select(one => one.Id))}).")
                : ApiException.NotFound($"There is no such connection{(system is null ? "" : $" to {system}")} for this key.");
        }

        Practice = found.Practice;
        return found;
    }

    /// <summary>The body, as its shape has it: what is not known is refused, for a word that is misspelt would be one that was not said.</summary>
    /// <exception cref="ApiException">It is no JSON, or of another shape.</exception>
    public async Task<T> BodyAsync<T>(JsonTypeInfo<T> type)
    {
        if (!Http.Request.HasJsonContentType())
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "Not JSON", "The body is expected as application/json.");
        }

        var body = await BytesAsync();
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw ApiException.BadRequest("The body is null, and an object is expected.");
        }
        catch (JsonException wrong)
        {
            // Its own message may quote what was sent.
            var problems = BodyProblems.Of(body, type);
            throw ApiException.BadRequest($"The body is not as expected. {(problems.Count > 0 ? string.Join(' ', problems) : $"See {wrong.Path ?? "$"}, line {(wrong.LineNumber ?? 0) + 1}.")}");
        }
    }

    /// <summary>The body as it came, byte for byte; the interface's limit holds for it.</summary>
    public async Task<ReadOnlyMemory<byte>> BytesAsync()
    {
        using var body = new MemoryStream();
        await Http.Request.Body.CopyToAsync(body, Http.RequestAborted);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    /// <summary>The body when there is one.</summary>
    public async Task<T?> OptionalBodyAsync<T>(JsonTypeInfo<T> type)
        where T : class =>
        Http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || Http.Request.ContentLength == 0 ? null : await BodyAsync(type);

    /// <summary>Asks the engine.</summary>
    /// <exception cref="ApiException">It answered that it can't, or won't.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(ControlRequest<TAnswer> request)
        where TAnswer : ControlAnswer =>
        await Parts.Control.AskAsync(request, Aborted) switch
        {
            TAnswer answer => answer,
            FailureAnswer failure => throw ApiProblem.Of(failure.Kind, failure.Message, failure.RetryAfter),
            var other => throw new InvalidOperationException($"{request.GetType().Name} was answered by {other.GetType().Name}."),
        };

    /// <summary>Writes an answer as JSON.</summary>
    public Task AnswerAsync<T>(T answer, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        WriteAsync(status, "application/json; charset=utf-8", (answer, type), static (writer, one) => JsonSerializer.Serialize(writer, one.answer, one.type));

    /// <summary>Writes an answer as JSON, whatever of it is not made by a serialiser.</summary>
    public async Task WriteAsync<TState>(int status, string contentType, TState state, Action<Utf8JsonWriter, TState> write)
    {
        var buffer = Interlocked.Exchange(ref _buffer, null) ?? new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            write(writer, state);
        }

        await SendAsync(status, contentType, buffer.WrittenMemory);
        if (buffer.Capacity <= BufferBytesKept)
        {
            _buffer = buffer;
        }
    }

    /// <summary>Writes an answer that is there already.</summary>
    public async Task SendAsync(int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = Http.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = (status, contentType, body.Length);
        Answered = body.Length;
        if (!HttpMethods.IsHead(Http.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, Http.RequestAborted);
        }
    }
}
