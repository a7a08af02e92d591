namespace InterfaceEngine.Files;

/// <summary>Reads a local file up to the size that it had when it was opened: not less, and not what is added meanwhile.</summary>
internal sealed class LocalReadStream : ForwardStream
{
    private readonly FileStream _file;
    private readonly string _where;
    private long _left;

    public LocalReadStream(FileStream file, string where)
    {
        _file = file;
        _where = where;
        _left = file.Length;
    }

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        int count;
        try
        {
            count = await _file.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw LocalFaults.From(failure, _where, "reading a file");
        }

        if (count == 0)
        {
            throw new FileFaultException(FileFault.Changed, $"{_where}: a file became shorter while it was read: {_left} bytes are missing. It is read again when it stays as it is.");
        }

        _left -= count;
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Writes a local file and says what its failures mean. The file is its owner's to close.</summary>
internal sealed class LocalWriteStream(FileStream file, string where) : ForwardStream
{
    public override bool CanWrite => true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await file.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw LocalFaults.From(failure, where, "writing a file");
        }
    }
}
