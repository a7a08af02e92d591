using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using NodaTime;

namespace InterfaceEngine.Sources.Files;

/// <summary>
/// Puts files away that were dealt with, and nothing else: a file that was replaced under its name meanwhile stays, for nobody has
/// read it. What has a name already keeps it; the newcomer gets its run's id into the name.
/// </summary>
/// <param name="folder">The source's place.</param>
/// <param name="options">Which folders.</param>
/// <param name="zone">The practice's, in which days begin.</param>
/// <param name="time">The clock.</param>
internal sealed class FileArchive(IFileFolder folder, FileSourceOptions options, DateTimeZone zone, TimeProvider time)
{
    /// <summary>How a file ends that is being deleted: it has been read, and is looked at once more. It begins with a dot.</summary>
    private const string Deleting = ".read";

    private readonly HashSet<string> _swept = new(StringComparer.Ordinal);

    /// <summary>
    /// Puts files back whose deletion broke off: what one of them holds may have been put in the read one's place. One that was read is known
    /// by its content, and deleted again.
    /// </summary>
    /// <returns>Whether one was put back. Where its name is taken, it waits until that file is gone.</returns>
    public async Task<bool> RecoverAsync(FolderListing listing, CancellationToken cancellationToken)
    {
        var names = listing.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var hidden = names.Where(name => name.Length > Deleting.Length + 1 && name[0] == '.' && name.EndsWith(Deleting, StringComparison.Ordinal) && !names.Contains(name[1..^Deleting.Length])).ToList();
        foreach (var name in hidden)
        {
            await folder.MoveAsync(At(name), At(name[1..^Deleting.Length]), cancellationToken);
        }

        return hidden.Count > 0;
    }

    /// <summary>For a file whose last row is on disk.</summary>
    /// <returns>False when it was replaced or is gone: the new one is taken up as any other.</returns>
    /// <exception cref="FileFaultException">It can't be put away, and is where it was.</exception>
    public Task<bool> PutReadAsync(DroppedFile file, EngineId run, CancellationToken cancellationToken) => options.Afterwards switch
    {
        Afterwards.Keep => Task.FromResult(true),
        Afterwards.Delete => DeleteAsync(file, run, cancellationToken),
        _ => MoveAsync(file, $"{options.Done}/{Day(time.GetUtcNow())}", run, cancellationToken),
    };

    /// <summary>For a file that can't be read, or is not to be.</summary>
    /// <inheritdoc cref="PutReadAsync"/>
    public async Task<bool> PutFailedAsync(DroppedFile file, EngineId? run, string reason, CancellationToken cancellationToken)
    {
        // One that was not even opened has no run, and needs a name of its own all the same.
        var mark = run ?? new EngineId(time.GetUtcNow().ToUnixTimeMilliseconds());
        if (!await MoveAsync(file, options.Failed, mark, cancellationToken))
        {
            return false;
        }

        await WriteNewAsync(options.Failed, $"{file.Entry.Name}.reason.txt", mark, (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes($"{reason}\n{(run is null ? "" : $"Run {run}, ")}{time.GetUtcNow():yyyy-MM-dd HH:mm:ss'Z'}\n"), token).AsTask(), cancellationToken);
        return true;
    }

    /// <summary>Writes a file whose name is a run's own.</summary>
    public async Task WriteAsync(string below, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        await MakeAsync(below, cancellationToken);
        await folder.WriteAsync(At(below, name), write, replaces: true, cancellationToken);
    }

    /// <summary>Writes a file that tells of another one, under that one's name.</summary>
    public async Task WriteNewAsync(string below, string name, EngineId run, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        await MakeAsync(below, cancellationToken);
        try
        {
            await folder.WriteAsync(At(below, name), write, replaces: false, cancellationToken);
        }
        catch (FileFaultException fault) when (fault.Fault == FileFault.Exists)
        {
            // Of the same run it says the same.
            await folder.WriteAsync(At(below, WithRun(name, run)), write, replaces: true, cancellationToken);
        }
    }

