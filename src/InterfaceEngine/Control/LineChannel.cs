using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace InterfaceEngine.Control;

/// <summary>One JSON document per line over a stream socket. JSON escapes line breaks, so a line is a document.</summary>
internal sealed class LineChannel : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;

    public LineChannel(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = PipeReader.Create(_stream);
    }

    public async Task WriteAsync<T>(T document, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(_stream, document, type, cancellationToken);
        await _stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }

    /// <summary>The next document; null when the other side closed before a whole line.</summary>
    /// <exception cref="InvalidDataException">The line is longer than <paramref name="lineBytesMax"/>.</exception>
    /// <exception cref="JsonException">The line is not such a document.</exception>
    public async Task<T?> ReadAsync<T>(JsonTypeInfo<T> type, int lineBytesMax, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var document = Parse(result.Buffer.Slice(0, end), type);
                _reader.AdvanceTo(result.Buffer.GetPosition(1, end));
                return document;
            }

            if (result.IsCompleted)
            {
                return null;
            }

            if (result.Buffer.Length > lineBytesMax)
            {
                throw new InvalidDataException($"a line is longer than {lineBytesMax} bytes");
            }

            _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Waits until the other side closes, which is true, or says more, which stays to be read. Not while something is read.</summary>
    public async Task<bool> IsLeftAsync(CancellationToken cancellationToken)
    {
        var result = await _reader.ReadAsync(cancellationToken);
        _reader.AdvanceTo(result.Buffer.Start);
        return result is { IsCompleted: true, Buffer.IsEmpty: true };
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        await _stream.DisposeAsync();
    }

    private static T? Parse<T>(ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
    {
        var json = new Utf8JsonReader(line);
        return JsonSerializer.Deserialize(ref json, type);
    }
}
