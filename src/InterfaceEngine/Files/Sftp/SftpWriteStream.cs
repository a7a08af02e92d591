namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// Writes a file of a server with many requests on their way. Small writes are gathered. <see cref="FinishAsync"/> says whether all of it
/// has arrived.
/// </summary>
internal sealed class SftpWriteStream(SftpConnection connection, byte[] handle, Func<SftpReply, CancellationToken, Task<FileFaultException>> toFault) : ForwardStream
{
    private readonly byte[] _gathered = new byte[connection.WriteBytes];
    private readonly Queue<SftpPending> _sent = new();
    private int _count;
    private long _position;

    public override bool CanWrite => true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _gathered.Length - _count);
            buffer[..count].CopyTo(_gathered.AsMemory(_count));
            buffer = buffer[count..];
            _count += count;
            if (_count == _gathered.Length)
            {
                await SendAsync(cancellationToken);
            }
        }
    }

    /// <summary>Returns once the server has taken everything.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_count > 0)
        {
            await SendAsync(cancellationToken);
        }

        while (_sent.Count > 0)
        {
            await ConfirmAsync(cancellationToken);
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var window = Math.Clamp(SftpConnection.WindowBytes / connection.WriteBytes, 1, SftpConnection.WindowRequests);
        while (_sent.Count >= window)
        {
            await ConfirmAsync(cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var request = connection.Request(SftpKind.Write, _count + 300).Bytes(handle).Long((ulong)_position).Bytes(_gathered.AsSpan(0, _count));
        _sent.Enqueue(await connection.SendAsync(request));
        _position += _count;
        _count = 0;
    }

    private async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        using var reply = await connection.WaitAsync(_sent.Dequeue(), cancellationToken);
        if (SftpStatus.CodeOf(reply) != SftpStatus.Ok)
        {
            throw await toFault(reply, cancellationToken);
        }
    }
}
