using InterfaceEngine.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Cli;

/// <summary>The engine's operations on a store that this command opened itself, because no engine runs on it.</summary>
internal sealed class StandAloneEngine : IControl
{
    private readonly EngineCore _core;
    private readonly EngineOperations _operations;

    private StandAloneEngine(EngineCore core)
    {
        _core = core;
        _operations = new EngineOperations(core.Parts());
    }

    /// <summary>
    /// The running engine of a data folder; where none runs, its store. An embedded store's lock sees to it that never both work on it;
    /// a shared one is opened beside the engines that use it.
    /// </summary>
    /// <exception cref="CommandFailedException">There is no store yet.</exception>
    public static async Task<IControl> OpenAsync(EngineSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await ControlClient.TryConnectAsync(settings.Data, cancellationToken) is { } running)
        {
            return running;
        }

        var kind = Catalog.KindOf(settings.Store);
        return await kind.ExistsAsync(settings.Store, cancellationToken)
            ? new StandAloneEngine(await EngineCore.OpenAsync(settings, NullLoggerFactory.Instance, time, cancellationToken, isCommand: true))
            : throw new CommandFailedException($"There is no store in {kind.Place(settings.Store)} yet: an engine that runs makes one.");
    }

    public Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken) => _operations.AskAsync(request, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _operations.DisposeAsync();
        await _core.DisposeAsync();
    }
}
