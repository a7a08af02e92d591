namespace InterfaceEngine.Files;

/// <summary>
/// What a failure of the operating system's file functions means. The failure itself is not passed on: its message holds the file's
/// name.
/// </summary>
internal static class LocalFaults
{
    // Errors of Unix as .NET passes them on in HResult (errno.h); 28 and 30 are the same on Linux and macOS.
    private const int AlreadyExists = 17;
    private const int NotAFolder = 20;
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
    private const int StaleHandle = 116;
    private const int IoError = 5;

    /// <summary>Used-up quota: EDQUOT.</summary>
    private static readonly int _quota = OperatingSystem.IsMacOS() ? 69 : 122;

    public static FileFaultException From(Exception failure, string where, string what) => Classify(failure) switch
    {
        FileFault.Permission => new(FileFault.Permission, $"{where}: {what}: not allowed to the user whom the engine runs as. Give that user the right, or make the folder the engine's own."),
        FileFault.NotFound => new(FileFault.NotFound, $"{where}: {what}: there is no such file or folder. Make the folder, or mend its name in the settings."),
        FileFault.Exists => new(FileFault.Exists, $"{where}: {what}: something of this name is there already."),
        FileFault.DiskFull => new(FileFault.DiskFull, $"{where}: {what}: no room is left on the disk, or a quota is used up. Make room."),
        FileFault.ConnectionLost => new(FileFault.ConnectionLost, $"{where}: {what}: the share that the folder is on can't be reached. Look at the mount."),
        var fault => new(fault, $"{where}: {what}: the operating system refused (error {failure.HResult})."),
    };

    private static FileFault Classify(Exception failure) => failure switch
    {
        UnauthorizedAccessException => FileFault.Permission,
        FileNotFoundException or DirectoryNotFoundException => FileFault.NotFound,
        _ when OperatingSystem.IsWindows() => (failure.HResult & 0xFFFF) switch
        {
            0x70 or 0x27 => FileFault.DiskFull,
            0x50 or 0xB7 => FileFault.Exists,
            0x35 or 0x40 => FileFault.ConnectionLost,
            _ => FileFault.Refused,
        },
        { HResult: AlreadyExists } => FileFault.Exists,
        { HResult: NotAFolder } => FileFault.NotFound,
        { HResult: ReadOnly } => FileFault.Permission,
        { HResult: NoSpace } => FileFault.DiskFull,
        { HResult: StaleHandle or IoError } => FileFault.ConnectionLost,
        _ when failure.HResult == _quota => FileFault.DiskFull,
        _ => FileFault.Refused,
    };
}
