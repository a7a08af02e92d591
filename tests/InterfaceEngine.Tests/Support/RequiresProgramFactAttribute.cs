namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A test that needs programs of the operating system. Where one is missing the test is skipped and says so; under
/// CI it runs, and fails, because there everything is to be proven.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresProgramFactAttribute : FactAttribute
{
    public RequiresProgramFactAttribute(params string[] programs)
    {
        Programs = programs;
        if (programs.FirstOrDefault(program => !IsOnPath(program)) is { } missing && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"'{missing}' is not installed on this machine; eng/test installs it as root on Debian.";
        }
    }

    public IReadOnlyList<string> Programs { get; }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(Path.GetDirectoryName(PostgresNode.Find(program)) ?? "")
            .Append("/usr/sbin")
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
