namespace InterfaceEngine.Files;

/// <summary>Who can read what the engine writes to a place: rows of patients stand in it.</summary>
internal enum FileReaders
{
    /// <summary>The engine's user there, and nobody else: modes 0600 and 0700.</summary>
    Owner,

    /// <summary>Its group as well, for a share or a server where somebody else fetches the files: 0640 and 0750, less what the place itself takes away.</summary>
    Group,
}

/// <summary>The modes that follow, as Unix has them. Windows has the folder's own rights instead.</summary>
internal static class FileModes
{
    public static UnixFileMode OfFile(this FileReaders readers) =>
        UnixFileMode.UserRead | UnixFileMode.UserWrite | (readers == FileReaders.Group ? UnixFileMode.GroupRead : 0);

    public static UnixFileMode OfFolder(this FileReaders readers) =>
        OfFile(readers) | UnixFileMode.UserExecute | (readers == FileReaders.Group ? UnixFileMode.GroupExecute : 0);
}
