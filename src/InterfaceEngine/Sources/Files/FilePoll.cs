using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Packed;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Files;

/// <summary>
/// One look at a folder after the other, until nothing in it still grows: every file that is finished is read to its end, in order, and
/// put away. A file is moved only by what became of it in the store; whatever breaks off leaves it where it is. Names are never logged.
/// </summary>
/// <param name="source">The source's name and binding.</param>
/// <param name="options">What is looked for.</param>
/// <param name="intake">Reads the files.</param>
/// <param name="writeBack">Writes back what is to be told of a file that was read.</param>
/// <param name="decisions">Whether a person has decided about a run that was held.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Says what became of each file.</param>
internal sealed partial class FilePoll(
    string source, FileSourceOptions options, IFileIntake intake, WriteBack writeBack, Func<EngineId, CancellationToken, Task<FileRunState?>> decisions, TimeProvider time, ILogger logger)
{
    private readonly FinishedFiles _finished = new(options, time);
    private readonly Dictionary<string, Dealt> _dealt = new(StringComparer.Ordinal);

    /// <summary>Polls once.</summary>
    /// <param name="folder">The place, open.</param>
    /// <param name="archive">Where its files are put.</param>
    /// <param name="cancellationToken">Ends it, at once: what is being read goes on the next time.</param>
    /// <returns>What became of the files; a fault of one file is in it.</returns>
    /// <exception cref="FileFaultException">The place failed: what was not dealt with is as it was.</exception>
    /// <exception cref="StoreUnavailableException">Our store failed: the file that was being read is where it was.</exception>
    public async Task<PollResult> RunAsync(IFileFolder folder, FileArchive archive, CancellationToken cancellationToken)
    {
        var (result, begun) = (new PollResult(), time.GetTimestamp());
        while (true)
        {
            var listing = await folder.ListAsync(options.Folder, cancellationToken);
            if (options.Afterwards == Afterwards.Delete && await archive.RecoverAsync(listing, cancellationToken))
            {
                listing = await folder.ListAsync(options.Folder, cancellationToken);
            }

            var look = _finished.Look(listing.Entries);
            ForgetGone(listing);
            result.LeftOut = listing.LeftOut;
            result.Growing = look.Growing;
            foreach (var file in look.Finished)
            {
                // Kept files that are looked at anew after a restart must not keep tonight's waiting.
                if (result.Files - result.Known >= options.FilesMax)
                {
                    return result;
                }

                await TakeAsync(folder, archive, file, result, cancellationToken);
            }

            if (look.Growing == 0 || time.GetElapsedTime(begun) >= options.GrowingFor)
            {
                return result;
            }

            await Task.Delay(options.UnchangedFor, time, cancellationToken);
        }
    }

    /// <summary>What was dealt with under this name is looked at anew.</summary>
    public void Forget(string name) => _dealt.Remove(name);

    private async Task TakeAsync(IFileFolder folder, FileArchive archive, DroppedFile file, PollResult result, CancellationToken cancellationToken)
    {
        try
        {
            if (await DealAsync(folder, file, result, cancellationToken) is { IsAway: false } dealt && dealt.Outcome.Run?.State != FileRunState.Held)
            {
                await PutAwayAsync(archive, file, dealt, cancellationToken);
            }
        }
        catch (FileFaultException fault) when (fault.Fault is FileFault.Permission or FileFault.Refused or FileFault.Exists or FileFault.NotFound)
        {
            // The others may be well.
            result.Faults.Add(fault.Message);
        }
        catch (Exception failure) when (IsOfTheFile(failure, cancellationToken))
        {
            // We are wrong, and would be again after a start: one file must not end the engine, nor keep the others waiting.
            Log.FileFailed(logger, source, new ExceptionPlace(failure));
            result.Faults.Add($"A file can't be read for a fault of the engine ({failure.GetType().Name}). It stays where it is and is tried again; the log says where the fault is.");
        }
    }

    /// <summary>Neither our store nor the place failed, and nobody stops us.</summary>
    private static bool IsOfTheFile(Exception failure, CancellationToken cancellationToken) =>
        failure is not (StoreUnavailableException or FileFaultException) && !(failure is OperationCanceledException && cancellationToken.IsCancellationRequested);

    /// <summary>What became of the file; null when it is another by now, or gone, or another's to read.</summary>
    private async Task<Dealt?> DealAsync(IFileFolder folder, DroppedFile file, PollResult result, CancellationToken cancellationToken)
    {
        if (_dealt.TryGetValue(file.Entry.Name, out var dealt) && dealt.Entry == file.Entry)
        {
            switch (await DecisionAsync(dealt, cancellationToken))
            {
                case null or FileRunState.Held:
                    return dealt;
                case FileRunState.Discarded:
                    return _dealt[file.Entry.Name] = dealt with { Outcome = new TakenFile(dealt.Outcome.Run! with { State = FileRunState.Discarded }, "A person decided that it is not to be read.") };
            }
        }

        result.Files++;
        try
        {
            dealt = new Dealt(file.Entry, await ReadAsync(folder, file, cancellationToken), IsAway: false);
            if (dealt.Outcome is { Run: { State: FileRunState.Running } lost, Reason: var reason })
            {
                // Whoever has the run now may end it; the next poll finds out what became of it.
                Log.FileLost(logger, source, lost.Id, reason ?? "");
                return null;
            }
        }
        catch (FileFaultException fault) when (fault.Fault is FileFault.Changed or FileFault.NotFound)
        {
            // Whoever drops files may replace them, or take them away again.
            _finished.Restart(file.Entry.Name);
            result.Changed++;
            Log.FileChanged(logger, source);
            return null;
        }
        catch (FileFaultException fault) when (fault.Fault == FileFault.Damaged)
        {
            dealt = new Dealt(file.Entry, new TakenFile(null, fault.Message), IsAway: false);
        }

        Count(dealt.Outcome, result);
        return _dealt[file.Entry.Name] = dealt;
    }

    /// <summary>One that is held stays as it is until a person says what is to become of it. Null for all others.</summary>
    private async Task<FileRunState?> DecisionAsync(Dealt dealt, CancellationToken cancellationToken) =>
        dealt.Outcome.Run is { State: FileRunState.Held } held ? await decisions(held.Id, cancellationToken) : null;

    private async Task<TakenFile> ReadAsync(IFileFolder folder, DroppedFile file, CancellationToken cancellationToken)
    {
        if (file.Entry.Size > options.FileBytesMax)
        {
            return new TakenFile(null, $"The file has {file.Entry.Size} bytes, and at most {options.FileBytesMax} are taken (FileBytesMax). It was not opened.");
        }

        var path = options.Folder.Length == 0 ? file.Entry.Name : $"{options.Folder}/{file.Entry.Name}";
        var outcome = await intake.TakeAsync(
            new OfferedFile
            {
                Practice = options.Practice,
                Source = source,
                Kind = options.File,
                Name = file.Entry.Name,
                ModifiedAt = file.Entry.ModifiedAt,
                Size = file.Entry.Size,
                OpenAsync = token => folder.OpenReadAsync(path, token),
                Unpack = options.Unpack is { } unpack ? packed => new UnpackedStream(packed, unpack) : null,
            },
            cancellationToken);
        return new TakenFile(outcome.Run, outcome.Reason);
    }

    private async Task PutAwayAsync(FileArchive archive, DroppedFile file, Dealt dealt, CancellationToken cancellationToken)
    {
        var (run, reason) = dealt.Outcome;
        bool isAway;
        if (IsRead(run))
        {
            if (run!.State == FileRunState.Done || (run.State == FileRunState.Known && options.Afterwards != Afterwards.Keep))
            {
                await writeBack(run, file.Entry.Name, archive, cancellationToken);
            }

            isAway = await archive.PutReadAsync(file, run.Id, cancellationToken);
        }
        else
        {
            isAway = await archive.PutFailedAsync(file, run?.Id, reason ?? "It was not taken.", cancellationToken);
        }

        _dealt.Remove(file.Entry.Name);
        if (!isAway)
        {
            _finished.Restart(file.Entry.Name);
            Log.FileChanged(logger, source);
        }
        else if (IsRead(run) && options.Afterwards == Afterwards.Keep)
        {
            _dealt[file.Entry.Name] = dealt with { IsAway = true };
        }
    }

    private static bool IsRead(FileRun? run) => run?.State is FileRunState.Done or FileRunState.Known or FileRunState.Undone;

    private void Count(TakenFile taken, PollResult result)
    {
        switch (taken.Run?.State)
        {
            case FileRunState.Done:
                result.Done++;
                break;
            case FileRunState.Known:
                result.Known++;
                Log.FileKnown(logger, source, taken.Run.Id);
                break;
            case FileRunState.Held:
                result.Held++;
                Log.FileHeld(logger, source, taken.Run.Id, taken.Reason ?? "");
                break;
            default:
                result.Refused++;
                Log.FileRefused(logger, source, taken.Run?.Id.ToString() ?? "none", taken.Reason ?? "");
                break;
        }
    }

    private void ForgetGone(FolderListing listing)
    {
        var there = listing.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _dealt.Keys.Where(name => !there.Contains(name)).ToList())
        {
            _dealt.Remove(gone);
        }
    }

    /// <param name="Run">Null for one that was too large to be opened.</param>
    private sealed record TakenFile(FileRun? Run, string? Reason);

    /// <summary>A file of which is known what became of it.</summary>
    /// <param name="IsAway">Nothing is to be done about it any more: it is kept where it is.</param>
    private sealed record Dealt(FolderEntry Entry, TakenFile Outcome, bool IsAway);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Source} found a file whose content came before; nothing of it was read: run {Run}", EventName = "FileKnown")]
        public static partial void FileKnown(ILogger logger, string source, EngineId run);

        [LoggerMessage(2, LogLevel.Warning, "{Source} holds a file for a person: run {Run}: {Reason}. See: files held", EventName = "FileHeld")]
        public static partial void FileHeld(ILogger logger, string source, EngineId run, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{Source} did not take a file: run {Run}: {Reason}", EventName = "FileRefused")]
        public static partial void FileRefused(ILogger logger, string source, string run, string reason);

        [LoggerMessage(4, LogLevel.Information, "{Source}: a file was changed or taken away while it was looked at. It is looked at again", EventName = "FileChanged")]
        public static partial void FileChanged(ILogger logger, string source);

        [LoggerMessage(5, LogLevel.Warning, "{Source} leaves a file where it is that another reads: run {Run}: {Reason}", EventName = "FileLost")]
        public static partial void FileLost(ILogger logger, string source, EngineId run, string reason);

        [LoggerMessage(6, LogLevel.Critical, "{Source}: a file makes the engine fail and stays where it is: {Place}", EventName = "FileFailed")]
        public static partial void FileFailed(ILogger logger, string source, ExceptionPlace place);
    }
}

/// <summary>What became of the files of one poll, in numbers.</summary>
internal sealed class PollResult
{
    /// <summary>How many were opened or refused unopened.</summary>
    public int Files { get; set; }

    public int Done { get; set; }

    public int Known { get; set; }

    public int Held { get; set; }

    public int Refused { get; set; }

    /// <summary>How many were replaced or taken away while they were looked at.</summary>
    public int Changed { get; set; }

    /// <summary>How many still grew when the poll ended.</summary>
    public int Growing { get; set; }

    /// <summary>How many names of the folder are no names of files.</summary>
    public int LeftOut { get; set; }

    /// <summary>What failed with single files. The others went on.</summary>
    public List<string> Faults { get; } = [];
}

/// <summary>Writes back what is to be told of a file whose last row is on disk, before the file is put away. May be asked again for the same run.</summary>
/// <exception cref="FileFaultException">It can't be written: the file stays, and both are tried again.</exception>
internal delegate Task WriteBack(FileRun run, string name, FileArchive archive, CancellationToken cancellationToken);
