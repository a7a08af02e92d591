using System.Text;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// One string for every name that stored documents repeat (fields, files, sources, id systems), and one reference
/// for every cell. Bounded: a new name may push out an old one. Never given a patient's value, which would stay in memory.
/// </summary>
internal static class SharedNames
{
    private const int Places = 4096;
    private const int LengthMax = 128;

    private static readonly Name?[] _names = new Name?[Places];
    private static readonly CellReference?[] _cells = new CellReference?[Places];

    public static string Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > LengthMax)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        // FNV-1a: names are short, and the hash need only spread.
        var hash = 2166136261u;
        foreach (var next in utf8)
        {
            hash = (hash ^ next) * 16777619u;
        }

        ref var place = ref _names[(hash ^ (hash >> 16)) & (Places - 1)];
        var known = Volatile.Read(ref place);
        if (known is not null && utf8.SequenceEqual(known.Utf8))
        {
            return known.Text;
        }

        var made = new Name(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        Volatile.Write(ref place, made);
        return made.Text;
    }

    public static CellReference Cell(string file, int line, int column)
    {
        var hash = (uint)((line * 31) + column + (file.Length * 7919));
        ref var place = ref _cells[(hash ^ (hash >> 16)) & (Places - 1)];
        var known = Volatile.Read(ref place);
        if (known is not null && known.Line == line && known.Column == column && known.File == file)
        {
            return known;
        }

        var made = new CellReference(file, line, column);
        Volatile.Write(ref place, made);
        return made;
    }

    private sealed record Name(byte[] Utf8, string Text);
}
