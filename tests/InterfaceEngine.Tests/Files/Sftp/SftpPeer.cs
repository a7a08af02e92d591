using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using InterfaceEngine.Files.Sftp;

namespace InterfaceEngine.Tests.Files.Sftp;

/// <summary>A server on pipes of this process that answers as a test says: the bytes are real, and so is what is wrong with them.</summary>
internal sealed class SftpPeer
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 1024 * 1024, resumeWriterThreshold: 512 * 1024));

    /// <summary>What the client reads.</summary>
    public Stream Output => _toClient.Reader.AsStream();

    /// <summary>What the client writes.</summary>
    public Stream Input => _toServer.Writer.AsStream();

    /// <summary>Says hello, and answers each request with the packets that <paramref name="answer"/> makes of it, until the client leaves.</summary>
    public async Task ServeAsync(Func<Asked, IEnumerable<byte[]>> answer, params string[] extensions)
    {
        try
        {
            await NextAsync();
            await SayAsync(Version(extensions));
            while (await NextAsync() is { } asked)
            {
                foreach (var packet in answer(asked))
                {
                    await SayAsync(packet);
                }
            }
        }
        catch (Exception left) when (left is IOException or InvalidOperationException)
        {
            // The client closed its end.
        }

        await _toClient.Writer.CompleteAsync();
    }

    /// <summary>Says what it likes, whatever is asked, and leaves.</summary>
    public async Task SayAndLeaveAsync(params byte[][] packets)
    {
        await NextAsync();
        foreach (var packet in packets)
        {
            await SayAsync(packet);
        }

        await _toClient.Writer.CompleteAsync();
    }

    public static byte[] Version(params string[] extensions) =>
        Packet(SftpKind.Version, Number(3), [.. extensions.SelectMany(name => Text(name).Concat(Text("1")))]);

    public static byte[] Status(uint id, uint code, string words = "") => Packet(SftpKind.Status, Number(id), Number(code), Text(words), Text("en"));

    public static byte[] Packet(SftpKind kind, params byte[][] fields)
    {
        var length = 1 + fields.Sum(field => field.Length);
        return [.. Number((uint)length), (byte)kind, .. fields.SelectMany(field => field)];
    }

    public static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Long(ulong value) => [.. Number((uint)(value >> 32)), .. Number((uint)value)];

    public static byte[] Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public static byte[] Bytes(byte[] value) => [.. Number((uint)value.Length), .. value];

    /// <summary>Size, kind and time of a regular file.</summary>
    public static byte[] FileOf(ulong size) => [.. Number(1 | 4 | 8), .. Long(size), .. Number(0x81A4), .. Number(1), .. Number(1)];

    private async Task SayAsync(byte[] bytes)
    {
        await _toClient.Writer.WriteAsync(bytes);
    }

    private async Task<Asked?> NextAsync()
    {
        var head = await _toServer.Reader.ReadAtLeastAsync(4);
        if (head.Buffer.Length < 4)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(System.Buffers.BuffersExtensions.ToArray(head.Buffer.Slice(0, 4)));
        _toServer.Reader.AdvanceTo(head.Buffer.GetPosition(4));
        var rest = await _toServer.Reader.ReadAtLeastAsync((int)length);
        var body = System.Buffers.BuffersExtensions.ToArray(rest.Buffer.Slice(0, length));
        _toServer.Reader.AdvanceTo(rest.Buffer.GetPosition(length));
        return new Asked((SftpKind)body[0], BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)), body[5..]);
    }

    /// <summary>One request.</summary>
    /// <param name="Kind">What it asks for.</param>
    /// <param name="Id">Its number.</param>
    /// <param name="Body">What stands behind the number.</param>
    internal sealed record Asked(SftpKind Kind, uint Id, byte[] Body)
    {
        /// <summary>Of a read: where and how much. The handle of these tests has one byte.</summary>
        public (int Offset, int Length) Range => ((int)BinaryPrimitives.ReadUInt64BigEndian(Body.AsSpan(5)), (int)BinaryPrimitives.ReadUInt32BigEndian(Body.AsSpan(13)));
    }
}
