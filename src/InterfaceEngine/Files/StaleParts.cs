namespace InterfaceEngine.Files;

/// <summary>
/// Removes what the engine left behind when it was killed, or lost the connection, while it wrote: hidden files, with rows of patients in
/// them, which nobody would look for.
/// </summary>
internal static class StaleParts
{
    /// <summary>A file that is still being written is never so old.</summary>
    private static readonly TimeSpan _staleAfter = TimeSpan.FromDays(1);

    /// <summary>Sweeps one folder that the engine writes to. What can't be removed is left to the next time.</summary>
    public static async Task SweepAsync(IFileFolder folder, string path, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var listing = await folder.ListAsync(path, cancellationToken);
            foreach (var part in listing.Entries.Where(entry => entry.IsFile && PlacePath.IsTemporary(entry.Name) && now - entry.ModifiedAt > _staleAfter))
            {
                await folder.DeleteAsync(path.Length == 0 ? part.Name : $"{path}/{part.Name}", cancellationToken);
            }
        }
        catch (FileFaultException)
        {
            // The folder can be written to, which is what it is for.
        }
    }
}
