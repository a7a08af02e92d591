using System.Text.RegularExpressions;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Destinations.Mllp;

/// <summary>
/// A row of the table that says what a reply means. Each condition that is set must fit; the first row that fits
/// decides. No reply fits only rows that ask for it.
/// </summary>
internal sealed record ReplyRule
{
    /// <summary>The word in <c>Code</c> for an attempt without a reply that can be read and names our message.</summary>
    public const string NoReply = "none";

    /// <summary>MSA-1, any of these; empty for every reply.</summary>
    public IReadOnlyList<AcknowledgementCode> Codes { get; init; } = [];

    /// <summary>The row is about attempts without a reply.</summary>
    public bool IsNoReply { get; init; }

    /// <summary>A code of ERR or MSA-6, any of these; empty for all replies.</summary>
    public IReadOnlyList<string> ErrorCodes { get; init; } = [];

    /// <summary>Is found in MSA-3; null for all replies.</summary>
    public Regex? Text { get; init; }

    public required AttemptOutcome Outcome { get; init; }

    /// <summary>For <see cref="AttemptOutcome.Retry"/>.</summary>
    public RetryLimit Limit { get; init; } = RetryLimit.None;

    /// <param name="reply">Null for an attempt without a reply.</param>
    public bool Fits(AcknowledgementReply? reply)
    {
        if (reply is null)
        {
            return IsNoReply;
        }

        return !IsNoReply
            && (Codes.Count == 0 || Codes.Contains(reply.Code))
            && (ErrorCodes.Count == 0 || reply.ErrorCodes.Any(code => ErrorCodes.Contains(code, StringComparer.OrdinalIgnoreCase)))
            && (Text is null || Text.IsMatch(reply.Text));
    }
}
