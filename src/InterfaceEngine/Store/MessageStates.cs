namespace InterfaceEngine.Store;

/// <summary>States as they are written in the database.</summary>
internal static class MessageStates
{
    private static readonly string[] _texts = [.. Enum.GetValues<MessageState>().Select(state => state.ToString().ToLowerInvariant())];

    public static string Text(this MessageState state) => _texts[(int)state];

    public static MessageState Parse(string text)
    {
        var index = Array.IndexOf(_texts, text);
        return index >= 0 ? (MessageState)index : throw new InvalidDataException($"'{text}' is no state of a message.");
    }
}
