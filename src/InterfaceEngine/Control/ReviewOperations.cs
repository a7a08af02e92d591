using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>A person's decisions about what the engine could not decide.</summary>
internal sealed class ReviewOperations(EngineParts parts)
{
    public async Task<ReviewsAnswer> ListAsync(ListReviewsRequest request, CancellationToken cancellationToken)
    {
        if (request.State is not ("open" or "accepted" or "dismissed"))
        {
            throw RequestException.Usage($"{request.State} is not a state of review items: open, accepted or dismissed.");
        }

        var reviews = await parts.Store.AskAsync(
            request.Audit("review list", request.Practice, request.State),
            reader => reader.Reviews(request.Practice, request.State, Math.Clamp(request.Limit, 1, 1000)),
            cancellationToken);
        return new ReviewsAnswer([.. reviews.Select(Views.Of)]);
    }

    /// <summary>
    /// Takes the messages up again and then closes the item, unless they showed it once more: an unknown code that no
    /// mapping row names yet stays open. Only what the item is about is accepted: a message that is held for another
    /// reason stays held. After a crash in between, accepting again does the rest.
    /// </summary>
    public async Task<DecisionAnswer> AcceptAsync(AcceptReviewRequest request, CancellationToken cancellationToken)
    {
        var (review, messages) = await FindAsync(request, request.Id, cancellationToken);
        var audit = request.Audit("review accept", review.Practice, $"{review.Kind} {review.Id}");
        var accepted = AcceptanceOf(review);
        var replays = new List<ReplayView>();
        foreach (var id in messages)
        {
            var message = await parts.Store.LookAsync(reader => reader.Message(id), cancellationToken);
            if (message is null or { State: MessageState.Dismissed })
            {
                // A person has decided that it is not to be applied; this item does not undo that.
                replays.Add(new ReplayView(id.ToString(), message is null ? "no longer kept" : Views.Word(message.State)));
                continue;
            }

            var receipt = await parts.Replay.ReplayAsync(id, accepted, audit, cancellationToken);
            replays.Add(new ReplayView(id.ToString(), Views.Word(receipt.State)));
        }

        var after = await parts.Store.LookAsync(reader => reader.Review(review.Id), cancellationToken);
        if (after is { State: not "open" })
        {
            // The message that was held left its state, and its item with it.
            return new DecisionAnswer(review.Id.ToString(), after.State, replays);
        }

        if (after is not null && after.Count > review.Count)
        {
            return new DecisionAnswer(review.Id.ToString(), "open", replays);
        }

        await CommitAsync(new CommitUnit { Practice = review.Practice, Decisions = [new ReviewDecision(review.Id, "accepted")], Audit = audit }, cancellationToken);
        return new DecisionAnswer(review.Id.ToString(), "accepted", replays);
    }

    public async Task<DecisionAnswer> DismissAsync(DismissReviewRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            throw RequestException.Usage("Say why with --reason TEXT: what is dismissed is not applied, and the next person wants to know.");
        }

        var (review, messages) = await FindAsync(request, request.Id, cancellationToken);
        var audit = request.Audit("review dismiss", review.Practice, $"{review.Kind} {review.Id}");
        var dismissed = new List<ReplayView>();
        foreach (var id in review.Kind == Details.Held ? messages : [])
        {
            var message = await parts.Store.LookAsync(reader => reader.Message(id), cancellationToken);
            if (message is { State: MessageState.Held })
            {
                await parts.Replay.DismissAsync(message, audit, cancellationToken);
                dismissed.Add(new ReplayView(id.ToString(), Views.Word(MessageState.Dismissed)));
            }
        }

        if (dismissed.Count > 0 && await parts.Store.LookAsync(reader => reader.Review(review.Id), cancellationToken) is { State: not "open" } closed)
        {
            return new DecisionAnswer(review.Id.ToString(), closed.State, dismissed);
        }

        await CommitAsync(new CommitUnit { Practice = review.Practice, Decisions = [new ReviewDecision(review.Id, "dismissed")], Audit = audit }, cancellationToken);
        return new DecisionAnswer(review.Id.ToString(), "dismissed", dismissed);
    }

    private static Acceptance AcceptanceOf(StoredReview review) => review.Kind switch
    {
        Details.Held => Acceptance.OfContradiction,
        Details.ChangeReview when MessageDetail.FromJson(review.Detail).Notes is [{ Field: { } field }, ..] => Acceptance.OfChange(field),
        _ => Acceptance.None,
    };

    private async Task<(StoredReview Review, IReadOnlyList<EngineId> Messages)> FindAsync(ControlRequest request, string text, CancellationToken cancellationToken)
    {
        var id = Views.ParseId(text, "review item");
        var (review, messages) = await parts.Store.LookAsync(
            reader => (reader.Review(id), reader.ReviewMessages(id)), cancellationToken);
        return review switch
        {
            null => throw RequestException.NotFound($"There is no review item {id}."),
            { State: not "open" } => throw RequestException.Refused($"Review item {id} is already {review.State}."),
            _ => (review, messages),
        };
    }

    private async Task CommitAsync(CommitUnit unit, CancellationToken cancellationToken)
    {
        var result = await parts.Store.CommitAsync(unit, cancellationToken);
        if (result.Outcome != CommitOutcome.Committed)
        {
            throw RequestException.Refused("It changed meanwhile. Look at it again.");
        }
    }
}
