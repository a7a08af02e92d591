namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary>A copy of the shipped mapping folder beside a command bench's settings, which a test may spoil.</summary>
internal sealed class MapFolder : IDisposable
{
    public MapFolder()
    {
        var shipped = Path.Combine(RepositoryRoot.Path, "mappings");
        foreach (var file in Directory.EnumerateFiles(shipped, "*.md", SearchOption.AllDirectories))
        {
            Write(Path.GetRelativePath(shipped, file), File.ReadAllText(file));
        }

        WriteSettings();
    }

    public CommandBench Bench { get; } = new();

    public string Root => Path.Combine(Bench.Root, "mappings");

    /// <summary>Settings with the shipped practices, and one more.</summary>
    public void WriteSettings(string? more = null) => Bench.WriteSettings($$"""
        {
          "Data": "data",
          "Practices": {
            {{(more is null ? "" : "\"" + more + "\": { \"Zone\": \"America/Chicago\", \"Profile\": \"athena\" },")}}
            "1959": { "Zone": "America/Chicago", "Profile": "guide" },
            "195900": { "Zone": "America/Chicago", "Profile": "athena" }
          },
          "Sources": { "front-desk": { "Port": 0, "Practices": ["1959"] } }
        }
        """);

    public string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Changes a file at once: who looks meanwhile finds the one or the other, and never half of it.</summary>
    public void Edit(string file, string from, string to)
    {
        var text = Read(file);
        text.Should().Contain(from);
        var beside = Path.Combine(Bench.Root, "edited");
        File.WriteAllText(beside, text.Replace(from, to, StringComparison.Ordinal));
        File.Move(beside, Path.Combine(Root, file), overwrite: true);
    }

    public Task<Ran> RunAsync(params string[] arguments) => Bench.RunAsync(arguments);

    public void Dispose() => Bench.Dispose();
}
