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
    /// <returns>Where there is no store yet, what answers without one.</returns>
    public static async Task<IControl> OpenAsync(EngineSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await ControlClient.TryConnectAsync(settings.Data, cancellationToken) is { } running)
        {
            return running;
        }

        var kind = Catalog.KindOf(settings.Store);
        return await kind.ExistsAsync(settings.Store, cancellationToken)
            ? new StandAloneEngine(await EngineCore.OpenAsync(settings, NullLoggerFactory.Instance, time, cancellationToken, isCommand: true))
            : new StorelessEngine(settings, kind.Place(settings.Store), time);
    }

    public Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken) => _operations.AskAsync(request, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _operations.DisposeAsync();
        await _core.DisposeAsync();
    }
}
