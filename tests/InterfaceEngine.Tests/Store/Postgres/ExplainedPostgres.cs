using System.Text.Json;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>
/// A server that writes down, for every statement that the engine runs, the plan by which it ran it. Plans are generic: as they are
/// for a statement that is prepared once and run for ever.
/// </summary>
internal sealed class ExplainedPostgres : IAsyncDisposable
{
    private readonly PostgresNode _node;
    private int _read;
    private int _marks;

    private ExplainedPostgres(PostgresNode node) => _node = node;

    public string Address => _node.Address("postgres");

    public static async Task<ExplainedPostgres> StartAsync() => new(await PostgresServer.NewNodeAsync(
        "logging_collector=on", "log_directory=log", "log_filename=plans.log", "log_destination=jsonlog", "log_min_messages=log", "log_rotation_age=0", "log_rotation_size=0",
        "session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0", "auto_explain.log_analyze=on", "auto_explain.log_timing=off", "auto_explain.log_format=json",
        "plan_cache_mode=force_generic_plan", "autovacuum=off"));

    public async Task RunAsync(string sql) => await _node.AskAsync(sql);

    public Task<object?> AskAsync(string sql) => _node.AskAsync(sql);

    /// <summary>The plans of what the engine has run since the last call.</summary>
    public async Task<List<ExplainedStatement>> TakeAsync()
    {
        // The collector writes what it is given in order: so this is the last of what came before it.
        var mark = $"mark {++_marks}";
        await _node.AskAsync($"SELECT '{mark}'");
        string log;
        do
        {
            log = (string)(await _node.AskAsync("SELECT pg_read_file('log/plans.json')"))!;
        }
        while (!log.Contains(mark, StringComparison.Ordinal));

        var statements = log[_read..].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read).OfType<ExplainedStatement>().ToList();
        _read = log.LastIndexOf('\n') + 1;
        return statements;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static ExplainedStatement? Read(string line)
    {
        // The last line may be half written: it is none of the engine's then.
        if (!line.EndsWith('}'))
        {
            return null;
        }

        using var entry = JsonDocument.Parse(line);
        if (!entry.RootElement.TryGetProperty("application_name", out var name) || name.GetString()?.StartsWith("InterfaceEngine", StringComparison.Ordinal) != true
            || entry.RootElement.GetProperty("message").GetString() is not { } message || message.IndexOf("plan:\n", StringComparison.Ordinal) is var at && at < 0)
        {
            return null;
        }

        using var plan = JsonDocument.Parse(message.AsMemory(at + "plan:\n".Length));
        var nodes = new List<PlanNode>();
        Gather(plan.RootElement.GetProperty("Plan"), nodes);
        return new ExplainedStatement(plan.RootElement.GetProperty("Query Text").GetString()!, nodes);
    }

    private static void Gather(JsonElement node, List<PlanNode> nodes)
    {
        nodes.Add(new PlanNode(
            node.GetProperty("Node Type").GetString()!,
            node.TryGetProperty("Relation Name", out var relation) ? relation.GetString() : null,
            node.TryGetProperty("Index Name", out var index) ? index.GetString() : null,
            node.TryGetProperty("Actual Loops", out var loops) ? loops.GetDouble() : 0));
        if (node.TryGetProperty("Plans", out var below))
        {
            foreach (var child in below.EnumerateArray())
            {
                Gather(child, nodes);
            }
        }
    }
}

/// <param name="Sql">As the engine sent it.</param>
/// <param name="Nodes">Of its plan, from the top.</param>
internal sealed record ExplainedStatement(string Sql, IReadOnlyList<PlanNode> Nodes);

/// <param name="Kind">E.g. <c>Index Scan</c>.</param>
/// <param name="Table">What it reads; null when it reads no table.</param>
/// <param name="Index">By which index; null when by none.</param>
/// <param name="Loops">How often it was run; 0 for a part that was left out.</param>
internal sealed record PlanNode(string Kind, string? Table, string? Index, double Loops);
