using System.IO.Compression;

namespace InterfaceEngine.Files.Packed;

/// <summary>
/// A file as it was before it was packed: gzip, zip with one file in it, OpenPGP, or one within another. What it is is told by its first
/// bytes, never by its name; what is not packed passes as it is. Nothing is written to a disk, and memory does not depend on the size.
/// </summary>
/// <param name="packed">The file, read once; disposed with this.</param>
/// <param name="options">Limits, and how OpenPGP is opened.</param>
internal sealed class UnpackedStream(Stream packed, UnpackOptions options) : ForwardStream
{
    /// <summary>How many bytes tell what a file is.</summary>
    private const int MarkBytes = 32;

    /// <summary>As in a zip of a gzip that is encrypted.</summary>
    private const int LayersMax = 3;

    /// <summary>The framework's switch without which it takes the end of cut data for their end. The program's project file sets it.</summary>
    private const string StrictSwitch = "System.IO.Compression.UseStrictValidation";

    private const long RatioCountsFrom = 16 * 1024 * 1024;

    private readonly CountedStream _packed = new(packed);
    private readonly Stack<Stream> _layers = new();
    private Stream? _unpacked;
    private long _bytes;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            _unpacked ??= await OpenAsync(cancellationToken);
            var count = await _unpacked.ReadAsync(buffer, cancellationToken);
            _bytes += count;
            Check();
            if (count == 0 && !buffer.IsEmpty)
            {
                await EndAsync(cancellationToken);
            }

            return count;
        }
        catch (InvalidDataException)
        {
            throw Damaged("its compressed bytes are not as they were written");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await (_unpacked ?? _packed).DisposeAsync();
        await base.DisposeAsync();
    }

    public static FileFaultException Damaged(string how) => new(FileFault.Damaged, $"The packed file is damaged: {how}. Have it sent again.");

    private static bool IsStrict() => AppContext.TryGetSwitch(StrictSwitch, out var isOn) && isOn;

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        Stream stream = _packed;
        for (var layers = 0; ; layers++)
        {
            var marked = await MarkedStream.OpenAsync(stream, MarkBytes, cancellationToken);
            var layer = await OpenLayerAsync(marked, cancellationToken);
            if (layer is null)
            {
                return marked;
            }

            if (layers == LayersMax)
            {
                await layer.DisposeAsync();
                throw new FileFaultException(FileFault.Damaged, $"The file is packed more than {LayersMax} times over, and that often nobody packs. Have it sent packed once.");
            }

            _layers.Push(marked);
            stream = layer;
        }
    }

    /// <summary>Null when it is not packed.</summary>
    private async Task<Stream?> OpenLayerAsync(MarkedStream stream, CancellationToken cancellationToken)
    {
        if (stream.Mark.Span is [0x1F, 0x8B, 8, ..])
        {
            return IsStrict() ? new GZipStream(stream, CompressionMode.Decompress) : throw new InvalidOperationException($"{StrictSwitch} is off, and a file that was cut would look whole.");
        }

        if (stream.Mark.Span is [(byte)'P', (byte)'K', 3, 4, ..])
        {
            return await ZipEntryStream.OpenAsync(stream, cancellationToken);
        }

        if (stream.Mark.Span is [(byte)'P', (byte)'K', 5, 6, ..])
        {
            throw new FileFaultException(FileFault.Damaged, "The zip file holds no file; exactly one is expected.");
        }

        return !GpgStream.IsEncrypted(stream.Mark.Span) ? null
            : options.Gpg is { } gpg ? GpgStream.Open(stream, gpg)
            : throw new FileFaultException(FileFault.Damaged, "The file is encrypted with OpenPGP, and the settings name no Gpg with a home folder that has the key. Name one and drop the file again.");
    }

    /// <summary>Reads each layer to its own end, where it is checked; behind a gzip's end something else may stand.</summary>
    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var rest = new byte[16 * 1024];
        while (_layers.TryPop(out var layer))
        {
            while (await layer.ReadAsync(rest, cancellationToken) is > 0 and var count)
            {
                _bytes += count;
                Check();
            }
        }
    }

    private void Check()
    {
        if (_bytes > options.UnpackedBytesMax)
        {
            throw new FileFaultException(FileFault.Damaged, $"The file has more than {options.UnpackedBytesMax} bytes once it is unpacked (UnpackedBytesMax).");
        }

        if (_layers.Count > 0 && _bytes > RatioCountsFrom && _bytes / options.RatioMax > _packed.Bytes)
        {
            throw new FileFaultException(FileFault.Damaged, $"The file becomes more than {options.RatioMax} times larger when it is unpacked, as a table never does. Have it sent in another form.");
        }
    }

    /// <summary>Counts what was read of the packed file.</summary>
    private sealed class CountedStream(Stream inner) : ForwardStream
    {
        public long Bytes { get; private set; }

        public override bool CanRead => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Bytes += count;
            return count;
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
