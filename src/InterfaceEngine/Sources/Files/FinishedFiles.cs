using InterfaceEngine.Files;

namespace InterfaceEngine.Sources.Files;

/// <summary>
/// Tells which files of a folder are written to their end, from one listing after the other. What is still being written is never
/// read: names that begin with a dot, or end as temporary names do, are not looked at, whatever the rule.
/// </summary>
internal sealed class FinishedFiles(FileSourceOptions options, TimeProvider time)
{
    private static readonly string[] _temporary = [".part", ".partial", ".filepart", ".tmp", ".temp", ".writing", ".crdownload", "~"];

    /// <summary>How far the clocks may be apart by which a file and its marker have their times.</summary>
    private static readonly TimeSpan _clocksApart = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Watched> _watched = new(StringComparer.Ordinal);

    /// <summary>Looks at what a folder holds now.</summary>
    public FolderLook Look(IReadOnlyList<FolderEntry> entries)
    {
        var markers = Markers(entries);
        var (finished, growing) = (new List<DroppedFile>(), 0);
        var candidates = entries.Where(entry => entry.IsFile && !IsTemporary(entry.Name) && !markers.ContainsKey(entry.Name) && options.Pattern.Matches(entry.Name)).ToList();
        Forget(candidates);
        foreach (var entry in candidates)
        {
            if (options.Finished == FinishedRule.Marker)
            {
                if (MarkerOf(entry, markers) is { } marker)
                {
                    finished.Add(new DroppedFile(entry, marker.Name));
                }
            }
            else if (options.Finished == FinishedRule.Renamed || StoodStill(entry))
            {
                finished.Add(new DroppedFile(entry, null));
            }
            else
            {
                growing++;
            }
        }

        return new FolderLook([.. Sort(finished)], growing);
    }

    /// <summary>It changed while it was read: it must stand still once more.</summary>
    public void Restart(string name) => _watched.Remove(name);

    private static bool IsTemporary(string name) =>
        name.StartsWith('.') || _temporary.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    private bool IsMarker(string name) => options.Markers.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    /// <summary>In capitals or not: of <c>.OK</c> and <c>.ok</c> one is as good as the other.</summary>
    private Dictionary<string, FolderEntry> Markers(IReadOnlyList<FolderEntry> entries)
    {
        var markers = new Dictionary<string, FolderEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (var marker in entries.Where(entry => options.Finished == FinishedRule.Marker && entry.IsFile && IsMarker(entry.Name)))
        {
            markers[marker.Name] = marker;
        }

        return markers;
    }

    /// <summary>
    /// The file's marker. One that is much older than the file was made for a file of this name before it: this one is still being written.
    /// Both times may be the sender's own, so a little is put up with.
    /// </summary>
    private FolderEntry? MarkerOf(FolderEntry file, Dictionary<string, FolderEntry> markers) =>
        options.Markers.SelectMany(end => new[] { file.Name + end, Path.GetFileNameWithoutExtension(file.Name) + end })
            .Select(name => markers.GetValueOrDefault(name))
            .FirstOrDefault(marker => marker is not null && marker.ModifiedAt >= file.ModifiedAt - _clocksApart);

    private bool StoodStill(FolderEntry entry)
    {
        var now = time.GetTimestamp();
        if (!_watched.TryGetValue(entry.Name, out var watched) || watched.Size != entry.Size || watched.ModifiedAt != entry.ModifiedAt)
        {
            _watched[entry.Name] = new Watched(entry.Size, entry.ModifiedAt, now);
            return false;
        }

        return time.GetElapsedTime(watched.Since, now) >= options.UnchangedFor;
    }

    /// <summary>What is gone and comes again is another file.</summary>
    private void Forget(List<FolderEntry> candidates)
    {
        var there = candidates.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _watched.Keys.Where(name => !there.Contains(name)).ToList())
        {
            _watched.Remove(gone);
        }
    }

    private IEnumerable<DroppedFile> Sort(List<DroppedFile> files) => options.Order == FileOrder.Time
        ? files.OrderBy(file => file.Entry.ModifiedAt).ThenBy(file => file.Entry.Name, StringComparer.Ordinal)
        : files.OrderBy(file => file.Entry.Name, StringComparer.Ordinal);

    private readonly record struct Watched(long Size, DateTimeOffset ModifiedAt, long Since);
}

/// <param name="Finished">What may be read now, in the source's order.</param>
/// <param name="Growing">How many files have not stood still for long enough.</param>
internal sealed record FolderLook(IReadOnlyList<DroppedFile> Finished, int Growing);

/// <summary>A file that is written to its end.</summary>
/// <param name="Entry">As it was listed.</param>
/// <param name="Marker">The name of its marker; null without one.</param>
internal sealed record DroppedFile(FolderEntry Entry, string? Marker);
