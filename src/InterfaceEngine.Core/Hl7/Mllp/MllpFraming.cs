using System.Buffers;

namespace InterfaceEngine.Core.Hl7.Mllp;

/// <summary>
/// The bytes of MLLP release 1: start <c>VT</c> (0x0B), a body, end <c>FS CR</c> (0x1C 0x0D). Shared by the
/// listener, the client and stand-ins, so that there is one opinion on what a frame is.
/// </summary>
public static class MllpFraming
{
    public const byte Start = 0x0B;
    public const byte End = 0x1C;
    public const byte Return = 0x0D;

    /// <summary>Bytes a frame has besides its body.</summary>
    public const int Overhead = 3;

    private static readonly SearchValues<byte> Reserved = SearchValues.Create([Start, End]);

    /// <summary>
    /// Whether a body can travel in a frame: it must hold neither <c>VT</c> nor <c>FS</c>, which the standard forbids
    /// in content and which a receiver would take for a frame's start or end.
    /// </summary>
    public static bool CanCarry(ReadOnlySpan<byte> body) => !body.ContainsAny(Reserved);

    /// <summary>Writes one frame.</summary>
    /// <param name="body">The body; see <see cref="CanCarry"/>.</param>
    /// <param name="destination">At least <see cref="Overhead"/> bytes longer than the body.</param>
    /// <returns>The frame's length.</returns>
    public static int Write(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        destination[0] = Start;
        body.CopyTo(destination[1..]);
        destination[body.Length + 1] = End;
        destination[body.Length + 2] = Return;
        return body.Length + Overhead;
    }

    /// <summary>
    /// Writes one frame whose body may echo what a stranger sent: <c>VT</c> and <c>FS</c> become spaces,
    /// so that the frame ends where it should whatever is in it.
    /// </summary>
    /// <inheritdoc cref="Write"/>
    public static int WriteSafely(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        var length = Write(body, destination);
        destination.Slice(1, body.Length).ReplaceAny(Reserved, (byte)' ');
        return length;
    }
}
