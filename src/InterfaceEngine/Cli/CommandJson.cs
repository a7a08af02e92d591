using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using InterfaceEngine.Cli.Maps;
using InterfaceEngine.Store.Copy;

namespace InterfaceEngine.Cli;

/// <summary>The <c>--json</c> of commands that put it together themselves.</summary>
[JsonSerializable(typeof(ComparisonView))]
[JsonSerializable(typeof(CopyReport))]
[JsonSerializable(typeof(ImportedFile[]))]
[JsonSerializable(typeof(ImportedRows[]))]
[JsonSerializable(typeof(SentMessage[]))]
[JsonSerializable(typeof(ProblemView[]))]
[JsonSerializable(typeof(RowView[]))]
[JsonSerializable(typeof(TestView[]))]
[JsonSerializable(typeof(Trial[]))]
internal sealed partial class CommandJson : JsonSerializerContext
{
    public static CommandJson Indented { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    });
}
