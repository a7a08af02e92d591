using System.Runtime.InteropServices;
using SQLitePCL;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>
/// Which SQLite is used: the operating system's own, because it is patched with the system, otherwise the one that
/// came with the engine, so that nothing need be installed.
/// </summary>
internal static class SqliteLibrary
{
    private const string BundledName = "e_sqlite3";

    private static readonly Lazy<string> _version = new(Load);

    private static string _origin = "bundled";

    private static IntPtr _handle;

    /// <summary>Loads the library on first use, e.g. <c>SQLite 3.40.1 (system library)</c>.</summary>
    public static string Version => _version.Value;

    /// <summary>The loaded library, for functions that the provider does not pass on.</summary>
    public static IntPtr Handle => _version.Value.Length > 0 ? _handle : IntPtr.Zero;

    private static string Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, static (name, assembly, searchPath) =>
        {
            if (name != BundledName)
            {
                return IntPtr.Zero;
            }

            if (TryLoadSystem(out _handle))
            {
                _origin = "system";
            }
            else
            {
                _handle = NativeLibrary.Load(name, assembly, searchPath);
            }

            return _handle;
        });
        raw.SetProvider(new SQLite3Provider_e_sqlite3());

        // Its memory statistics, which nobody reads, take one lock for every allocation of every connection: under
        // load writer and readers would spend more on waking each other than on their work. Only before the first use.
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        return $"SQLite {raw.sqlite3_libversion().utf8_to_string()} ({_origin} library)";
    }

    private static bool TryLoadSystem(out IntPtr handle)
    {
        var name = OperatingSystem.IsWindows() ? "winsqlite3" : OperatingSystem.IsMacOS() ? "libsqlite3.dylib" : "libsqlite3.so.0";
        return NativeLibrary.TryLoad(name, out handle);
    }
}
