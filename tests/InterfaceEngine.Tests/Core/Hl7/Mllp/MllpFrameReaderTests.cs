using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using InterfaceEngine.Core.Hl7.Mllp;

namespace InterfaceEngine.Tests.Core.Hl7.Mllp;

/// <summary>
/// Everything goes through a real pipe, cut at sizes 1, 2, 3 and whole: what a frame is must not depend on how
/// the network happened to cut it. In the texts <c>[</c> is VT, <c>]</c> is FS and <c>|</c> is CR.
/// </summary>
public sealed class MllpFrameReaderTests
{
    private const int Limit = 1000;

    [Theory]
    [InlineData("[A]|", "A", 0)]
    [InlineData("[A]|[B]|[C]|", "A,B,C", 0)]
    [InlineData("[]|", "", 0)]
    [InlineData("[MSH|PID|]|", "MSH|PID|", 0)]
    [InlineData("||[A]||[B]|xyz", "A,B", 6)]
    [InlineData("]|junk[A]|", "A", 6)]
    [InlineData("[[A]|", "A", 1)]
    [InlineData("[A]B]|", "A]B", 0)]
    [InlineData("[A]]|", "A]", 0)]
    [InlineData("[A]]]|[B]|", "A]],B", 0)]
    [InlineData("[A[B]|", "cut 1,B", 0)]
    [InlineData("[A][B]|", "cut 2,B", 0)]
    [InlineData("[A[B[C]|", "cut 1,cut 1,C", 0)]
    [InlineData("[A]|[B", "A,open 1", 0)]
    [InlineData("[A]", "open 1", 0)]
    [InlineData("[", "open 0", 0)]
    [InlineData("", "none", 0)]
    public async Task Bytes_become_the_same_frames_at_every_chunk_size(string wire, string expected, long strayBytes)
    {
        foreach (var chunkBytes in new[] { 1, 2, 3, int.MaxValue })
        {
            var reader = new MllpFrameReader(Limit);
            var frames = await ReadAsync(reader, ToWire(wire), chunkBytes);

            Describe(frames, reader).Should().Be(expected, "of chunks of {0}", chunkBytes);
            reader.StrayBytes.Should().Be(strayBytes, "of chunks of {0}", chunkBytes);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task A_frame_of_exactly_the_limit_is_whole_and_one_byte_more_is_oversize(int chunkBytes)
    {
        var reader = new MllpFrameReader(Limit);

        var frames = await ReadAsync(reader, [.. Frame(Filler(Limit)), .. Frame(Filler(Limit + 1)), .. Frame("next"u8)], chunkBytes);

        frames.Select(frame => (frame.Kind, frame.Length)).Should().Equal(
            (MllpFrameKind.Whole, Limit), (MllpFrameKind.Oversize, Limit + 1), (MllpFrameKind.Whole, 4));
        frames[1].Body.ToArray().Should().Equal(Filler(Limit));
        frames[2].Body.ToArray().Should().Equal("next"u8.ToArray());
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(65_537)]
    [InlineData(int.MaxValue)]
    public async Task Of_an_oversize_frame_the_first_64_KiB_are_kept(int chunkBytes)
    {
        const int limit = 200_000;
        var body = Filler(1_000_000);

        var frames = await ReadAsync(new MllpFrameReader(limit), Frame(body), chunkBytes);

        frames.Should().ContainSingle();
        frames[0].Kind.Should().Be(MllpFrameKind.Oversize);
        frames[0].Length.Should().Be(body.Length);
        frames[0].Body.ToArray().Should().Equal(body.AsSpan(0, MllpFrameReader.HeadBytesMax).ToArray());
    }

    [Fact]
    public async Task An_oversize_frame_that_is_cut_off_is_not_handed_over()
    {
        var frames = await ReadAsync(new MllpFrameReader(Limit), [MllpFraming.Start, .. Filler(Limit * 2), .. Frame("next"u8)], 100);

        frames.Select(frame => (frame.Kind, frame.Length)).Should().Equal((MllpFrameKind.CutOff, Limit * 2), (MllpFrameKind.Whole, 4));
        frames[0].Body.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public async Task A_body_stays_as_it_was_when_the_next_frame_is_read()
    {
        byte[][] bodies = [Filler(500, 'a'), Filler(100_000, 'b'), Filler(500, 'c'), Filler(100_000, 'd')];

        var frames = await ReadAsync(new MllpFrameReader(200_000), [.. bodies.SelectMany(body => Frame(body))], 4096);

        frames.Select(frame => frame.Body.ToArray()).Should().BeEquivalentTo(bodies, options => options.WithStrictOrdering());
    }

    [Fact]
    public void Five_megabytes_in_reads_of_4_KB_are_looked_at_once()
    {
        var wire = Frame(Filler(5_000_000));
        var reader = new MllpFrameReader(16 * 1024 * 1024);
        var frames = new List<MllpFrame>();

        foreach (var chunk in wire.Chunk(4096))
        {
            var input = new ReadOnlySequence<byte>(chunk);
            while (reader.TryRead(ref input, out var frame))
            {
                frames.Add(frame);
            }

            input.IsEmpty.Should().BeTrue("the reader takes everything, so nobody can show it the same bytes again");
        }

        frames.Should().ContainSingle().Which.Length.Should().Be(5_000_000);
        reader.ExaminedBytes.Should().Be(wire.Length);
    }

    /// <summary>
    /// Random bytes, rich in VT, FS and CR, cut at random: the frames must be those of the same bytes in one piece,
    /// every byte must be accounted for, and none looked at twice.
    /// </summary>
    [Fact]
    public void Random_bytes_give_the_same_frames_however_they_are_cut()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        byte[] alphabet = [MllpFraming.Start, MllpFraming.End, MllpFraming.Return, (byte)'A', (byte)'B', (byte)'C'];
        for (var round = 0; round < 2000; round++)
        {
            var wire = new byte[random.Next(200)];
            random.GetItems(alphabet, wire.AsSpan());

            var whole = new MllpFrameReader(20);
            var expected = Describe(Read(whole, new ReadOnlySequence<byte>(wire)), whole);
            var cut = new MllpFrameReader(20);
            var frames = new List<MllpFrame>();
            for (var at = 0; at < wire.Length;)
            {
                var length = Math.Min(random.Next(1, 9), wire.Length - at);
                frames.AddRange(Read(cut, Segments(wire.AsMemory(at, length), random.Next(1, 4))));
                at += length;
            }

            Describe(frames, cut).Should().Be(expected, "of seed {0}, round {1}", seed, round);
            cut.ExaminedBytes.Should().Be(wire.Length, "of seed {0}, round {1}", seed, round);
            var framed = frames.Sum(frame => frame.Length + (frame.Kind == MllpFrameKind.CutOff ? 1 : MllpFraming.Overhead));
            (framed + cut.StrayBytes + cut.PartialBytes).Should().BeInRange(wire.Length - 2, wire.Length, "of seed {0}, round {1}", seed, round);
        }
    }

    [Fact]
    public void A_body_with_a_reserved_byte_is_not_carried_unless_it_is_made_safe()
    {
        byte[] body = [(byte)'A', MllpFraming.Start, (byte)'B', MllpFraming.End, MllpFraming.Return];
        var frame = new byte[body.Length + MllpFraming.Overhead];

        MllpFraming.CanCarry("plain"u8).Should().BeTrue();
        MllpFraming.CanCarry(body).Should().BeFalse();
        MllpFraming.WriteSafely(body, frame).Should().Be(frame.Length);
        frame.Should().Equal(ToWire("[A B ||").AsSpan(0, 6).ToArray().Concat([MllpFraming.End, MllpFraming.Return]));
    }

    private static async Task<List<MllpFrame>> ReadAsync(MllpFrameReader reader, byte[] wire, int chunkBytes)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var frames = new List<MllpFrame>();
        for (var at = 0; at < wire.Length;)
        {
            var length = Math.Min(chunkBytes, wire.Length - at);
            await pipe.Writer.WriteAsync(wire.AsMemory(at, length));
            var read = await pipe.Reader.ReadAsync();
            frames.AddRange(Read(reader, read.Buffer));
            pipe.Reader.AdvanceTo(read.Buffer.End);
            at += length;
        }

        return frames;
    }

    private static List<MllpFrame> Read(MllpFrameReader reader, ReadOnlySequence<byte> input)
    {
        var frames = new List<MllpFrame>();
        while (reader.TryRead(ref input, out var frame))
        {
            frames.Add(frame);
        }

        input.IsEmpty.Should().BeTrue();
        return frames;
    }

    private static string Describe(List<MllpFrame> frames, MllpFrameReader reader)
    {
        var parts = frames.Select(frame => frame.Kind switch
        {
            MllpFrameKind.CutOff => $"cut {frame.Length}",
            MllpFrameKind.Oversize => $"oversize {frame.Length} {FromWire(frame.Body)}",
            _ => FromWire(frame.Body),
        });
        var all = reader.IsInFrame ? parts.Append($"open {reader.PartialBytes}") : parts;
        return frames.Count == 0 && !reader.IsInFrame ? "none" : string.Join(',', all);
    }

    private static ReadOnlySequence<byte> Segments(ReadOnlyMemory<byte> bytes, int segmentBytes)
    {
        var first = new Segment(bytes[..Math.Min(segmentBytes, bytes.Length)]);
        var last = first;
        for (var at = first.Memory.Length; at < bytes.Length; at += last.Memory.Length)
        {
            last = last.Append(bytes.Slice(at, Math.Min(segmentBytes, bytes.Length - at)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static byte[] Frame(ReadOnlySpan<byte> body)
    {
        var frame = new byte[body.Length + MllpFraming.Overhead];
        MllpFraming.Write(body, frame);
        return frame;
    }

    private static byte[] Filler(int length, char first = 'a') =>
        [.. Enumerable.Range(0, length).Select(index => (byte)(first + (index % 23)))];

    private static byte[] ToWire(string text) =>
        Encoding.Latin1.GetBytes(text.Replace('[', (char)MllpFraming.Start).Replace(']', (char)MllpFraming.End).Replace('|', '\r'));

    private static string FromWire(ReadOnlyMemory<byte> bytes) =>
        Encoding.Latin1.GetString(bytes.Span).Replace((char)MllpFraming.Start, '[').Replace((char)MllpFraming.End, ']').Replace('\r', '|');

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
