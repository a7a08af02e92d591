using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Testing;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Maps;

/// <summary>What a mapping folder goes through before it is deployed: check, tests, and what would be different from the set in use.</summary>
/// <param name="Hash">The set that passed.</param>
/// <param name="InPlaceOf">The set in use, whose place it is to take: what was examined holds for no other. <see cref="SetDeployment.NoSet"/> when none is.</param>
internal sealed record DeployExamination(string Hash, string InPlaceOf)
{
    /// <param name="gate">What may fail all the same.</param>
    /// <param name="corpus">By which messages it is compared; null compares nothing.</param>
    /// <param name="limit">The most stored messages.</param>
    /// <returns>Null when it did not pass: why, and how to go on, was said.</returns>
    /// <exception cref="MappingException">The folder has errors.</exception>
    public static async Task<DeployExamination?> RunAsync(CommandContext context, DiffGate gate, DiffCorpus? corpus, int limit)
    {
        var set = MapCommands.Load(context);
        MapCommands.Require(context, set, practice: null);
        if (!PassesTests(context, set, gate))
        {
            return null;
        }

        var sets = (await context.AskAsync(new MappingHistoryRequest(1) { Actor = context.Terminal.Actor })).Sets;
        if (corpus is null || sets is not [var inForce, ..] || inForce.Hash == set.Hash)
        {
            context.Terminal.Line(corpus is null ? "Not compared with the set in use." : sets.Count == 0 ? "No set is in use yet: there is nothing to compare." : $"Set {set.Hash} is in use already: there is nothing to compare.");
            return new DeployExamination(set.Hash, sets is [var used, ..] ? used.Hash : SetDeployment.NoSet);
        }

        if (await UnreadableAsync(context, inForce.Hash) is { } why)
        {
            // Another version deployed it, or it was altered: to put another in its place is what mends that. A person decides so.
            var isAccepted = gate.Accepted.Contains(FailureReason.NotCompared);
            context.Terminal.Line($"Not compared with set {inForce.Hash}, which is in use: {why}{(isAccepted ? $" Accepted because {gate.Because}." : "")}");
            if (!isAccepted)
            {
                context.Terminal.Problem($"What would be different is not known. To go on all the same, accept it with a reason: --accept {FailureReason.NotCompared} --because \"...\".");
            }

            return isAccepted ? new DeployExamination(set.Hash, inForce.Hash) : null;
        }

        return await PassesGateAsync(context, inForce.Hash, set.Hash, gate, corpus, limit) ? new DeployExamination(set.Hash, inForce.Hash) : null;
    }

    private static bool PassesTests(CommandContext context, MappingSet set, DiffGate gate)
    {
        var results = MappingTestRun.Run(set);
        var failed = results.Where(result => !result.IsPassed).ToList();
        foreach (var failure in failed.SelectMany(result => result.Failures))
        {
            context.Terminal.Line($"{MapCommands.FolderText(context)}{failure}");
        }

        var isAccepted = gate.Accepted.Contains(DiffGate.Tests);
        context.Terminal.Line($"Tests: {results.Count} cases, {failed.Count} failed{(failed.Count > 0 && isAccepted ? $", accepted because {gate.Because}" : "")}.");
        if (failed.Count > 0 && !isAccepted)
        {
            context.Terminal.Problem($"{failed.Count} test cases fail. Mend them; to go on all the same, accept it with a reason: --accept {DiffGate.Tests} --because \"...\".");
        }

        return failed.Count == 0 || isAccepted;
    }

    /// <summary>Why this version can't read a set that was deployed; null when it can.</summary>
    private static async Task<string?> UnreadableAsync(CommandContext context, string hash)
    {
        await using var control = await context.ConnectAsync();
        switch (await control.AskAsync(new ShowMappingSetRequest(hash) { Actor = context.Terminal.Actor }, context.CancellationToken))
        {
            case FailureAnswer { Kind: FailureKind.Refused or FailureKind.NotFound } failure:
                return failure.Message;
            case FailureAnswer failure:
                throw new CommandFailedException(failure.Message);
            case MappingSetAnswer answer when MappingSet.HashOf(answer.Files) != hash:
                return "its files are those of another set.";
            case MappingSetAnswer answer:
                return MappingSet.LoadInUse(answer.Files, context.Settings.Practices).Problems.FirstOrDefault(problem => problem.Severity == MappingSeverity.Error)?.ToShortText("");
            case var other:
                throw new CommandFailedException($"The engine answered {other.GetType().Name}. Is it of another version?");
        }
    }

    private static async Task<bool> PassesGateAsync(CommandContext context, string inForce, string examined, DiffGate gate, DiffCorpus corpus, int limit)
    {
        var (old, young) = (new NamedMapSet("deployed", new MappingPlace(null, inForce)), new NamedMapSet("working", new MappingPlace(Path.GetFullPath(context.Settings.Mappings), null)));
        var (report, isLimited) = corpus.Files is { } files
            ? (await MapDiffCommand.OfFilesAsync(context, old, young, files, kind: null, showsValues: false), false)
            : await MapDiffCommand.OfStoreAsync(context, old, young, corpus, limit, showsValues: false);
        if (report.Before != inForce || report.After != examined)
        {
            context.Terminal.Problem($"Sets {report.Before} and {report.After} were compared, not {inForce} and {examined}: the folder {young.Place.Folder} was changed meanwhile, or is another one where the engine runs. Ask again.");
            return false;
        }

        if (report is { Messages: 0, NotCompared: [] })
        {
            context.Terminal.Line("No message of that time is stored: there is nothing to compare.");
        }
        else
        {
            context.Terminal.Line($"Compared with set {inForce}{(isLimited ? $", by the last {limit} messages of that time" : "")}:");
            ComparisonText.Show(context.Terminal, report);
        }

        var isOpen = report.NotAccepted(gate.Accepted).Count == 0;
        (isOpen ? context.Terminal.Out : context.Terminal.Error).WriteLine(gate.Line(report));
        return isOpen;
    }
}
