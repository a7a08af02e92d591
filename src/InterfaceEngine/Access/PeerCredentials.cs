using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace InterfaceEngine.Access;

/// <summary>
/// Who is at the other end of a local socket, as the operating system says. A second lock beside the socket file's
/// owner-only mode: it holds even where a folder's permissions were loosened.
/// </summary>
internal static class PeerCredentials
{
    // Linux: SOL_SOCKET, SO_PEERCRED, struct ucred { pid, uid, gid }.
    private const int LinuxLevel = 1;
    private const int LinuxOption = 17;

    // macOS: SOL_LOCAL, LOCAL_PEERCRED, struct xucred { version, uid, … }.
    private const int MacLevel = 0;
    private const int MacOption = 1;

    /// <summary>The peer is this process's own user or the administrator. Windows relies on the folder's permissions.</summary>
    public static bool AreOwners(Socket socket)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        var peer = ReadUser(socket);
        return peer == 0 || peer == EffectiveUser();
    }

    private static uint ReadUser(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[128];
        var isMac = OperatingSystem.IsMacOS();
        var length = socket.GetRawSocketOption(isMac ? MacLevel : LinuxLevel, isMac ? MacOption : LinuxOption, credentials);
        return length >= 8
            ? BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]) : BinaryPrimitives.ReadUInt32BigEndian(credentials[4..])
            : uint.MaxValue;
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
