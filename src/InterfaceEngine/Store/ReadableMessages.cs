using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store;

/// <summary>For questions that go through many messages: one that was altered must not hide the others.</summary>
internal static class ReadableMessages
{
    /// <summary>A message with its body.</summary>
    /// <param name="reader">The store.</param>
    /// <param name="id">The message.</param>
    /// <param name="message">Null when there is none, or it can't be opened.</param>
    /// <returns>False when it was altered outside the engine, or its key is not kept.</returns>
    public static bool TryMessage(this IStoreReader reader, EngineId id, out StoredMessage? message)
    {
        try
        {
            message = reader.Message(id);
            return true;
        }
        catch (ProtectionException)
        {
            message = null;
            return false;
        }
    }
}
