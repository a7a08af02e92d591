namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>Makes calls out of names and values; what has no value is left out.</summary>
internal static class AthenaCalls
{
    public static EhrCall Get(string template, params (string Name, string? Value)[] query) => new() { Template = template, Query = Pairs(query) };

    public static EhrCall Post(string template, params (string Name, string? Value)[] fields) => new() { Method = HttpMethod.Post, Template = template, Fields = Pairs(fields) };

    public static EhrCall Put(string template, params (string Name, string? Value)[] fields) => new() { Method = HttpMethod.Put, Template = template, Fields = Pairs(fields) };

    public static EhrCall Delete(string template) => new() { Method = HttpMethod.Delete, Template = template };

    /// <summary>Gives a placeholder of the template its value.</summary>
    public static EhrCall With(this EhrCall call, string name, string value) => call with { Path = new Dictionary<string, string>(call.Path) { [name] = value } };

    private static List<KeyValuePair<string, string>> Pairs((string Name, string? Value)[] pairs) =>
        [.. pairs.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => new KeyValuePair<string, string>(pair.Name, pair.Value!))];
}
