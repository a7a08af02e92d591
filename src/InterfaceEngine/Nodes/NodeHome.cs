using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using InterfaceEngine.Store;

namespace InterfaceEngine.Nodes;

/// <summary>
/// Names a data folder, which one process holds at a time: a random word in a file there, made once. Whoever joins from the same
/// folder knows that the process before is dead.
/// </summary>
internal static partial class NodeHome
{
    /// <summary>
    /// The home of whoever holds an embedded store, wherever it lies: what else is entered there is dead. A copy of the store, restored
    /// elsewhere, still names the engine that ran when it was made.
    /// </summary>
    public const string Embedded = "embedded";

    private const string FileName = "node.home";

    /// <summary>Reads it, or makes it. Only for whoever holds the folder.</summary>
    /// <exception cref="StoreOpenException">The file can't be read, or holds something else.</exception>
    public static string Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (File.Exists(path))
            {
                var kept = File.ReadAllText(path);
                return Form().IsMatch(kept) ? kept : throw new StoreOpenException($"{path} does not hold what the engine wrote there: delete it, and the engine makes another.");
            }

            var home = RandomNumberGenerator.GetHexString(32, lowercase: true);
            StoreFiles.Prepare(folder);
            using var file = StoreFiles.Create(path);
            file.Write(Encoding.ASCII.GetBytes(home));
            file.Flush(flushToDisk: true);
            return home;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"{path} can't be read or written: {failure.Message}", failure);
        }
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex Form();
}
