namespace InterfaceEngine.Files.Sftp;

/// <summary>What a server has listed so far of a folder, within limits.</summary>
internal sealed class SftpListing(FolderLimits limits, string where)
{
    private readonly List<FolderEntry> _entries = [];
    private int _leftOut;
    private long _bytes;

    public FolderListing Whole() => new(_entries, _leftOut);

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
        if (name is "." or "..")
        {
            return;
        }

        _bytes += name.Length;
        if (_entries.Count + _leftOut == limits.EntriesMax || _bytes > limits.NameBytesMax)
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
        _entries.Add(new FolderEntry(name, isFile, isFile ? attributes.Size ?? 0 : 0, attributes.Time));
    }
}
