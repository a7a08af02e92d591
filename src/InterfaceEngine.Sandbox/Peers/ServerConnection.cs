using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Mllp;
using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>One connection of a receiver: read a frame, keep it, reply, and again.</summary>
internal sealed class ServerConnection(
    int number,
    Wire wire,
    Inbox inbox,
    FaultPlan faults,
    ServerCounters counters,
    Func<Arrival, CancellationToken, Task> keep,
    TimeProvider time)
{
    private const string Nobody = "NOBODYS";
    private const int PiecesOfSplit = 3;
    private const int PiecesOfSlow = 20;

    private readonly List<Task> _late = [];
    private string _before = Nobody;

    /// <summary>Returns when the sender closed, when it was told to drop the connection, or when the receiver stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            await ServeAsync(ended.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The sender is gone, or we stop.
        }
        finally
        {
            counters.Stray(wire.StrayBytes);
            await ended.CancelAsync();
            wire.Dispose();
            await Task.WhenAll(_late);
        }
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        var pause = TimeSpan.Zero;
        for (var count = 1; await wire.WaitForBytesAsync(pause, cancellationToken); count++)
        {
            // What this frame is called is not known before it was read.
            if (faults.Strikes(FaultKind.Drop, string.Create(CultureInfo.InvariantCulture, $"connection {number} frame {count}")))
            {
                return;
            }

            if (await wire.ReadAsync(pause, cancellationToken) is not { } frame)
            {
                return;
            }

            if (frame.Kind == MllpFrameKind.CutOff)
            {
                counters.CutOffOne();
                continue;
            }

            var header = Hl7Message.TryParseHeader(frame.Body, out var read) ? read : null;
            var attempt = inbox.Attempt(header?.ControlId ?? "");
            pause = faults.Strikes(FaultKind.Slow, header?.ControlId ?? "", attempt) ? faults.Options.Pause : TimeSpan.Zero;
            if (!await TakeAsync(frame, header, attempt, pause > TimeSpan.Zero, cancellationToken))
            {
                return;
            }
        }
    }

    /// <returns>False when the connection is to be closed.</returns>
    private async Task<bool> TakeAsync(MllpFrame frame, Hl7Message? header, int attempt, bool isSlow, CancellationToken cancellationToken)
    {
        var id = header?.ControlId ?? "";
        var refusal = faults.Strikes(FaultKind.Ae, id, attempt) ? AcknowledgementCode.AE
            : faults.Strikes(FaultKind.Ar, id, attempt) ? AcknowledgementCode.AR
            : (AcknowledgementCode?)null;
        var arrival = inbox.Take(header, frame.Body, number, refusal is not null);
        if (arrival.Kind == ArrivalKind.Kept)
        {
            await keep(arrival, cancellationToken);
        }

        if (faults.Strikes(FaultKind.LostAck, id, attempt))
        {
            return true;
        }

        var reply = Reply(header, refusal ?? CodeOf(arrival.Kind), arrival);
        if (faults.Strikes(FaultKind.WrongAck, id, attempt))
        {
            reply = Renamed(reply, id);
        }

        _before = id;
        if (faults.Strikes(FaultKind.LateAck, id, attempt))
        {
            _late.Add(ReplyLateAsync(reply, cancellationToken));
            return true;
        }

        return await ReplyAsync(reply, id, attempt, isSlow, cancellationToken);
    }

    /// <returns>False when the connection was dropped inside the reply.</returns>
    private async Task<bool> ReplyAsync(byte[] reply, string id, int attempt, bool isSlow, CancellationToken cancellationToken)
    {
        var bytes = Frames.Of(reply);
        if (faults.Strikes(FaultKind.Garbage, id, attempt))
        {
            bytes = [.. Frames.Garbage(id), .. bytes];
        }

        if (faults.Strikes(FaultKind.Merge, id, attempt))
        {
            bytes = [.. bytes, .. Frames.Of(Renamed(reply, id))];
        }

        if (faults.Strikes(FaultKind.Resend, id, attempt))
        {
            bytes = [.. bytes, .. Frames.Of(reply)];
        }

        var isDropped = faults.Strikes(FaultKind.Drop, id, attempt);
        var pieces = isSlow ? PiecesOfSlow : faults.Strikes(FaultKind.Split, id, attempt) ? PiecesOfSplit : 1;
        await WriteAsync(isDropped ? bytes.AsMemory(0, bytes.Length / 2) : bytes, pieces, cancellationToken);
        return !isDropped;
    }

    private async Task ReplyLateAsync(byte[] reply, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(faults.Options.Late, time, cancellationToken);
            await WriteAsync(Frames.Of(reply), 1, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The sender did not wait for it.
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, int pieces, CancellationToken cancellationToken)
    {
        counters.Reply();
        await wire.WriteAsync(bytes, pieces, faults.Options.Pause, cancellationToken);
    }

    private byte[] Reply(Hl7Message? header, AcknowledgementCode code, Arrival arrival) => Acknowledgement.Build(
        header,
        code,
        arrival.Kind switch
        {
            ArrivalKind.Conflicting => "another message came under this control id",
            ArrivalKind.Unreadable => "no MSH that can be read",
            ArrivalKind.Refused => "refused by the sandbox, as it was told",
            _ => null,
        },
        [],
        string.Create(CultureInfo.InvariantCulture, $"A{arrival.Number}"),
        time.GetUtcNow());

    private static AcknowledgementCode CodeOf(ArrivalKind kind) => kind switch
    {
        ArrivalKind.Kept or ArrivalKind.Repeated => AcknowledgementCode.AA,
        ArrivalKind.Conflicting => AcknowledgementCode.AE,
        _ => AcknowledgementCode.AR,
    };

    /// <summary>The reply with another's control id in MSA-2: that of the message before, or nobody's.</summary>
    private byte[] Renamed(byte[] reply, string id)
    {
        var text = Encoding.Latin1.GetString(reply);
        var place = text.LastIndexOf("\rMSA", StringComparison.Ordinal) + "\rMSA|AA|".Length;
        var end = text.AsSpan(place).IndexOfAny('\r', text[place - 1]);
        return Encoding.Latin1.GetBytes(string.Concat(text.AsSpan(0, place), _before == id ? Nobody : _before, text.AsSpan(place + end)));
    }
}
