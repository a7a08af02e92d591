using System.Text.Json;
using FluentAssertions.Execution;
using FluentAssertions.Primitives;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Api.Guides;

/// <summary>The interface with the guides' connection, <c>conn_123</c>, behind which a test answers in the vendor's place.</summary>
internal sealed class GuidePlace : IAsyncDisposable
{
    private ApiPlace _place = null!;

    public ScriptedControl Control { get; private set; } = null!;

    public static async Task<GuidePlace> StartAsync(string system)
    {
        var guide = new GuidePlace();
        guide._place = await ApiPlace.StartAsync(parts =>
        {
            guide.Control = new ScriptedControl(parts.Control);
            return parts with { Control = guide.Control, Connections = [ApiPlace.Connection("conn_123", system: system)] };
        });
        return guide;
    }

    public HttpClient Client(ApiRole role, params string[] practices) => _place.As(role, practices);

    public ApiPlace Place => _place;

    public ValueTask DisposeAsync() => _place.DisposeAsync();
}

/// <summary>Holds an answer to what is printed: the same members in the same order with the same values, whatever the blanks between them.</summary>
internal static class PrintedAnswers
{
    public static PrintedAnswer Should(this JsonElement answer) => new(answer);

    internal sealed class PrintedAnswer(JsonElement answer) : ObjectAssertions(answer)
    {
        public void BePrintedAs(string printed)
        {
            using var document = JsonDocument.Parse(printed);
            var (found, expected) = (JsonSerializer.Serialize(answer), JsonSerializer.Serialize(document.RootElement));
            Execute.Assertion.ForCondition(found == expected).FailWith("Expected {0}, and found {1}.", expected, found);
        }
    }
}
