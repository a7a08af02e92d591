namespace InterfaceEngine.Tests;

/// <summary>Mapping folders that nobody means: each ends at a limit that is named.</summary>
public sealed class MappingFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mappings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_link_that_leads_back_up_is_said()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "practices"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "practices", "again"), _folder);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "practices", "and-again"), _folder);

        FluentActions.Invoking(() => MappingFolder.Read(_folder)).Should().Throw<InvalidDataException>().WithMessage($"*lies more than 8 folders below {_folder}; does a link there lead back up?");
    }

    [Fact]
    public void A_link_to_a_folder_is_followed()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "..", Path.GetFileName(_folder) + "-elsewhere")).FullName;
        try
        {
            File.WriteAllText(Path.Combine(elsewhere, "a.map.md"), "x");
            Directory.CreateSymbolicLink(Path.Combine(_folder, "vendor"), elsewhere);

            MappingFolder.Read(_folder).Should().ContainSingle().Which.Key.Should().Be("vendor/a.map.md");
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public void A_file_that_is_larger_than_a_table_is_refused()
    {
        File.WriteAllBytes(Path.Combine(_folder, "a.md"), new byte[MappingFolder.FileBytesMax + 1]);

        FluentActions.Invoking(() => MappingFolder.Read(_folder)).Should().Throw<InvalidDataException>().WithMessage("*a.md has 4194305 bytes; a mapping file has at most 4194304");
    }

    [Fact]
    public void More_than_a_mapping_folder_holds_is_refused()
    {
        for (var at = 0; at < 17; at++)
        {
            File.WriteAllBytes(Path.Combine(_folder, $"{at}.md"), new byte[MappingFolder.FileBytesMax - 1]);
        }

        FluentActions.Invoking(() => MappingFolder.Read(_folder)).Should().Throw<InvalidDataException>().WithMessage("*has more than 67108864 bytes of Markdown files; is it a mapping folder?");
    }
}
