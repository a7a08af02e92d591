using System.Text;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Cli.Maps;

/// <summary>The mapping files that a command line names; a folder stands for those below it, and no name at all for the mapping folder.</summary>
internal static class NamedMapFiles
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>By name, in order.</summary>
    /// <exception cref="UsageException">One of them is not there.</exception>
    /// <exception cref="CommandFailedException">One of them can't be read.</exception>
    public static IReadOnlyList<NamedMapFile> Read(CommandContext context, IReadOnlyList<string> names)
    {
        try
        {
            return [.. Find(context, names).Select(file => new NamedMapFile(file.Shown, file.Full, Text(file.Shown, file.Full)))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailedException(failure.Message);
        }
    }

    private static IEnumerable<(string Shown, string Full)> Find(CommandContext context, IReadOnlyList<string> names)
    {
        foreach (var name in names.Count > 0 ? names : [context.Settings.Mappings])
        {
            var path = context.FullPath(name);
            if (Directory.Exists(path))
            {
                var shown = names.Count > 0 ? name.TrimEnd('/', '\\') + "/" : MapCommands.FolderText(context);
                foreach (var file in MappingFolder.Files(path).Where(file => MapFileNames.IsMapFile(file)))
                {
                    yield return (shown + file, Path.Combine(path, file));
                }
            }
            else if (File.Exists(path))
            {
                yield return (name, path);
            }
            else
            {
                throw new UsageException($"{name}: there is no such file.");
            }
        }
    }

    private static string Text(string shown, string path)
    {
        try
        {
            return _strict.GetString(MappingFolder.ReadBytes(path));
        }
        catch (DecoderFallbackException)
        {
            throw new CommandFailedException($"{shown} is not UTF-8.");
        }
    }
}

/// <param name="Shown">As the command line calls it.</param>
/// <param name="Text">All of it, a byte order mark included.</param>
internal sealed record NamedMapFile(string Shown, string FullPath, string Text)
{
    /// <summary>Writes the file anew, whole or not at all. A link keeps leading to it.</summary>
    public void Write(string text)
    {
        var target = File.ResolveLinkTarget(FullPath, returnFinalTarget: true)?.FullName ?? FullPath;
        var draft = target + ".draft";
        File.WriteAllText(draft, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(draft, File.GetUnixFileMode(target));
        }

        File.Move(draft, target, overwrite: true);
    }
}
