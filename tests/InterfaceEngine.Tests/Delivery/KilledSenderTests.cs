using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Store;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>The real engine, as a process of its own, killed between sending and settling.</summary>
public sealed class KilledSenderTests : IAsyncLifetime
{
    private readonly Receiver _receiver = Receiver.Start();
    private WorkFolder _folder = null!;

    public Task InitializeAsync()
    {
        _folder = WorkFolder.Create(null, Path.Combine(RepositoryRoot.Path, "mappings"), _receiver.Port);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _folder.Delete();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_sent_and_not_settled_is_sent_again_with_the_same_control_id_and_then_what_follows(bool isAnswered)
    {
        var ids = new IdSource(TimeProvider.System, new Random(1));
        var (first, second) = (StoreSamples.Delivery(ids.Next(), "lane 1", OutboundLedger.Destination), StoreSamples.Delivery(ids.Next(), "lane 1", OutboundLedger.Destination));
        await using (var store = await _folder.OpenStoreAsync(TimeProvider.System, default))
        {
            await store.CommitAsync(new CommitUnit { Practice = WorkFolder.Practice, Deliveries = [first, second] }, default);
        }

        // So long that nothing is sent again for want of a reply.
        await File.WriteAllTextAsync(_folder.Settings, (await File.ReadAllTextAsync(_folder.Settings)).Replace("\"ReplyTimeout\": \"500ms\"", "\"ReplyTimeout\": \"2m\"", StringComparison.Ordinal));
        await using var engine = new ChildEngine(ChildEngine.OwnCommand, _folder, TimeSpan.FromMinutes(3), TimeProvider.System);
        var (started, killed) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _receiver.Answers = async message =>
        {
            if (!killed.Task.IsCompleted)
            {
                // It may send before it was seen to listen.
                await started.Task;

                // Killed while it waits for the reply, or while the reply is on its way to it.
                var killing = engine.KillAsync();
                await Receiver.SendAsync(message.Socket, isAnswered ? message.Reply("AA") : []);
                await killing;
                killed.TrySetResult();
                return false;
            }

            await Receiver.SendAsync(message.Socket, message.Reply("AA"));
            return true;
        };
        await engine.StartAsync(default);
        started.SetResult();
        await killed.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await engine.StartAsync(default);
        while ((await _receiver.NextAsync()).ControlId != second.ControlId)
        {
        }

        await engine.KillAsync();

        var arrived = _receiver.All.Select(received => received.ControlId).ToList();
        arrived.Where((id, index) => index == 0 || arrived[index - 1] != id).Should().Equal(first.ControlId, second.ControlId);
        arrived.Count(id => id == first.ControlId).Should().BeGreaterThanOrEqualTo(isAnswered ? 1 : 2, "without a reply nothing is settled");
        _receiver.All.Where(received => received.ControlId == first.ControlId).Should().OnlyContain(received => received.Body.SequenceEqual(first.Body.ToArray()));
        await using var after = await _folder.OpenStoreAsync(TimeProvider.System, default);
        (await after.ReadAsync(reader => reader.Delivery(first.Id), default))!.State.Should().Be(DeliveryState.Delivered, "what follows in its lane goes only after it is settled");
    }
}
