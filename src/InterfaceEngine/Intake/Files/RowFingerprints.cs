using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// SHA-256 of all that decides how a row is read: source, kind of file, mapping set, the practice's layers of it and zone, columns, separator, the
/// engine's own reading, and the row as it stands in the file. Used by one reader of a file.
/// </summary>
internal sealed class RowFingerprints
{
    /// <summary>To be raised when the engine reads the same row by the same tables otherwise than before: then no row is taken for an unchanged one.</summary>
    private const int ReaderVersion = 1;

    private readonly byte[] _common;
    private byte[] _room = new byte[1024];

    /// <param name="said">What all rows of the file have in common.</param>
    private RowFingerprints(IEnumerable<string> said)
    {
        _common = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', said.Select(text => $"{text.Length} {text}"))));
        _common.CopyTo(_room, 0);
    }

    public static RowFingerprints Of(RowRun run, RowSurvey survey) => new(
    [
        $"{ReaderVersion}", run.Run.Source, run.Run.Kind, run.Live.Hash, run.Practice.Zone.Id, run.Practice.Vendor, run.Practice.Profile,
        survey.Dialect.Separator.ToString(), .. survey.Columns,
    ]);

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
