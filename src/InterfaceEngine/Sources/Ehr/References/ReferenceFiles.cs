using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Practices;

namespace InterfaceEngine.Sources.Ehr.References;

/// <summary>A table of the mapping folder can't be written; the message says which and why.</summary>
internal sealed class ReferenceFileException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A table as it is to be.</summary>
/// <param name="Path">In the mapping folder.</param>
/// <param name="Text">The whole file.</param>
/// <param name="Added">How many rows are new in it; none where it has them all already, since what was written once waits to be deployed.</param>
internal sealed record ReferenceFile(string Path, string Text, int Added);

/// <summary>Adds what the vendor has to the practice's tables in the mapping folder. They are in force once they are deployed.</summary>
/// <param name="folder">The mapping folder of this engine; null where there is none.</param>
internal sealed class ReferenceFiles(string? folder)
{
    /// <summary>The table with what it lacks behind its last row. Nothing is written.</summary>
    /// <param name="practice">Whose.</param>
    /// <param name="deployed">The table in force, whose names no row may take; null where there is none.</param>
    /// <param name="comparison">What the vendor has.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="ReferenceFileException">The folder or the file is not there to be read.</exception>
    public async Task<ReferenceFile> PlanAsync(Practice practice, ReferenceTable? deployed, ReferenceComparison comparison, CancellationToken cancellationToken)
    {
        var path = $"practices/{practice.Id}/{comparison.Kind}s.ref.md";
        var file = FileOf(path);
        var text = await TryAsync(path, async () => File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken) : null);
        var standing = text is null ? [] : ReferenceRows.Read(text, comparison.Kind, practice.Id, practice.Vendor).Rows;
        var (known, added) = (new List<Reference>([.. standing, .. deployed?.Rows ?? []]), new List<Reference>());
        foreach (var one in comparison.New.Where(one => standing.All(row => row.VendorId != one.VendorId)))
        {
            // A name that another row has would make a table that nobody can load.
            bool IsTaken(string? name, Func<Reference, string?> of) => name is not null && known.Exists(row => name.Equals(of(row), StringComparison.OrdinalIgnoreCase));
            var row = one with
            {
                Id = ReferenceRows.IdFor(comparison.Kind, one.Id, one.VendorId!, id => IsTaken(id, row => row.Id)),
                UserName = IsTaken(one.UserName, row => row.UserName) ? null : one.UserName,
                Npi = IsTaken(one.Npi, row => row.Npi) ? null : one.Npi,
            };
            known.Add(row);
            added.Add(row);
        }

        return standing.Count + added.Count > MapLimits.ReferencesMax
            ? throw new ReferenceFileException(
                $"{path} would have {standing.Count + added.Count} rows, and a practice has at most {MapLimits.ReferencesMax} of a kind. Nothing was written: add by hand those that are seen here.")
            : new ReferenceFile(path, added.Count == 0 ? text ?? "" : ReferenceRows.Add(text, comparison.Kind, practice.Id, practice.Vendor, added), added.Count);
    }

    /// <summary>Puts it in the place of what was: whoever reads meanwhile sees the one or the other.</summary>
    /// <exception cref="ReferenceFileException">It can't be written.</exception>
    public Task WriteAsync(ReferenceFile table, CancellationToken cancellationToken) => TryAsync(table.Path, async () =>
    {
        var file = FileOf(table.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file + ".new", table.Text, cancellationToken);
        File.Move(file + ".new", file, overwrite: true);
        return true;
    });

    private string FileOf(string path) => folder is not null && Directory.Exists(folder)
        ? Path.Combine(folder, path)
        : throw new ReferenceFileException("This engine has no mapping folder to write into: run the command where the tables are.");

    private static async Task<T> TryAsync<T>(string path, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ReferenceFileException($"{path} can't be read or written: {failure.Message}", failure);
        }
    }
}
