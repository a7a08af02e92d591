using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests;

/// <summary>An engine of which a part ends ends as a whole, and not as if it had been told to.</summary>
public sealed class EngineHostEndTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ending-engine-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_that_can_not_say_any_more_that_it_lives_is_a_failure_of_the_engine(bool isCancelled)
    {
        var engine = await EngineHost.StartAsync(TestEngine.SettingsIn(_folder), NullLoggerFactory.Instance, TimeProvider.System, default);

        engine.Core.Node.MappingSet = () => throw (isCancelled ? new OperationCanceledException() : new InvalidOperationException("it broke"));
        engine.Core.Node.BeatSoon();

        var end = () => engine.Completion.WaitAsync(TimeSpan.FromMinutes(1));
        (await end.Should().ThrowAsync<InvalidOperationException>()).WithMessage(isCancelled ? "*nobody had asked for it*" : "it broke");
        await engine.Awaiting(one => one.DisposeAsync().AsTask()).Should().ThrowAsync<InvalidOperationException>();
    }
}
