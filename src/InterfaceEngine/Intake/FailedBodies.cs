using System.Security.Cryptography;

namespace InterfaceEngine.Intake;

/// <summary>
/// Bodies that made the engine itself fail. The first time the sender gets no answer and sends again; the second
/// time the body is quarantined. Only the last thousand are remembered, as hashes.
/// </summary>
internal sealed class FailedBodies
{
    private const int CountMax = 1_000;

    private readonly Lock _lock = new();
    private readonly HashSet<UInt128> _hashes = [];
    private readonly Queue<UInt128> _order = new();

    /// <summary>Remembers a body; true when it was remembered already.</summary>
    public bool IsSecond(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        var key = System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
        lock (_lock)
        {
            if (!_hashes.Add(key))
            {
                return true;
            }

            _order.Enqueue(key);
            if (_order.Count > CountMax)
            {
                _hashes.Remove(_order.Dequeue());
            }

            return false;
        }
    }
}
