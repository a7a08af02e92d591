namespace InterfaceEngine.Cli.Durability;

/// <summary>
/// Several engines on one database, looked at as one: each kill is another one of the kinds, in turn, and each start mends
/// what the kill before has done, while the other engines go on.
/// </summary>
/// <param name="nodes">The engines.</param>
/// <param name="database">What they share.</param>
/// <param name="options">Which kinds of kill, and how long an engine is frozen.</param>
/// <param name="findSender">Gives the engines something to send, and says which of them does; null when none.</param>
/// <param name="random">Decides which engine is hit.</param>
/// <param name="time">For the frozen time.</param>
internal sealed class NodesUnderTest(
    IReadOnlyList<IEngineUnderTest> nodes, DatabaseUnderTest database, DurabilityOptions options, Func<Task<int?>> findSender, Random random, TimeProvider time) : IEngineUnderTest
{
    private Func<CancellationToken, Task>? _mend;
    private int? _sender;
    private int _kills;

    public bool IsRunning => nodes.All(node => node.IsRunning);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The first one makes the tables and the master key.
        await (_mend?.Invoke(cancellationToken) ?? nodes[0].StartAsync(cancellationToken));
        if (_mend is null)
        {
            await Task.WhenAll(nodes.Skip(1).Select(node => node.StartAsync(cancellationToken)));
        }

        foreach (var (index, node) in nodes.Index())
        {
            if (!node.IsRunning)
            {
                throw new EngineFailedException($"{WorkFolder.NameOf(index)} ended by itself");
            }
        }
    }

    public async Task PrepareKillAsync() => _sender = options.KindOf(_kills) == KillKind.Freeze ? await findSender() : null;

    public async Task KillAsync()
    {
        // What is frozen is to believe afterwards that it sends alone.
        var any = random.Next(nodes.Count);
        var node = nodes[_sender ?? any];
        switch (options.KindOf(_kills++))
        {
            case KillKind.Node:
                await node.KillAsync();
                _mend = node.StartAsync;
                break;
            case KillKind.Database:
                await database.StopAsync();
                _mend = _ => database.StartAgainAsync();
                break;
            case KillKind.Primary:
                await database.KillPrimaryAsync();
                _mend = _ => database.FailOverAsync();
                break;
            case KillKind.Freeze:
                await node.FreezeAsync();
                _mend = async cancellationToken =>
                {
                    await Task.Delay(options.FrozenFor, time, cancellationToken);
                    await node.ThawAsync();
                };
                break;
            case var other:
                throw new InvalidOperationException($"a kill of kind {other} is not known");
        }
    }

    public Task FreezeAsync() => Task.WhenAll(nodes.Select(node => node.FreezeAsync()));

    public Task ThawAsync() => Task.WhenAll(nodes.Select(node => node.ThawAsync()));

    /// <summary>Ends them all without warning.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }
}
