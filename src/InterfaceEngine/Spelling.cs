using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine;

/// <summary>Helps on with a misspelt word of the settings or the command line, as the mappings do with theirs.</summary>
internal static class Spelling
{
    /// <summary><c> Did you mean X?</c> behind the sentence it follows, or nothing.</summary>
    public static string DidYouMean(string word, IEnumerable<string> candidates) =>
        Suggestion.Advice(word, candidates) is { } advice ? $" {advice}" : "";
}
