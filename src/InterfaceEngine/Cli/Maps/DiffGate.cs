using System.CommandLine;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping.Comparing;

namespace InterfaceEngine.Cli.Maps;

/// <summary>What may newly fail, and why: everything else keeps a set from being deployed.</summary>
/// <param name="Accepted">MAP codes and words of <see cref="FailureReason"/>.</param>
/// <param name="Because">The reason; null where nothing is accepted.</param>
internal sealed partial record DiffGate(IReadOnlyList<string> Accepted, string? Because)
{
    /// <summary>What <c>map deploy</c> accepts beside: tests that fail.</summary>
    public const string Tests = "tests";

    public static Option<string[]> AcceptOption => new("--accept")
    {
        Description = "A code (MAP504, or unmapped, filtered, no-record, required) by which messages may newly fail, or not-compared. May be given several times; needs --because.",
        HelpName = "CODE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    public static Option<string?> BecauseOption => new("--because") { Description = "Why what is accepted may fail: kept in the audit by map deploy.", HelpName = "TEXT" };

    /// <param name="more">Words that this command accepts beside.</param>
    /// <exception cref="UsageException">A code is none, or the reason is missing.</exception>
    public static DiffGate Of(IReadOnlyList<string> accepted, string? because, params string[] more)
    {
        foreach (var code in accepted.Where(code => !Code().IsMatch(code) && !FailureReason.All.Contains(code) && !more.Contains(code)))
        {
            throw new UsageException($"--accept {code}: neither a code such as MAP504 nor one of {string.Join(", ", FailureReason.All.Concat(more))}.");
        }

        return accepted.Count > 0 && string.IsNullOrWhiteSpace(because)
            ? throw new UsageException("--accept needs a reason: --because \"...\".")
            : new DiffGate(accepted, accepted.Count > 0 ? because : null);
    }

    /// <summary>Why something is deployed, for the audit: what the person says, and what was accepted.</summary>
    public string? Reason(string? given) =>
        Accepted.Count == 0 ? given : $"{(given is null ? "" : $"{given}; ")}accepted {string.Join(", ", Accepted)}: {Because}";

    /// <summary>One line for people: open, or what keeps it shut and how to go on.</summary>
    public string Line(ComparisonReport report) => report.NotAccepted(Accepted) switch
    {
        [] when report.Failures.Count == 0 => "Gate: open, nothing newly fails.",
        [] => $"Gate: open, accepted: {Words(report.Failures)}, because {Because}.",
        var shut => $"Gate: shut, {(report.NewlyFailing > 0 ? $"{report.NewlyFailing} newly fail: " : "")}{Words(shut)}. To go on all the same, accept them with a reason: {string.Join(' ', shut.Select(failure => $"--accept {failure.Reason}"))} --because \"...\".",
    };

    private static string Words(IEnumerable<CountedReason> failures) => string.Join(", ", failures.Select(failure => failure.Reason == FailureReason.NotCompared ? $"{failure.Count} not compared" : $"{failure.Count} by {failure.Reason}"));

    [GeneratedRegex("^MAP[0-9]{3}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
