using System.Diagnostics;
using System.Text;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Benchmarks.Delivery;

/// <summary>
/// How fast are queued messages sent over 16 connections to a peer that replies at once, each settled on disk, and does
/// a patient with 10,000 messages behind a held one slow the others? The peer runs on the same processors.
/// </summary>
internal sealed class SenderBars(string repository)
{
    private const string Destination = "bench";
    private const int Connections = 16;
    private const int Deliveries = 40_000;
    private const int Lanes = 4_000;
    private const int BehindHeld = 10_000;
    private const int DeliveriesInUnit = 100;

    public Bar[] Measure()
    {
        // The first run also compiles: it is not counted.
        Rate(behindHeld: 0);
        var alone = Rate(behindHeld: 0);
        var beside = Rate(BehindHeld);
        return
        [
            new Bar($"sender, {Connections} connections", alone, "messages/s", 5_000, IsLeast: true),
            new Bar($"sender beside {BehindHeld:N0} of one patient behind a held one", beside / alone, "of alone", 0.9, IsLeast: true),
        ];
    }

    private double Rate(int behindHeld)
    {
        var folder = WorkFolder.Create(null, Path.Combine(repository, "mappings"));
        try
        {
            return RateAsync(folder, behindHeld).GetAwaiter().GetResult();
        }
        finally
        {
            folder.Delete();
        }
    }

    private static async Task<double> RateAsync(WorkFolder folder, int behindHeld)
    {
        await using var store = await folder.OpenStoreAsync(TimeProvider.System, CancellationToken.None);
        var ids = new IdSource(TimeProvider.System, new Random(1));
        if (behindHeld > 0)
        {
            await QueueAsync(store, ids, behindHeld, _ => "held");
            await HoldFirstAsync(store);
        }

        await QueueAsync(store, ids, Deliveries, number => $"lane {number % Lanes}");
        using var receiver = new PromptReceiver();
        var client = new MllpClientOptions { Port = receiver.Port };
        var sender = new DestinationSender(
            Destination,
            "bench",
            new DeliveryOptions { Connections = Connections },
            () => new MllpDestination(Destination, new MllpDestinationOptions { Client = client }, tls: null, TimeProvider.System, NullLogger<MllpDestination>.Instance),
            store,
            TimeProvider.System,
            NullLogger<DestinationSender>.Instance);
        using var stopping = new CancellationTokenSource();
        var started = Stopwatch.GetTimestamp();
        var running = sender.RunAsync(stopping.Token);
        while (await DeliveredAsync(store) < Deliveries)
        {
            await Task.Delay(20);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        await stopping.CancelAsync();
        await running;
        return Deliveries / elapsed.TotalSeconds;
    }

    private static async Task<long> DeliveredAsync(IEngineStore store) =>
        (await store.ReadAsync(reader => reader.DeliveryCounts(), default)).Where(count => count.State is DeliveryState.Delivered).Sum(count => count.Count);

    private static async Task QueueAsync(IEngineStore store, IdSource ids, int count, Func<int, string> lane)
    {
        for (var first = 0; first < count; first += DeliveriesInUnit)
        {
            var deliveries = Enumerable.Range(first, Math.Min(DeliveriesInUnit, count - first)).Select(number => Delivery(ids.Next(), lane(number))).ToList();
            await store.CommitAsync(new CommitUnit { Practice = WorkFolder.Practice, Deliveries = deliveries }, default);
        }
    }

    private static async Task HoldFirstAsync(IEngineStore store)
    {
        var lease = (await store.Leases.TakeAsync(DestinationSender.LeaseOf(Destination), "before", TimeSpan.FromMinutes(1), default))!;
        var claim = (await store.Deliveries.ClaimAsync(lease, Destination, new ClaimScope(new HashSet<EngineId>(), _ => true, 1), default))!;
        await store.Deliveries.SettleAsync(lease, [new DeliverySettlement { Delivery = claim.Deliveries.Single(), State = DeliveryState.Held, Code = "AE" }], default);
        await store.Leases.ReleaseAsync(lease, default);
    }

    /// <summary>An invented visit, as large as a real SIU.</summary>
    private static DeliveryWrite Delivery(EngineId id, string lane) => new()
    {
        Id = id,
        Destination = Destination,
        Lane = lane,
        Event = "SIU^S12",
        ControlId = id.ToString(),
        Body = Encoding.ASCII.GetBytes($"""
            MSH|^~\&|PRACTICESTUDIO|PSSERVER|ATHENA|ATHENANET|20260114100000||SIU^S12|{id}|P|2.3
            SCH|{id}|||||NEW^New visit|Annual physical|PHYSICAL^Annual physical|30|minutes|^^30^20260201090000^20260201093000|||||PS^STUDIO|||||BOOKED
            PID|1||1000017^^^ATHENA^MRN||CASEY^ALEX^||19800115|F||White|17 MAIN ST^^SPRINGFIELD^IL^62701^USA|SANGAMON|(217)555-0117||ENG|M
            PV1|1|O|MAIN^^^MAIN CLINIC||||PROV1^WELBY^MARCUS
            RGS|1
            AIG|1||PROV1^WELBY^MARCUS
            AIL|1||MAIN^MAIN CLINIC

            """.ReplaceLineEndings("\r")),
    };
}
