namespace InterfaceEngine.Files.Sftp;

/// <summary>What a server has listed so far of a folder, within limits.</summary>
internal sealed class SftpListing(FolderLimits limits, string where)
{
    /// <summary>One of each name: a server may list a name twice while its folder changes, and the later counts.</summary>
    private readonly Dictionary<string, FolderEntry> _entries = new(StringComparer.Ordinal);

    private int _seen;
    private int _leftOut;
    private int _dots;
    private long _bytes;

    public FolderListing Whole() => new([.. _entries.Values], _leftOut);

    /// <summary>Takes what one reply lists, and says how many entries those were.</summary>
    /// <exception cref="FileFaultException">It is too much.</exception>
    public uint Add(SftpReply reply)
    {
        var fields = new SftpFields(reply.Body.Span);
        var count = fields.Number();
        for (var left = count; left > 0; left--)
        {
            var name = fields.Text();
            var line = fields.Bytes();
            Add(name, isFileByLine: line is [(byte)'-', ..], SftpAttributes.Read(ref fields));
        }

        return count;
    }

    private void Add(string name, bool isFileByLine, SftpAttributes attributes)
    {
        // These two are in every folder, once, and none of its entries.
        if (name is ("." or "..") && ++_dots <= 2)
        {
            return;
        }

        _bytes += name.Length;
        if (++_seen > limits.EntriesMax || _bytes > limits.NameBytesMax)
        {
            throw new FileFaultException(FileFault.Protocol, $"{where}: the folder holds more than {limits.EntriesMax} entries, or their names have more than {limits.NameBytesMax} bytes. Move what is done away.");
        }

        if (!PlacePath.IsName(name))
        {
            _leftOut++;
            return;
        }

        // A server may leave out what kind it is; then the line that it makes for people says it, as "ls -l" does.
        var isFile = attributes.Mode is null ? isFileByLine : attributes.IsFile;
        _entries[name] = new FolderEntry(name, isFile, isFile ? attributes.Size ?? 0 : 0, attributes.Time);
    }
}
