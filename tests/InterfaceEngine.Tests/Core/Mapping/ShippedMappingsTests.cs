using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Testing;
using InterfaceEngine.Core.Practices;
using NodaTime;
using Xunit.Abstractions;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>The mapping folder of this repository, as the product ships it.</summary>
public sealed class ShippedMappingsTests(ITestOutputHelper output)
{
    [Fact]
    public void The_shipped_mappings_have_no_errors_and_no_warnings()
    {
        var set = Load();

        foreach (var problem in set.Problems)
        {
            output.WriteLine(problem.ToText());
        }

        set.Problems.Where(problem => problem.Severity > MappingSeverity.Note).Should().BeEmpty();
        set.Practices.Select(maps => maps.Practice.Id).Should().Equal("1959", "195900", "7");
    }

    [Fact]
    public void Every_shipped_test_holds()
    {
        var results = MappingTestRun.Run(Load());

        results.SelectMany(result => result.Failures).Select(failure => failure.ToString()).Should().BeEmpty();
        results.Should().HaveCountGreaterThan(10);
    }

    internal static MappingSet Load() => MappingSet.Load(Files(), Practices);

    /// <summary>The shipped mappings with some files more, by their path below the folder.</summary>
    internal static MappingSet Load(params (string Path, string Text)[] more)
    {
        var files = Files();
        foreach (var (path, text) in more)
        {
            files[path] = text;
        }

        return MappingSet.Load(files, Practices);
    }

    internal static IReadOnlyList<Practice> Practices { get; } =
    [
        Practice("1959", "guide"),
        Practice("195900", "athena"),
        Practice("7", "standard"),
    ];

    private static Practice Practice(string id, string profile) =>
        new() { Id = id, Name = id, Profile = profile, Zone = DateTimeZoneProviders.Tzdb["America/Chicago"] };

    internal static Dictionary<string, string> Files()
    {
        var root = Path.Combine(RepositoryRoot.Path, "mappings");
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText);
    }
}
