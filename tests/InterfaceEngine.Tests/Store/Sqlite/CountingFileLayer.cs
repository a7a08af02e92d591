using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>
/// A layer between SQLite and the operating system's files: SQLite's own layer with two functions in front of it, so
/// that a test can see when a sync was complete, and make syncs and writes fail as a bad or full disk does. A crash
/// can't show a missing sync, for the operating system still has what was written; this can.
/// </summary>
internal static unsafe class CountingFileLayer
{
    /// <summary>What a store names in its options to stand on this layer.</summary>
    public const string Name = "counting";

    private const int Ok = 0;
    private const int IoErrorOnSync = 1034;

    // sqlite3_vfs (version 3): three ints and padding, then pointers. sqlite3_io_methods (version 3): an int and padding, then pointers.
    private const int VfsBytes = 168;
    private const int VfsNext = 16;
    private const int VfsName = 24;
    private const int VfsOpen = 40;
    private const int MethodsBytes = 152;
    private const int MethodsWrite = 24;
    private const int MethodsSync = 40;

    private static readonly ConcurrentDictionary<string, FileEvents> _events = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<nint, string> _paths = new();
    private static readonly ConcurrentDictionary<nint, nint> _methods = new();
    private static readonly ConcurrentDictionary<nint, nint> _originals = new();

    private static readonly Lazy<nint> _original = new(Register);

    /// <summary>Watches one file, e.g. a store's write-ahead log, from now on.</summary>
    public static FileEvents Watch(string path)
    {
        _ = _original.Value;
        return _events.GetOrAdd(path, _ => new FileEvents());
    }

    private static nint Register()
    {
        var find = (delegate* unmanaged[Cdecl]<byte*, byte*>)NativeLibrary.GetExport(SqliteLibrary.Handle, "sqlite3_vfs_find");
        var register = (delegate* unmanaged[Cdecl]<byte*, int, int>)NativeLibrary.GetExport(SqliteLibrary.Handle, "sqlite3_vfs_register");
        var original = find(null);
        var layer = (byte*)NativeMemory.AllocZeroed(VfsBytes);
        new ReadOnlySpan<byte>(original, VfsBytes).CopyTo(new Span<byte>(layer, VfsBytes));
        *(nint*)(layer + VfsNext) = 0;
        *(nint*)(layer + VfsName) = Marshal.StringToCoTaskMemUTF8(Name);
        *(nint*)(layer + VfsOpen) = (nint)(delegate* unmanaged[Cdecl]<byte*, byte*, byte*, int, int*, int>)&Open;
        register(layer, 0).Should().Be(Ok);
        return (nint)original;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(byte* vfs, byte* path, byte* file, int flags, int* outFlags)
    {
        var open = *(delegate* unmanaged[Cdecl]<byte*, byte*, byte*, int, int*, int>*)((byte*)_original.Value + VfsOpen);
        var result = open(vfs, path, file, flags, outFlags);
        var methods = *(nint*)file;
        if (methods != 0 && path is not null)
        {
            _paths[(nint)file] = Marshal.PtrToStringUTF8((nint)path)!;
            *(nint*)file = _methods.GetOrAdd(methods, Wrap);
        }

        return result;
    }

    private static nint Wrap(nint original)
    {
        var methods = (byte*)NativeMemory.AllocZeroed(MethodsBytes);
        new ReadOnlySpan<byte>((void*)original, MethodsBytes).CopyTo(new Span<byte>(methods, MethodsBytes));
        *(nint*)(methods + MethodsWrite) = (nint)(delegate* unmanaged[Cdecl]<byte*, byte*, int, long, int>)&Write;
        *(nint*)(methods + MethodsSync) = (nint)(delegate* unmanaged[Cdecl]<byte*, int, int>)&Sync;
        _originals[(nint)methods] = original;
        return (nint)methods;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(byte* file, byte* content, int length, long offset)
    {
        if (Find(file) is { } events && FileEvents.TakeFault(ref events.WritesToFail))
        {
            return events.WriteFault;
        }

        var write = *(delegate* unmanaged[Cdecl]<byte*, byte*, int, long, int>*)(_originals[*(nint*)file] + MethodsWrite);
        return write(file, content, length, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(byte* file, int flags)
    {
        var events = Find(file);
        if (events is not null)
        {
            Interlocked.Increment(ref events.SyncsStarted);
            Interlocked.Exchange(ref events.Hold, null)?.Wait();
            if (FileEvents.TakeFault(ref events.SyncsToFail))
            {
                return IoErrorOnSync;
            }
        }

        var sync = *(delegate* unmanaged[Cdecl]<byte*, int, int>*)(_originals[*(nint*)file] + MethodsSync);
        var result = sync(file, flags);
        if (events is not null && result == Ok)
        {
            Interlocked.Increment(ref events.SyncsCompleted);
        }

        return result;
    }

    private static FileEvents? Find(byte* file) =>
        _paths.TryGetValue((nint)file, out var path) ? _events.GetValueOrDefault(path) : null;
}

/// <summary>What happened to one file, and what is to fail.</summary>
internal sealed class FileEvents
{
    /// <summary>Syncs that were asked for.</summary>
    public long SyncsStarted;

    /// <summary>Syncs that the operating system has confirmed.</summary>
    public long SyncsCompleted;

    /// <summary>So many of the next syncs fail.</summary>
    public long SyncsToFail;

    /// <summary>So many of the next writes fail.</summary>
    public long WritesToFail;

    /// <summary>With what: the disk is full, where a test says nothing else.</summary>
    public int WriteFault = 13;

    /// <summary>When set, told of the next sync, which then waits.</summary>
    public SyncHold? Hold;

    public static bool TakeFault(ref long faults)
    {
        if (Interlocked.Read(ref faults) <= 0)
        {
            return false;
        }

        Interlocked.Decrement(ref faults);
        return true;
    }
}

/// <summary>Holds one sync until a test lets it go.</summary>
internal sealed class SyncHold : IDisposable
{
    private readonly ManualResetEventSlim _release = new();

    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Wait()
    {
        Reached.SetResult();
        _release.Wait();
    }

    public void Release() => _release.Set();

    public void Dispose() => _release.Dispose();
}
