namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// Reads a file of a server with many requests on their way, in order. A reply may be shorter than what was asked for; the rest is asked
/// for again. It ends at the size that the file had when it was opened.
/// </summary>
internal sealed class SftpReadStream : ForwardStream
{
    private readonly SftpConnection _connection;
    private readonly byte[] _handle;
    private readonly string _where;
    private readonly long _size;
    private readonly LinkedList<Piece> _asked = new();
    private long _next;
    private long _position;
    private SftpReply? _reply;
    private ReadOnlyMemory<byte> _data;
    private bool _isClosed;
    private bool _isBroken;

    public SftpReadStream(SftpConnection connection, byte[] handle, long size, string where)
    {
        _connection = connection;
        _handle = handle;
        _size = size;
        _where = where;
    }

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (buffer.IsEmpty || (_data.IsEmpty && _position == _size))
        {
            return 0;
        }

        if (_isBroken)
        {
            throw new FileFaultException(FileFault.ConnectionLost, $"{_where}: reading a file failed or was given up before, and it can't go on in the middle. It is read again from its beginning.");
        }

        if (_data.IsEmpty)
        {
            // What was asked for is in order only as long as nothing of it is given up.
            _isBroken = true;
            await FetchAsync(cancellationToken);
            _isBroken = false;
        }

        var count = Math.Min(buffer.Length, _data.Length);
        _data[..count].CopyTo(buffer);
        _data = _data[count..];
        return count;
    }

    /// <summary>What is still on its way comes and is thrown away; the server closes the file behind it.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _reply?.Dispose();
        foreach (var piece in _asked)
        {
            piece.Pending.Abandon();
        }

        await _connection.ReleaseAsync(_handle);
        await base.DisposeAsync();
    }

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        _reply?.Dispose();
        _reply = null;
        var window = Math.Clamp(SftpConnection.WindowBytes / _connection.ReadBytes, 1, SftpConnection.WindowRequests);
        while (_asked.Count < window && _next < _size)
        {
            var length = (int)Math.Min(_connection.ReadBytes, _size - _next);
            _asked.AddLast(await AskAsync(_next, length));
            _next += length;
        }

        var piece = _asked.First!.Value;
        _asked.RemoveFirst();
        var reply = await _connection.WaitAsync(piece.Pending, cancellationToken);
        try
        {
            _data = await DataOfAsync(reply, piece);
            _reply = reply;
        }
        catch
        {
            reply.Dispose();
            throw;
        }

        _position += _data.Length;
        if (_data.Length < piece.Length)
        {
            _asked.AddFirst(await AskAsync(piece.Offset + _data.Length, piece.Length - _data.Length));
        }
    }

    private async Task<ReadOnlyMemory<byte>> DataOfAsync(SftpReply reply, Piece piece)
    {
        if (SftpStatus.CodeOf(reply) is { } code)
        {
            throw code == SftpStatus.EndOfFile
                ? new FileFaultException(FileFault.Changed, $"{_where}: a file became shorter while it was read: {_size - piece.Offset} bytes are missing. It is read again when it stays as it is.")
                : SftpStatus.ToFault(reply, _where, "reading a file");
        }

        var length = reply.Kind == SftpKind.Data ? await _connection.ParseAsync(reply, static reply => new SftpFields(reply.Body.Span).Bytes().Length) : 0;
        return length > 0 && length <= piece.Length
            ? reply.Body.Slice(4, length)
            : throw await _connection.BreakAsync($"a read of {piece.Length} bytes was answered with {length}");
    }

    private async Task<Piece> AskAsync(long offset, int length) =>
        new(offset, length, await _connection.SendAsync(_connection.Request(SftpKind.Read).Bytes(_handle).Long((ulong)offset).Number((uint)length)));

    private readonly record struct Piece(long Offset, int Length, SftpPending Pending);
}
