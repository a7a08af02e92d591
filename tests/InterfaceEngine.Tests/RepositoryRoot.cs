namespace InterfaceEngine.Tests;

/// <summary>Where the repository lies, for tests that read what is shipped.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "InterfaceEngine.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("InterfaceEngine.sln is not above the tests' folder.");
    }
}