    /// <summary>Puts a file back where it was dropped, if it is where this engine put it.</summary>
    /// <returns>Whether it is there again.</returns>
    public async Task<bool> BringBackAsync(string name, EngineId run, DateTimeOffset putAt, CancellationToken cancellationToken)
    {
        foreach (var below in new[] { $"{options.Done}/{Day(putAt)}", $"{options.Done}/{Day(putAt.AddDays(1))}", options.Failed })
        {
            foreach (var put in new[] { WithRun(name, run), name })
            {
                if (await folder.FindAsync(At(below, put), cancellationToken) is { IsFile: true })
                {
                    await folder.MoveAsync(At(below, put), At(name), cancellationToken);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary><c>patients.csv</c> with its run's id: <c>patients.1A2B.csv</c>. It still ends as it did, so that programs know what it is.</summary>
    public static string WithRun(string name, EngineId run)
    {
        var end = Path.GetExtension(name);
        return $"{name[..^end.Length]}.{run}{end}";
    }

    /// <summary>Makes a folder that is written to, and takes away what was left there unfinished, once.</summary>
    private async Task MakeAsync(string below, CancellationToken cancellationToken)
    {
        await folder.MakeFolderAsync(At(below), cancellationToken);
        if (_swept.Add(below))
        {
            await StaleParts.SweepAsync(folder, At(below), time.GetUtcNow(), cancellationToken);
        }
    }

    private async Task<bool> MoveAsync(DroppedFile file, string below, EngineId run, CancellationToken cancellationToken)
    {
        if (!await IsSameAsync(file, At(file.Entry.Name), cancellationToken))
        {
            return false;
        }

        await folder.MakeFolderAsync(At(below), cancellationToken);
        var put = await MoveAsync(file.Entry.Name, below, run, cancellationToken);
        if (put is null)
        {
            return false;
        }

        if (!await IsSameAsync(file, put, cancellationToken))
        {
            // It was replaced between the look and the move: what lies there now, nobody has read.
            await PutBackAsync(put, file.Entry.Name, run, cancellationToken);
            return false;
        }

        if (file.Marker is { } marker)
        {
            await MoveAsync(marker, below, run, cancellationToken);
        }

        return true;
    }

    /// <summary>Where it is now; null when it is gone.</summary>
    private async Task<string?> MoveAsync(string name, string below, EngineId run, CancellationToken cancellationToken)
    {
        foreach (var put in new[] { At(below, name), At(below, WithRun(name, run)) })
        {
            try
            {
                await folder.MoveAsync(At(name), put, cancellationToken);
                return put;
            }
            catch (FileFaultException fault) when (fault.Fault == FileFault.Exists && put != At(below, WithRun(name, run)))
            {
            }
            catch (FileFaultException fault) when (fault.Fault == FileFault.NotFound)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Under a hidden name first: what was put in its place between the look and the deletion is not deleted.</summary>
    private async Task<bool> DeleteAsync(DroppedFile file, EngineId run, CancellationToken cancellationToken)
    {
        var hidden = At($".{WithRun(file.Entry.Name, run)}{Deleting}");
        if (!await IsSameAsync(file, At(file.Entry.Name), cancellationToken))
        {
            return false;
        }

        await folder.MoveAsync(At(file.Entry.Name), hidden, cancellationToken);
        if (!await IsSameAsync(file, hidden, cancellationToken))
        {
            await PutBackAsync(hidden, file.Entry.Name, run, cancellationToken);
            return false;
        }

        await folder.DeleteAsync(hidden, cancellationToken);
        if (file.Marker is { } marker)
        {
            await folder.DeleteAsync(At(marker), cancellationToken);
        }

        return true;
    }

    /// <summary>Back to where it was dropped; beside what has come there again meanwhile.</summary>
    private async Task PutBackAsync(string put, string name, EngineId run, CancellationToken cancellationToken)
    {
        try
        {
            await folder.MoveAsync(put, At(name), cancellationToken);
        }
        catch (FileFaultException fault) when (fault.Fault == FileFault.Exists)
        {
            await folder.MoveAsync(put, At(WithRun(name, run)), cancellationToken);
        }
    }

    private async Task<bool> IsSameAsync(DroppedFile file, string path, CancellationToken cancellationToken) =>
        await folder.FindAsync(path, cancellationToken) is { } now && now.Size == file.Entry.Size && now.ModifiedAt == file.Entry.ModifiedAt;

    private string At(string name) => options.Folder.Length == 0 ? name : $"{options.Folder}/{name}";

    private string At(string below, string name) => At($"{below}/{name}");

    private string Day(DateTimeOffset moment) =>
        Instant.FromDateTimeOffset(moment).InZone(zone).ToString("uuuu'-'MM'-'dd", CultureInfo.InvariantCulture);
}
