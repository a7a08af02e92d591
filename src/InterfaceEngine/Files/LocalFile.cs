using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace InterfaceEngine.Files;

/// <summary>
/// Opens, looks at and moves a file of this machine in ways that the framework does not offer: whoever may drop files can put a link, a
/// pipe or another file in a file's place at any moment.
/// </summary>
internal static class LocalFile
{
    private const int IsThere = 17;
    private const int OtherFileSystem = 18;
    private const int Invalid = 22;
    private const int NotKnown = 38;
    private const int Here = -100;
    private const int NoReplace = 1;
    private const int NoFollow = 0x100;
    private const int Mode = 2;
    private const int ModeAt = 28;

    /// <summary>ELOOP and ENXIO: it is a link, or a socket.</summary>
    private static readonly int[] _noFile = [OperatingSystem.IsMacOS() ? 62 : 40, 6];

    // O_NONBLOCK, O_NOFOLLOW and O_CLOEXEC; reading is 0. A regular file never blocks, so the first is only for what is none.
    private static readonly int _forReading = OperatingSystem.IsMacOS() ? 0x4 | 0x100 | 0x1000000
        : 0x800 | 0x80000 | (RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000);

    /// <summary>Opens a regular file; null when it is something else. Never waits for a pipe's other end, and follows no link.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it.</exception>
    public static FileStream? TryOpenRead(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
        }

        var file = Open(path, _forReading);
        if (file < 0)
        {
            return _noFile.Contains(Marshal.GetLastPInvokeError()) ? null : throw Failure();
        }

        var handle = new SafeFileHandle(file, ownsHandle: true);
        var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: false);
        if (!stream.CanSeek || !IsRegular($"/proc/self/fd/{file}", follows: true))
        {
            stream.Dispose();
            return null;
        }

        return stream;
    }

    /// <summary>Whether it is a regular file, and no pipe, socket or device, which the framework can't tell from one.</summary>
    public static bool IsRegular(string path, bool follows = false)
    {
        const int KindMask = 0xF000, Regular = 0x8000;
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        var told = new byte[256];
        return Look(Here, path, follows ? 0 : NoFollow, Mode, told) != 0 || (BitConverter.ToUInt16(told, ModeAt) & KindMask) == Regular;
    }

    /// <summary>Gives a file another name. What has that name already keeps it, also when it came at this very moment.</summary>
    /// <exception cref="IOException">It can't be moved; something of the name is there already (EEXIST).</exception>
    public static void Move(string from, string to)
    {
        if (!OperatingSystem.IsLinux())
        {
            File.Move(from, to, overwrite: false);
            return;
        }

        if (Rename(Here, from, Here, to, NoReplace) == 0)
        {
            return;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case OtherFileSystem:
                MoveAcross(from, to);
                return;
            case Invalid or NotKnown:
                // A file system (some shares) that has no such rename: a second name is given there, never one that is taken.
                MoveByLink(from, to);
                return;
            default:
                throw Failure();
        }
    }

    /// <summary>To another file system a file is copied, in full and synced, before it goes; nobody sees it before it is whole.</summary>
    /// <exception cref="FileFaultException">It was changed while it was copied, and stays.</exception>
    [UnsupportedOSPlatform("windows")]
    private static void MoveAcross(string from, string to)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(to)!, PlacePath.Temporary());
        try
        {
            var before = new FileInfo(from);
            var (length, time) = (before.Length, before.LastWriteTimeUtc);
            using (var source = TryOpenRead(from) ?? throw new IOException("It is no regular file.", Invalid))
            using (var target = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileReaders.Owner.OfFile() }))
            {
                source.CopyTo(target);
                File.SetUnixFileMode(target.SafeFileHandle, File.GetUnixFileMode(source.SafeFileHandle));
                File.SetLastWriteTimeUtc(target.SafeFileHandle, time);
                target.Flush(flushToDisk: true);
            }

            var after = new FileInfo(from);
            if (after.Length != length || after.LastWriteTimeUtc != time)
            {
                throw new FileFaultException(FileFault.Changed, "A file was changed while it was moved to another file system. It stays, and is looked at again.");
            }

            Move(temporary, to);
            FolderSync.Sync(Path.GetDirectoryName(to)!);
            File.Delete(from);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void MoveByLink(string from, string to)
    {
        if (Link(from, to) == 0)
        {
            File.Delete(from);
            return;
        }

        if (Marshal.GetLastPInvokeError() == IsThere)
        {
            throw Failure();
        }

        // It has no second names either: what is left is to look first.
        File.Move(from, to, overwrite: false);
    }

    private static Exception Failure()
    {
        const int NotPermitted = 1, NotThere = 2, NoAccess = 13;
        var error = Marshal.GetLastPInvokeError();
        return error switch
        {
            NotPermitted or NoAccess => new UnauthorizedAccessException(),
            NotThere => new FileNotFoundException(),
            _ => new IOException("The operating system refused.", error),
        };
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Look(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] told);

    [DllImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(int fromFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string from, int toFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string to, uint flags);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
