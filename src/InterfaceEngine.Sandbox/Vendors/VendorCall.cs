namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>One call that came, for whoever wants to know what was asked.</summary>
/// <param name="Endpoint">The name by which faults know it; <c>unknown</c> for what there is not.</param>
/// <param name="Path">From the host on, without the query.</param>
/// <param name="Query">With its question mark; empty for none.</param>
/// <param name="HasToken">An <c>Authorization</c> header came along.</param>
/// <param name="IsFileHost">It came to the other host, which has files alone.</param>
/// <param name="At">By the server's clock.</param>
public sealed record VendorCall(string Endpoint, string Method, string Path, string Query, bool HasToken, bool IsFileHost, DateTimeOffset At)
{
    private int _status;

    /// <summary>What it is answered with; 0 where nothing is.</summary>
    public int Status
    {
        get => Volatile.Read(ref _status);
        internal set => Volatile.Write(ref _status, value);
    }
}
