namespace InterfaceEngine.Cli.Demo;

/// <summary>
/// The demo's data folder: fresh each time. Only a folder that a demo made is ever emptied, so that no store of
/// somebody's is lost to a mistyped <c>--data</c>.
/// </summary>
internal static class DemoFolder
{
    private const string Mark = "made-by-demo";

    /// <exception cref="UsageException">It holds something that no demo made.</exception>
    public static void Refresh(string folder)
    {
        if (Directory.Exists(folder))
        {
            if (!File.Exists(Path.Combine(folder, Mark)) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new UsageException($"--data {folder}: this folder holds something that no demo made. Name another, or an empty one.");
            }

            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Mark), "The demo empties this folder each time it starts.\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
