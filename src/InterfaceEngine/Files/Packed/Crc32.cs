namespace InterfaceEngine.Files.Packed;

/// <summary>The checksum of zip (APPNOTE 4.4.7), with the reversed polynomial 0xEDB88320.</summary>
internal struct Crc32()
{
    private static readonly uint[] _table = MakeTable();

    private uint _state = uint.MaxValue;

    public readonly uint Value => ~_state;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var state = _state;
        foreach (var next in bytes)
        {
            state = _table[(byte)(state ^ next)] ^ (state >> 8);
        }

        _state = state;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < 256; index++)
        {
            var value = index;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ 0xEDB88320;
            }

            table[index] = value;
        }

        return table;
    }
}
