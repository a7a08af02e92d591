using System.Buffers;

namespace InterfaceEngine.Files.Sftp;

/// <summary>One reply. Its bytes are lent: whoever got it disposes it.</summary>
internal sealed class SftpReply(SftpKind kind, byte[] lent, int length) : IDisposable
{
    private byte[]? _lent = lent;

    public SftpKind Kind => kind;

    /// <summary>What stands behind its number.</summary>
    public ReadOnlyMemory<byte> Body => (_lent ?? throw new ObjectDisposedException(nameof(SftpReply))).AsMemory(0, length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _lent, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}

/// <summary>A reply that is waited for.</summary>
internal sealed class SftpPending
{
    private readonly TaskCompletionSource<SftpReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAbandoned;

    public Task<SftpReply> Reply => _reply.Task;

    public void Give(SftpReply reply)
    {
        if (!_reply.TrySetResult(reply) || _isAbandoned)
        {
            reply.Dispose();
        }
    }

    public void Fail(FileFaultException fault)
    {
        _reply.TrySetException(fault);

        // Nobody may be waiting: that the connection is gone is said to whoever asks next.
        _ = _reply.Task.Exception;
    }

    /// <summary>Nobody waits for it any more: its bytes are given back when it comes.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        if (_reply.Task is { IsCompletedSuccessfully: true, Result: var reply })
        {
            reply.Dispose();
        }
    }
}
