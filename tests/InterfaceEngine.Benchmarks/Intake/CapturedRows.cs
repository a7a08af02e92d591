using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>
/// The engine's own row writes for a stretch of the traffic, taken between intake and store and sealed as the store
/// seals them: the same tables, rows and sizes for the bare loop.
/// </summary>
internal static class CapturedRows
{
    public static async Task<SealedUnit[]> TakeAsync(WorkFolderSettings settings, Traffic traffic, TrafficPlan plan, int count)
    {
        await using var core = await EngineCore.OpenAsync(settings.Read(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        var ids = new IdSource(TimeProvider.System, new Random(1));
        var capture = new CapturingStore(core.Store);
        var intake = new MessageIntake(
            capture, core.Mappings, new PracticeDirectory(core.Settings.Practices), ids, TimeProvider.System, NullLogger<MessageIntake>.Instance);
        var source = core.Settings.Sources[0].Binding;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, token) =>
        {
            var (message, patient, version) = plan.Next();
            await intake.AcceptAsync(new IncomingMessage(traffic.Body(message, patient, version), source), token);
        });

        using var keys = new PracticeKeys([new DataKey(Traffic.Practice, 1, PracticeKeys.NewSecret())]);
        var sealer = new UnitSealer(ids);
        return [.. capture.Units.Select(unit => sealer.Seal(unit, keys, null))];
    }
}
