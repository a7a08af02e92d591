using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Destinations.Mllp;

/// <summary>
/// What each reply means: the rows of the settings, then rows of our own, so that every reply fits one.
/// </summary>
internal sealed class ReplyTable
{
    /// <summary>
    /// AA and CA are deliveries, and nothing else is. A type, event, version or processing id that is not served
    /// (200-203) is not served next time either, nor is bad content taken: a person decides. A receiver that rejects
    /// otherwise may be in trouble, so it is tried for a while; one that says nothing is tried until it speaks.
    /// </summary>
    private static readonly ReplyRule[] _accepted = [new() { Codes = [AcknowledgementCode.AA, AcknowledgementCode.CA], Outcome = AttemptOutcome.Delivered }];

    private static readonly ReplyRule[] _refused =
    [
        new() { ErrorCodes = ["200", "201", "202", "203"], Outcome = AttemptOutcome.Refused },
        new() { Codes = [AcknowledgementCode.AE, AcknowledgementCode.CE], Outcome = AttemptOutcome.Refused },
    ];

    private readonly ReplyRule[] _rules;

    /// <param name="rules">The rows of the settings, in order.</param>
    /// <param name="rejected">How often and how long a rejected message is tried where its row does not say.</param>
    public ReplyTable(IReadOnlyList<ReplyRule> rules, RetryLimit rejected)
    {
        _rules =
        [
            .. rules.Select(rule => WithLimit(rule, rejected)),
            .. _accepted,
            .. _refused,
            new ReplyRule { Codes = [AcknowledgementCode.AR, AcknowledgementCode.CR], Outcome = AttemptOutcome.Retry, Limit = rejected },
            new ReplyRule { IsNoReply = true, Outcome = AttemptOutcome.Retry },
        ];
    }

    /// <param name="reply">Null for an attempt without a reply.</param>
    public ReplyRule this[AcknowledgementReply? reply] => Array.Find(_rules, rule => rule.Fits(reply))!;

    private static ReplyRule WithLimit(ReplyRule rule, RetryLimit rejected) =>
        rule is { Outcome: AttemptOutcome.Retry, IsNoReply: false } && rule.Limit == RetryLimit.None ? rule with { Limit = rejected } : rule;
}
