using InterfaceEngine.Core.Csv;
using InterfaceEngine.Files;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// A file's rows out of the file as it lies there. What unpacks them may read ahead, and may be a program: it is brought to its end before anybody else
/// reads the file on, and is always stopped. The file itself stays open.
/// </summary>
/// <param name="file">It, as it lies there.</param>
/// <param name="unpack">What makes rows of it; null where it is not packed.</param>
internal sealed class UnpackedRows(HashedStream file, Func<Stream, Stream>? unpack) : IAsyncDisposable
{
    private bool _isClosed = unpack is null;

    public Stream Stream { get; } = unpack?.Invoke(new OpenStream(file)) ?? file;

    /// <summary>Passes over what is left, where the unpacking is checked: sums, a zip's directory, a signature.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await Stream.CopyToAsync(Stream.Null, cancellationToken);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            await Stream.DisposeAsync();
        }
    }

    /// <summary>Is not closed with what reads it.</summary>
    private sealed class OpenStream(Stream inner) : ForwardStream
    {
        public override bool CanRead => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);
    }
}
