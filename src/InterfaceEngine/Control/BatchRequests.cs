namespace InterfaceEngine.Control;

/// <summary>Batches and files, newest first.</summary>
/// <param name="Before">The id after which the next page begins.</param>
internal sealed record ListBatchesRequest(string? Before = null, int Limit = 50) : ControlRequest<BatchesAnswer>;

/// <summary>One batch and what its messages are now.</summary>
/// <param name="After">The message after which the next page begins.</param>
internal sealed record ShowBatchRequest(string Id, string? After = null, int Limit = 100) : ControlRequest<BatchAnswer>;
