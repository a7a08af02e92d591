using System.Text;

namespace InterfaceEngine.Files.Sftp;

/// <summary>What a server's refusal means. Its own words are not passed on: they may name a patient's file.</summary>
internal static class SftpStatus
{
    public const uint Ok = 0;
    public const uint EndOfFile = 1;
    public const uint NoSuchFile = 2;

    private const uint Failure = 4;
    private const int WordBytesMax = 1024;

    // Codes above 8 are of later versions; some servers use them in version 3 as well.
    private static readonly Dictionary<uint, FileFault> _faults = new()
    {
        [NoSuchFile] = FileFault.NotFound,
        [3] = FileFault.Permission,
        [6] = FileFault.ConnectionLost,
        [7] = FileFault.ConnectionLost,
        [10] = FileFault.NotFound,
        [11] = FileFault.Exists,
        [12] = FileFault.Permission,
        [14] = FileFault.DiskFull,
        [15] = FileFault.DiskFull,
    };

    /// <summary>The code of a status, or null when the reply is another. A status without a code is a refusal without a reason.</summary>
    public static uint? CodeOf(SftpReply reply) =>
        reply.Kind != SftpKind.Status ? null : reply.Body.Length >= 4 ? new SftpFields(reply.Body.Span).Number() : Failure;

    /// <summary>The fault that a refusal is.</summary>
    public static FileFaultException ToFault(SftpReply reply, string where, string what)
    {
        // Its words are only searched, so it does not matter what stands around them.
        var (code, words) = (CodeOf(reply) ?? Failure, Encoding.UTF8.GetString(reply.Body.Span[..Math.Min(reply.Body.Length, WordBytesMax)]));
        return Of(_faults.GetValueOrDefault(code, SaysFull(words) ? FileFault.DiskFull : FileFault.Refused), code, where, what);
    }

    public static FileFaultException Of(FileFault fault, uint code, string where, string what) => new(fault, $"{where}: {what}: " + fault switch
    {
        FileFault.NotFound => "there is no such file or folder on the server. Make the folder there, or mend its name in the settings.",
        FileFault.Permission => "the server does not allow it to this user. Whoever runs the server can give the right.",
        FileFault.Exists => "something of this name is there already.",
        FileFault.DiskFull => "no room is left on the server, or a quota is used up. Whoever runs the server can make room.",
        FileFault.ConnectionLost => "the server lost its own connection to the files. It is tried again.",
        _ => $"the server refused and gave no reason (code {code}). Its log may say more.",
    });

    private static bool SaysFull(string words) =>
        words.Contains("no space", StringComparison.OrdinalIgnoreCase) || words.Contains("quota", StringComparison.OrdinalIgnoreCase) || words.Contains("disk full", StringComparison.OrdinalIgnoreCase);
}
