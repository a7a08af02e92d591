using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>A person undoes a merge: the retired record is its own again, with everything that hangs on it.</summary>
internal sealed class MergeOperations(EngineParts parts, RecordOperations records)
{
    private const int AttemptsMax = 10;

    public async Task<UnmergedAnswer> UndoAsync(UnmergeRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            throw RequestException.Usage("Say why: --reason \"two people after all\".");
        }

        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var retired = await parts.Store.LookAsync(reader => records.Find(reader, request.Practice, RecordDefinition.Patient, request.ExternalId), cancellationToken)
                ?? throw RequestException.NotFound($"Practice {request.Practice} has no patient {request.ExternalId}.");
            if (retired[Merging.MergedInto] is not { } survivor)
            {
                throw RequestException.Refused($"Patient {request.ExternalId} is not merged into another.");
            }

            if (await TryCommitAsync(request, retired, survivor, cancellationToken))
            {
                return new UnmergedAnswer(Views.Readable(retired.ExternalId), survivor);
            }
        }

        throw RequestException.Refused("It changed meanwhile, again and again. Nothing was changed; try again.");
    }

    private async Task<bool> TryCommitAsync(UnmergeRequest request, StoredRecord retired, string survivor, CancellationToken cancellationToken)
    {
        // Later than the merge, whatever the clocks say: a person's word is not overtaken by what it undoes.
        var merged = retired.Find(Merging.MergedInto)!.Cause!;
        var time = Math.Max(parts.Time.GetUtcNow().ToUnixTimeMilliseconds(), merged.EventTime + 1);
        var cause = new Cause(merged.Message, time, Cause.CommandPrefix + "records unmerge", merged.MappingSet);
        var next = Merging.Revive(retired, cause);
        var unit = new CommitUnit
        {
            Practice = request.Practice,
            Records =
            [
                new RecordWrite
                {
                    Next = next.Next!,
                    ExpectedVersion = retired.Version,
                    Confirmations = retired.Confirmations,
                    OldLookUps = [new LookUpKey(RecordDefinition.Patient, Merging.MergedInto, survivor)],
                    Changes = next.Changes,
                },
            ],
            Audit = request.Audit("records unmerge", request.Practice, $"patient {retired.Id} from {survivor}"),
        };
        return (await parts.Store.CommitAsync(unit, cancellationToken)).Outcome == CommitOutcome.Committed;
    }
}
