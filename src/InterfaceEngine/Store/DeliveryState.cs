namespace InterfaceEngine.Store;

/// <summary>
/// What became of a delivery. Being on its way is no state: that is known by whoever holds the destination's lease,
/// and is forgotten with it.
/// </summary>
internal enum DeliveryState
{
    /// <summary>To be sent, or sent again.</summary>
    Waiting,

    /// <summary>The receiver took it, and said so.</summary>
    Delivered,

    /// <summary>A person decides; what follows in its lane waits.</summary>
    Held,

    /// <summary>A person decided that it is not to be sent.</summary>
    Dismissed,
}

/// <summary>States as they are written in the database.</summary>
internal static class DeliveryStates
{
    private static readonly string[] _texts = [.. Enum.GetValues<DeliveryState>().Select(state => state.ToString().ToLowerInvariant())];

    public static string Text(this DeliveryState state) => _texts[(int)state];

    public static DeliveryState Parse(string text)
    {
        var index = Array.IndexOf(_texts, text);
        return index >= 0 ? (DeliveryState)index : throw new InvalidDataException($"'{text}' is no state of a delivery.");
    }
}
