namespace InterfaceEngine.Cli;

/// <summary>The files a command line names: a folder stands for every file below it, by name, its own Markdown pages aside.</summary>
internal static class InputFiles
{
    /// <exception cref="UsageException">One of them is not there.</exception>
    public static IReadOnlyList<string> Find(CommandContext context, IEnumerable<string> names)
    {
        var files = new List<string>();
        foreach (var name in names)
        {
            var path = context.FullPath(name);
            if (Directory.Exists(path))
            {
                files.AddRange(Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                    .Where(file => !file.EndsWith(".md", StringComparison.OrdinalIgnoreCase))
                    .Order(StringComparer.Ordinal).Select(file => Path.Combine(name, Path.GetRelativePath(path, file))));
            }
            else if (File.Exists(path))
            {
                files.Add(name);
            }
            else
            {
                throw new UsageException($"{name}: there is no such file.");
            }
        }

        return files;
    }
}
