using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// SHA-256 of all that decides how a row is read: source, kind of file, mapping set, columns, separator, and the row as it stands in the file.
/// Used by one reader of a file.
/// </summary>
internal sealed class RowFingerprints
{
    private readonly byte[] _common;
    private byte[] _room = new byte[1024];

    /// <param name="said">What all rows of the file have in common.</param>
    public RowFingerprints(params IEnumerable<string> said)
    {
        _common = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', said.Select(text => $"{text.Length} {text}"))));
        _common.CopyTo(_room, 0);
    }

    public void Write(ReadOnlySpan<byte> row, Span<byte> fingerprint)
    {
        if (_room.Length < _common.Length + row.Length)
        {
            _room = new byte[2 * (_common.Length + row.Length)];
            _common.CopyTo(_room, 0);
        }

        row.CopyTo(_room.AsSpan(_common.Length));
        SHA256.HashData(_room.AsSpan(0, _common.Length + row.Length), fingerprint);
    }
}
