using System.Collections;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace InterfaceEngine;

/// <summary>
/// Finds the settings and lays the environment over them: <c>INTERFACE_ENGINE__Sources__front-desk__Port=2576</c>
/// sets <c>Sources:front-desk:Port</c>.
/// </summary>
internal static class SettingsFile
{
    public const string Name = "appsettings.json";

    private const string Prefix = "INTERFACE_ENGINE__";

    /// <summary>The file named, else <c>appsettings.json</c> in <paramref name="workingFolder"/>, else the one beside the program.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    public static string Find(string? named, string workingFolder)
    {
        if (named is not null)
        {
            var file = Path.GetFullPath(named, workingFolder);
            return File.Exists(file) ? file : throw new SettingsException(file, ["there is no such file"]);
        }

        string[] places = [Path.Combine(workingFolder, Name), Path.Combine(AppContext.BaseDirectory, Name)];
        return places.FirstOrDefault(File.Exists)
            ?? throw new SettingsException(places[0], ["there is no such file, and none beside the program. Name one with --settings FILE"]);
    }

    /// <summary>The values of a file and of the environment; the environment wins.</summary>
    /// <exception cref="SettingsException">The file can't be read or is not JSON.</exception>
    public static IConfigurationRoot Load(string file, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var overrides = environment
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(variable => KeyValuePair.Create(variable.Key[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), variable.Value));
        try
        {
            using var json = File.OpenRead(file);
            return new ConfigurationBuilder().AddJsonStream(json).AddInMemoryCollection(overrides).Build();
        }
        catch (Exception error) when (error is FormatException or JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException(file, [Explain(error)]);
        }
    }

    /// <summary>The variables of this process.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Environment() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value));

    private static string Explain(Exception error) => error switch
    {
        JsonException { LineNumber: { } line, BytePositionInLine: { } column } => $"line {line + 1}, column {column + 1}: this is not JSON",
        FormatException { InnerException: JsonException inner } => Explain(inner),
        _ => error.Message,
    };
}
