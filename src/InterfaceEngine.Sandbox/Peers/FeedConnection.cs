using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Mllp;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>
/// One connection of a sender: a message, its reply, and the same bytes again until there is one. After any failure the
/// connection is closed, so that a late reply can't be taken for the next message's.
/// </summary>
internal sealed class FeedConnection(FeedClientOptions options, FaultPlan faults, FeedTally tally, TimeProvider time) : IDisposable
{
    private const int PiecesOfSplit = 3;
    private const int PiecesOfSlow = 20;

    private Wire? _wire;

    /// <summary>Sends a message until it is answered or was sent often enough.</summary>
    public async Task SendAsync(FeedMessage message, CancellationToken cancellationToken)
    {
        tally.Taken(message);
        await SettleAsync(message, null, cancellationToken);
    }

    /// <summary>Sends two messages in one packet; what is not answered then is sent again by itself.</summary>
    public async Task SendTogetherAsync(FeedMessage first, FeedMessage second, CancellationToken cancellationToken)
    {
        tally.Taken(first);
        tally.Taken(second);
        string? firstCode = null;
        string? secondCode = null;
        await TryAsync(
            async wait =>
            {
                var wire = await ConnectAsync(wait);
                await wire.WriteAsync(new[] { Frames.Of(first.Body), Frames.Of(second.Body) }.SelectMany(frame => frame).ToArray(), 1, TimeSpan.Zero, wait);
                tally.FrameSent();
                tally.FrameSent();
                firstCode = await ReadCodeAsync(wire, first, TimeSpan.Zero, wait);
                secondCode = firstCode is null ? null : await ReadCodeAsync(wire, second, TimeSpan.Zero, wait);
                return secondCode;
            },
            cancellationToken);
        await SettleAsync(first, firstCode, cancellationToken);
        await SettleAsync(second, secondCode, cancellationToken);
    }

    public void Dispose()
    {
        _wire?.Dispose();
        _wire = null;
    }

    private async Task SettleAsync(FeedMessage message, string? code, CancellationToken cancellationToken)
    {
        var pause = options.RetryPause;
        for (var attempt = 1; code is null && attempt <= options.AttemptsMax; attempt++)
        {
            if (attempt > 1)
            {
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < options.RetryPauseMax ? pause * 2 : options.RetryPauseMax;
            }

            var count = attempt;
            code = await TryAsync(wait => ExchangeAsync(message, count, wait), cancellationToken);
        }

        if (code is null)
        {
            tally.Unanswered(message);
            return;
        }

        tally.Answered(message, code);
        if (faults.Strikes(FaultKind.Resend, message.ControlId)
            && await TryAsync(wait => SendPlainlyAsync(message, wait), cancellationToken) is { } again && again != code)
        {
            tally.ResendUnequal();
        }
    }

    /// <returns>Null when there was no reply; the connection is closed then.</returns>
    private async Task<string?> TryAsync(Func<CancellationToken, Task<string?>> exchange, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ReplyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        string? code = null;
        try
        {
            code = await exchange(either.Token);
        }
        catch (IOException)
        {
            // Gone: sent again on another connection.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No reply in time.
        }
        finally
        {
            if (code is null)
            {
                tally.NoReply();
                Dispose();
            }
        }

        return code;
    }

    /// <returns>MSA-1; null when the connection is to be closed.</returns>
    private async Task<string?> ExchangeAsync(FeedMessage message, int attempt, CancellationToken cancellationToken)
    {
        var wire = await ConnectAsync(cancellationToken);
        var id = message.ControlId;
        var frame = Frames.Of(message.Body);
        if (faults.Strikes(FaultKind.Garbage, id, attempt))
        {
            await wire.WriteAsync(Frames.Garbage(id), 1, TimeSpan.Zero, cancellationToken);
        }

        if (faults.Strikes(FaultKind.Drop, id, attempt))
        {
            await HangUpAsync(wire, frame, faults.Measure(FaultKind.Drop, id, attempt), cancellationToken);
            return null;
        }

        var isSlow = faults.Strikes(FaultKind.Slow, id, attempt);
        var pieces = isSlow ? PiecesOfSlow : faults.Strikes(FaultKind.Split, id, attempt) ? PiecesOfSplit : 1;
        await wire.WriteAsync(frame, pieces, faults.Options.Pause, cancellationToken);
        tally.FrameSent();
        var code = await ReadCodeAsync(wire, message, isSlow ? faults.Options.Pause : TimeSpan.Zero, cancellationToken);
        return faults.Strikes(FaultKind.LostAck, id, attempt) ? null : code;
    }

    private async Task<string?> SendPlainlyAsync(FeedMessage message, CancellationToken cancellationToken)
    {
        var wire = await ConnectAsync(cancellationToken);
        await wire.WriteAsync(Frames.Of(message.Body), 1, TimeSpan.Zero, cancellationToken);
        tally.FrameSent();
        return await ReadCodeAsync(wire, message, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Half of the times in the middle of the message, else when it is sent and its reply under way.</summary>
    private async Task HangUpAsync(Wire wire, byte[] frame, double measure, CancellationToken cancellationToken)
    {
        var isWhole = measure >= 0.5;
        var length = isWhole ? frame.Length : Math.Max(1, (int)(frame.Length * measure * 2));
        await wire.WriteAsync(frame.AsMemory(0, length), 1, TimeSpan.Zero, cancellationToken);
        if (isWhole)
        {
            tally.FrameSent();
        }
    }

    /// <returns>MSA-1 when the reply is this message's; else null.</returns>
    private async Task<string?> ReadCodeAsync(Wire wire, FeedMessage message, TimeSpan pause, CancellationToken cancellationToken)
    {
        if (await wire.ReadAsync(pause, cancellationToken) is not { } frame)
        {
            return null;
        }

        if (frame.Kind == MllpFrameKind.Whole && AcknowledgementReader.TryRead(frame.Body, out var reply, out _) && reply.ControlId == message.ControlId)
        {
            return reply.Code.ToString();
        }

        tally.WrongReply();
        return null;
    }

    private async ValueTask<Wire> ConnectAsync(CancellationToken cancellationToken) =>
        _wire ??= await Wire.ConnectAsync(options.To, options.ReplyBytesMax, time, cancellationToken);
}
