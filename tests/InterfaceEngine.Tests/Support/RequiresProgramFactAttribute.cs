namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A test that needs a program of the operating system. Where it is missing the test is skipped and says so; under
/// CI it runs, and fails, because there everything is to be proven.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresProgramFactAttribute : FactAttribute
{
    public RequiresProgramFactAttribute(string program)
    {
        Program = program;
        if (!IsOnPath(program) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"'{program}' is not installed on this machine; eng/test installs it as root on Debian.";
        }
    }

    public string Program { get; }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(Path.GetDirectoryName(PostgresNode.Find(program)) ?? "")
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
