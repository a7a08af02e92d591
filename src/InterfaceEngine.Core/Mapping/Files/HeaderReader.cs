namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>Reads the header lines of a file whose keys are known.</summary>
internal static class HeaderReader
{
    /// <summary>The values by key in lower case. An unknown key or one that stands twice is a problem.</summary>
    public static IReadOnlyDictionary<string, SourceText> Read(MarkdownFile file, IReadOnlyList<string> keys, ProblemList problems)
    {
        var header = new Dictionary<string, SourceText>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in file.Header)
        {
            if (!keys.Contains(key.Text, StringComparer.OrdinalIgnoreCase))
            {
                var advice = Suggestion.DidYouMean(key.Text, keys);
                problems.Error(key, MappingFileCodes.Header, $"'{key.Text}' is not a header key.", advice.Length > 0 ? advice : $"The keys are {Suggestion.Or(keys)}.");
            }
            else if (!header.TryAdd(key.Text, value))
            {
                problems.Error(key, MappingFileCodes.Header, $"the header key '{key.Text}' stands twice.");
            }
        }

        return header;
    }

    /// <summary>Reports a header that names something else than the file's own name or folder does.</summary>
    public static void Expect(IReadOnlyDictionary<string, SourceText> header, string key, string expected, string because, ProblemList problems)
    {
        if (header.TryGetValue(key, out var value) && value.Text != expected)
        {
            problems.Error(value, MappingFileCodes.Place, expected.Length == 0
                ? $"the header says {key}: {value.Text}, and the file is not in a {key}'s folder."
                : $"the header says {key}: {value.Text}, and {because} {expected}.", "They must agree.");
        }
    }
}
