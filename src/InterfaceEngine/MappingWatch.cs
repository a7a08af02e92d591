using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>
/// Looks at this node's mapping folder while the engine runs. Files that have errors change nothing, and are told of in
/// <c>status</c>, health and the log until they are mended: the set in use stays, and an engine with a store of its own may not
/// start with them (it does where only this version refuses them: <see cref="MappingFolder.LoadUsable"/>). With <see cref="IsDeploying"/> (<c>run --watch</c>) whatever is saved is deployed as soon as it has no errors.
/// </summary>
/// <param name="settings">The engine's own.</param>
/// <param name="store">Where sets are deployed.</param>
/// <param name="live">The set in use.</param>
/// <param name="readiness">Where the folder's errors are reported.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Says what was found.</param>
internal sealed partial class MappingWatch(EngineSettings settings, IEngineStore store, LiveMappings live, Readiness readiness, TimeProvider time, ILogger<MappingWatch> logger)
{
    /// <summary>The name of its check.</summary>
    public const string Check = "mapping folder";

    /// <summary>Who deploys, in the audit.</summary>
    public const string Actor = "watch";

    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _lookOften = TimeSpan.FromMilliseconds(500);

    private volatile FolderFinding _found = FolderFinding.Fine;

    /// <summary>What is saved and has no errors is deployed, with no other question asked: for a developer's own engine.</summary>
    public bool IsDeploying { get; init; }

    /// <summary>What was found last.</summary>
    public FolderFinding Found => _found;

    /// <summary>Looks from time to time, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = IsDeploying ? _lookOften : _lookEvery;
        string? seen = null;
        while (true)
        {
            var stamp = MappingFolder.Stamp(settings.Mappings);
            await Task.Delay(pause, time, cancellationToken);

            // Files that still change are being written.
            if (stamp != seen && MappingFolder.Stamp(settings.Mappings) == stamp)
            {
                seen = await LookAsync(cancellationToken) ? stamp : null;
            }
        }
    }

    /// <returns>False when it is to look again, though nothing changed.</returns>
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var (files, finding) = await Task.Run(Read, cancellationToken);
        if (finding.Problem is { } problem && problem != _found.Problem)
        {
            Log.FolderRefused(logger, problem);
        }

        _found = finding;
        readiness.Report(Check, finding.Problem, ReadinessEffect.Warns);
        if (!IsDeploying || files is null || files.Set.Hash == live.Current.Hash)
        {
            return true;
        }

        try
        {
            await store.KeepMappingSetAsync(files.Set.Hash, files.Content, cancellationToken);
            var audit = new AuditEntry(Actor, "map deploy", null, files.Set.Hash, "saved while the folder was watched");
            await store.DeployMappingSetAsync(new SetDeployment(files.Set.Hash) { Audit = audit }, cancellationToken);
            return true;
        }
        catch (StoreUnavailableException failure)
        {
            Log.NotDeployed(logger, failure.Message);
            return false;
        }
    }

    /// <summary>Reads and checks the folder; the files are null when they can't be used.</summary>
    private (MappingFiles? Files, FolderFinding Finding) Read()
    {
        try
        {
            var files = MappingFolder.LoadFiles(settings.Mappings, settings.Practices);
            var errors = files.Set.Problems.Count(problem => problem.Severity == MappingSeverity.Error);
            var warnings = files.Set.Problems.Count(problem => problem.Severity == MappingSeverity.Warning);
            return files.FirstError is { } first
                ? (null, new FolderFinding(errors, warnings, Sentence($"has {errors} {(errors == 1 ? "error" : "errors")}", first.ToShortText())))
                : (files, new FolderFinding(0, warnings, null));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return (null, new FolderFinding(1, 0, Sentence("can't be read", failure.Message)));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Files that nobody deployed are read here, half-typed ones too. Whatever a fault of ours makes of them, the engine runs on
            // with the set that it has: it must never end because a file was saved.
            Log.LoadFailed(logger, failure);
            return (null, new FolderFinding(1, 0, Sentence("can't be loaded", $"{failure.GetType().Name}: {failure.Message} This is a fault of the engine's, and the log has more of it")));
        }
    }

    private string Sentence(string what, string first) => $"this node's folder {what}, so set {live.Current.Hash} stays in use. The first: {first}";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What the mapping folder holds can't be deployed: {Problem}", EventName = "MappingFolderRefused")]
        public static partial void FolderRefused(ILogger logger, string problem);

        [LoggerMessage(2, LogLevel.Warning, "The mapping folder was changed and could not be deployed; it is tried again: {Reason}", EventName = "MappingFolderNotDeployed")]
        public static partial void NotDeployed(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Error, "The mapping folder could not be loaded, by a fault of the engine's; the set in use stays", EventName = "MappingFolderFault")]
        public static partial void LoadFailed(ILogger logger, Exception failure);
    }
}

/// <summary>What was found in a mapping folder.</summary>
/// <param name="Problem">Why its files can't be used; null when they can.</param>
internal sealed record FolderFinding(int Errors, int Warnings, string? Problem)
{
    public static FolderFinding Fine { get; } = new(0, 0, null);
}
