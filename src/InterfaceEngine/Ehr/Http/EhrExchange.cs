
namespace InterfaceEngine.Ehr.Http;

/// <summary>One request and its answer, within the limits, with failures told apart. It knows of no token, rate or repetition.</summary>
internal sealed class EhrExchange(EhrHttpLimits limits, HttpMessageInvoker http, TimeProvider time)
{
    private const int ErrorBytesMax = 64 * 1024;

    /// <summary>Sends a request and waits for the head of its answer, whatever its status.</summary>
    /// <param name="request">What is sent.</param>
    /// <param name="name">Connection and endpoint, for the messages.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EhrException">There is none.</exception>
    public async Task<HttpResponseMessage> HeadAsync(HttpRequestMessage request, string name, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limits.AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await http.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw failure.InnerException is TimeoutException
                ? new EhrException(EhrFault.Unreachable, $"{name}: no connection to {EhrAddresses.Place(request.RequestUri!)} within {limits.ConnectTimeout.TotalSeconds:0.#} s.", failure)
                : new EhrException(EhrFault.Unanswered, $"{name}: no answer within {limits.AnswerTimeout.TotalSeconds:0.#} s.", failure);
        }
        catch (HttpRequestException failure)
        {
            throw Told(failure, request.RequestUri!, name);
        }
        catch (IOException failure)
        {
            throw new EhrException(EhrFault.Unanswered, $"{name}: the connection broke off before an answer came.", failure);
        }
    }

    /// <summary>Reads an answer whole.</summary>
    /// <exception cref="EhrException">It is too long, too slow, or breaks off.</exception>
    public async Task<byte[]> BodyAsync(HttpResponseMessage answer, int bytesMax, string name, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentLength > bytesMax)
        {
            throw new EhrException(EhrFault.TooLarge, $"{name}: the answer is longer than {bytesMax} bytes.");
        }

        using var timer = new CancellationTokenSource(limits.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await using var content = new BoundedStream(await answer.Content.ReadAsStreamAsync(either.Token), bytesMax, limits.BodyTimeout, 0, name, time, _ => { });
            using var body = new MemoryStream((int)Math.Clamp(answer.Content.Headers.ContentLength ?? 0, 0, bytesMax));
            await content.CopyToAsync(body, either.Token);
            return body.ToArray();
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EhrException(EhrFault.Unanswered, $"{name}: the answer did not end within {limits.BodyTimeout.TotalSeconds:0.#} s.", failure);
        }
    }

    /// <summary>What a refusal says, as far as it can be had: its status is the answer, whatever becomes of its body.</summary>
    public async Task<byte[]> ErrorBodyAsync(HttpResponseMessage answer, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await BodyAsync(answer, ErrorBytesMax, name, cancellationToken);
        }
        catch (EhrException)
        {
            return [];
        }
    }

    /// <summary>An answer's file, to be read as it comes.</summary>
    public async Task<BoundedStream> FileAsync(HttpResponseMessage answer, string name, Action<long> ended, CancellationToken cancellationToken) =>
        new(await answer.Content.ReadAsStreamAsync(cancellationToken), limits.FileBytesMax, limits.SilenceTimeout, limits.FileBytesMin, name, time, ended);

    /// <summary>The head of an answer, without its body.</summary>
    public EhrAnswer Read(HttpResponseMessage answer)
    {
        var serverTime = answer.Headers.Date ?? time.GetUtcNow();
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            headers[name] = values.LastOrDefault() ?? "";
        }

        return new EhrAnswer
        {
            Status = answer.StatusCode,
            Body = default,
            ContentType = answer.Content.Headers.ContentType?.MediaType?.ToLowerInvariant() ?? "",
            ServerTime = serverTime,
            RetryAfter = Wait(answer, serverTime),
            Headers = headers,
        };
    }

    private static TimeSpan? Wait(HttpResponseMessage answer, DateTimeOffset serverTime)
    {
        var wait = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - serverTime,
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static EhrException Told(HttpRequestException failure, Uri address, string name)
    {
        var place = EhrAddresses.Place(address);
        return failure.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new EhrException(EhrFault.Unreachable, $"{name}: no machine of the name {address.IdnHost} is known. Look at the address in the settings, or at the name server.", failure),
            HttpRequestError.ConnectionError => new EhrException(EhrFault.Unreachable, $"{name}: nothing takes connections at {place}.", failure),
            HttpRequestError.SecureConnectionError => new EhrException(EhrFault.Unreachable, $"{name}: TLS with {place} failed: {Innermost(failure)}. Nothing was sent.", failure),
            HttpRequestError.ProxyTunnelError => new EhrException(EhrFault.Unreachable, $"{name}: the proxy lets nothing through to {place}.", failure),
            HttpRequestError.ConfigurationLimitExceeded => new EhrException(EhrFault.TooLarge, $"{name}: the headers of the answer are longer than they may be.", failure),
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => new EhrException(EhrFault.Unanswered, $"{name}: what came is no answer in HTTP.", failure),
            _ => new EhrException(EhrFault.Unanswered, $"{name}: the connection broke off before an answer came.", failure),
        };
    }

    private static string Innermost(Exception failure)
    {
        while (failure.InnerException is { } inner)
        {
            failure = inner;
        }

        return failure.Message.TrimEnd('.');
    }
}
