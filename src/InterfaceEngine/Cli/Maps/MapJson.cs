using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace InterfaceEngine.Cli.Maps;

/// <summary>What exporting and importing mapping files share.</summary>
internal static class MapJson
{
    private static readonly JsonSerializerOptions _form = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public static string Text(JsonNode node) => node.ToJsonString(_form);

    /// <summary>The vendor packs: folders of the mapping folder. Their names may head a column of a reference table.</summary>
    public static IReadOnlyCollection<string> Vendors(CommandContext context) =>
        [.. new DirectoryInfo(context.Settings.Mappings) is { Exists: true } folder ? folder.EnumerateDirectories().Select(one => one.Name).Except(["practices", "tests"]) : []];

    /// <summary>Where in the mapping folder a file is, for its folder says what it is.</summary>
    /// <exception cref="UsageException">It is not there.</exception>
    public static string PathInFolder(CommandContext context, NamedMapFile file)
    {
        var path = Path.GetRelativePath(context.Settings.Mappings, file.FullPath).Replace('\\', '/');
        return path.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(path) ? throw new UsageException($"{file.Shown} is not in the mapping folder {context.Settings.Mappings}.") : path;
    }

    /// <summary>Writes a file below a folder and makes the folders it needs.</summary>
    /// <exception cref="CommandFailedException">It can't be written, or is there and not to be overwritten.</exception>
    public static void WriteNew(CommandContext context, string folder, string path, string text, bool overwrites)
    {
        var file = Path.Combine(context.FullPath(folder), path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var stream = new FileStream(file, overwrites ? FileMode.Create : FileMode.CreateNew);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException) when (!overwrites && File.Exists(file))
        {
            throw new CommandFailedException($"{Path.Combine(folder, path)} is there already; --overwrite replaces it.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{Path.Combine(folder, path)} can't be written: {failure.Message}");
        }
    }
}
