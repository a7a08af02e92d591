namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>One call that the stand-in knows.</summary>
/// <param name="Name">How faults and counts name it, e.g. <c>PUT /appointments/{appointmentid}</c>, <c>GET Patient/{id}</c>.</param>
/// <param name="Method">In capitals.</param>
/// <param name="Path">Where it is, with placeholders, from the host on.</param>
/// <param name="Handle">What it does, with nobody else doing anything meanwhile.</param>
internal sealed record VendorRoute(string Name, string Method, string Path, Func<VendorRequest, VendorAnswer> Handle)
{
    /// <summary>What a token must be for; null where none is needed.</summary>
    public Func<VendorRequest, TokenNeed>? Needs { get; init; }

    /// <summary>It counts against the limits.</summary>
    public bool IsLimited { get; init; } = true;
}

/// <summary>What a call needs of its token, and how a refusal looks.</summary>
/// <param name="IsMet">Of the token's scopes.</param>
/// <param name="Refuse">The answer, by status (401, 403) and reason.</param>
internal sealed record TokenNeed(Func<IReadOnlyList<string>, bool> IsMet, Func<int, string, VendorAnswer> Refuse);
