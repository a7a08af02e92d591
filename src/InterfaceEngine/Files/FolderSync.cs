using System.Runtime.InteropServices;

namespace InterfaceEngine.Files;

/// <summary>
/// Syncs a folder, so that a file's new name is on disk. The framework opens no folder, hence the operating system's own functions.
/// Windows syncs names by itself.
/// </summary>
internal static class FolderSync
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">The disk failed, or the folder is gone.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var file = Open(folder, ReadOnly);
        if (file < 0)
        {
            throw Failure();
        }

        try
        {
            // Some network shares sync no folders and say so (EINVAL): there the server answers for the name.
            if (Synchronise(file) != 0 && Marshal.GetLastPInvokeError() != 22)
            {
                throw Failure();
            }
        }
        finally
        {
            _ = Close(file);
        }
    }

    private static IOException Failure() => new("The folder could not be synced.", Marshal.GetLastPInvokeError());

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Synchronise(int file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
