using InterfaceEngine.Core.Hl7.Mllp;
using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>Bytes as they go over the wire.</summary>
internal static class Frames
{
    private const int GarbageBytesMax = 40;

    /// <summary>One frame.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> body)
    {
        var frame = new byte[body.Length + MllpFraming.Overhead];
        MllpFraming.Write(body.Span, frame);
        return frame;
    }

    /// <summary>Bytes that begin no frame: line ends, text, high bytes.</summary>
    public static byte[] Garbage(string message)
    {
        var dice = new Dice(Scatter.Of(message));
        var bytes = new byte[dice.Between(1, GarbageBytesMax)];
        for (var index = 0; index < bytes.Length; index++)
        {
            var value = (byte)dice.Below(256);
            bytes[index] = value == MllpFraming.Start ? MllpFraming.Return : value;
        }

        return bytes;
    }
}
