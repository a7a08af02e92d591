using System.Buffers.Binary;

namespace InterfaceEngine.Files.Packed;

/// <summary>The directory at the end of a zip (APPNOTE 4.3.12 to 4.3.16), held against what was read.</summary>
internal static class ZipDirectory
{
    private const int EndBytes = 22;
    private const int EntryBytes = 46;
    private const uint InExtra = uint.MaxValue;
    private const int CountInExtra = ushort.MaxValue;

    /// <param name="tail">The last bytes of the zip.</param>
    /// <param name="size">How many bytes the file had.</param>
    /// <param name="checksum">Its CRC-32.</param>
    /// <exception cref="FileFaultException">There is another file, or this one is another.</exception>
    public static void Check(ReadOnlySpan<byte> tail, long size, uint checksum)
    {
        var end = tail.LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || tail.Length - end < EndBytes)
        {
            throw UnpackedStream.Damaged("the zip file ends too early");
        }

        var count = BinaryPrimitives.ReadUInt16LittleEndian(tail[(end + 10)..]);
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(tail[(end + 12)..]);
        if (bytes == InExtra || count == CountInExtra)
        {
            throw new FileFaultException(FileFault.Damaged, "The zip file holds a great many files; exactly one is expected.");
        }

        // A large file has the record and locator of zip64 between the directory and the end.
        var before = tail[..end];
        var large = before.LastIndexOf("PK\u0006\u0006"u8);
        var directory = large >= 0 && before.Length - large is 76 ? before[..large] : before;
        if (bytes > directory.Length)
        {
            throw new FileFaultException(FileFault.Damaged, $"The zip file holds {count} files; exactly one is expected.");
        }

        CheckEntries(directory[^(int)bytes..], count, size, checksum);
    }

    /// <summary>A size that does not fit into 32 bits stands in the extra field of zip64 (4.5.3), which holds those that don't fit one after the other.</summary>
    public static long Large(long size, ReadOnlySpan<byte> extra, int place)
    {
        while (size == InExtra && extra.Length >= 4)
        {
            var (kind, length) = (BinaryPrimitives.ReadUInt16LittleEndian(extra), BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]));
            if (kind == 1 && length >= (place + 1) * 8 && extra.Length >= 4 + length)
            {
                return BinaryPrimitives.ReadInt64LittleEndian(extra[(4 + (place * 8))..]);
            }

            extra = extra[Math.Min(extra.Length, 4 + length)..];
        }

        return size;
    }

    private static void CheckEntries(ReadOnlySpan<byte> directory, int count, long size, uint checksum)
    {
        var files = 0;
        for (var left = count; left > 0; left--)
        {
            if (directory.Length < EntryBytes || !directory.StartsWith("PK\u0001\u0002"u8))
            {
                throw UnpackedStream.Damaged("the zip file's directory is broken");
            }

            var (name, extra, remark) = (Length(directory, 28), Length(directory, 30), Length(directory, 32));
            if (directory.Length < EntryBytes + name + extra + remark)
            {
                throw UnpackedStream.Damaged("the zip file's directory is broken");
            }

            if (name == 0 || directory[EntryBytes + name - 1] != (byte)'/')
            {
                files++;
                var sized = Large(BinaryPrimitives.ReadUInt32LittleEndian(directory[24..]), directory.Slice(EntryBytes + name, extra), 0);
                if (files == 1 && (sized != size || BinaryPrimitives.ReadUInt32LittleEndian(directory[16..]) != checksum))
                {
                    throw UnpackedStream.Damaged("its size or checksum is another than the zip file's directory says");
                }
            }

            directory = directory[(EntryBytes + name + extra + remark)..];
        }

        if (files != 1)
        {
            throw new FileFaultException(FileFault.Damaged, $"The zip file holds {files} files; exactly one is expected.");
        }
    }

    private static int Length(ReadOnlySpan<byte> entry, int at) => BinaryPrimitives.ReadUInt16LittleEndian(entry[at..]);
}
