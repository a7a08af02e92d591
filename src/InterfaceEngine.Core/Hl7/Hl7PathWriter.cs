using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Writes a value into a message where a path points, by cutting it apart at the segment that is meant and joining it again,
/// so that every other byte stays as it was. A segment that fits is added behind the last of its kind when there is none.
/// </summary>
internal sealed class Hl7PathWriter(Hl7Message message, Hl7Path path)
{
    private readonly Hl7SegmentWriter _writer = new(message, path);

    public Hl7Message Write(string? value)
    {
        var target = SegmentSearch.Find(message, path);
        if (!Hl7Message.TryParse(target.IsPresent ? Over(target, value) : With(value), message.Options, out var written, out var limit))
        {
            throw Refuse($"the message would pass a limit: {limit.Message}");
        }

        // A new segment may not be what the path means, and a value may change how an undeclared character set is read.
        var element = target.IsPresent ? path.GetIn(written.GetSegment(target.Index)) : path.Get(written);
        return _writer.IsReadBack(element, value) ? written : throw Refuse(Hl7SegmentWriter.NotReadBack);
    }

    private byte[] Over(Hl7Segment target, string? value)
    {
        var body = message.Body;
        var range = target.Range;
        var content = Write(body.Slice(range.Offset, range.Length), isMade: false, value);
        return [.. body[..range.Offset], .. content, .. body[(range.Offset + range.Length)..]];
    }

    private byte[] With(string? value)
    {
        var body = message.Body;
        var made = Write(Encoding.ASCII.GetBytes(path.Segment), isMade: true, value);
        var (at, padding) = PlaceForSegment();
        return [.. body[..at], .. padding, .. SegmentEnd(), .. made, .. body[at..]];
    }

    private byte[] Write(ReadOnlySpan<byte> segment, bool isMade, string? value)
    {
        var separator = message.Delimiters.Field;
        var pieces = Hl7SegmentWriter.Cut(segment, separator);
        _writer.Write(pieces, isMade, value);
        var joined = new List<byte>(segment.Length);
        for (var index = 0; index < pieces.Count; index++)
        {
            if (index > 0)
            {
                joined.Add(separator);
            }

            joined.AddRange(pieces[index]);
        }

        return [.. joined];
    }

    /// <summary>Where a segment that does not exist yet is made, and what fills up to a wanted number.</summary>
    private (int At, byte[] Padding) PlaceForSegment()
    {
        var scope = new SegmentScope(message);
        var same = path.Opener is null && path.SegmentKey != SegmentSearch.Nte ? message.FindAll(path.Segment) : [.. scope.FindAll(path.OfAnySegment())];
        var last = same.Count > 0 ? same[^1] : Holder(scope);
        var missing = path.SegmentSelector is { Ordinal: > 0 } selector ? selector.Ordinal - same.Count - 1 : 0;
        byte[] bare = [.. SegmentEnd(), .. Encoding.ASCII.GetBytes(path.Segment)];
        return (last.Range.Offset + last.Range.Length, [.. Enumerable.Repeat(bare, missing).SelectMany(bytes => bytes)]);
    }

    /// <summary>What the first of its name stands behind: its opener, so that it is its own; else the last segment of the message.</summary>
    private Hl7Segment Holder(SegmentScope scope)
    {
        var holder = path.Opener is { } opener ? scope.Find(opener)
            : path.SegmentKey == SegmentSearch.Nte ? scope.Subject
            : message.GetSegment(message.SegmentCount - 1);
        return holder.IsPresent ? holder : throw Refuse($"there is no {path.Opener} under which it could stand");
    }

    /// <summary>How the message itself ends its first segment; CR when it has only one.</summary>
    private ReadOnlySpan<byte> SegmentEnd()
    {
        var header = message.GetSegment(0).Range;
        var rest = message.Body[(header.Offset + header.Length)..];
        return rest.StartsWith("\r\n"u8) ? "\r\n"u8 : rest.StartsWith("\n"u8) ? "\n"u8 : "\r"u8;
    }

    private Hl7WriteException Refuse(string reason) => new(reason, path.ToString());
}
