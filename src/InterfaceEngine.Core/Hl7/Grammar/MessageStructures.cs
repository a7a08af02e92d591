namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>The message structures of one version, and which event has which. A structure is compiled when it is first asked for.</summary>
internal sealed class MessageStructures
{
    private readonly Dictionary<string, Lazy<MessageStructure>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Code, string Event), string> _byEvent = [];
    private readonly Dictionary<string, string?> _byCode = new(StringComparer.Ordinal);

    private MessageStructures()
    {
    }

    public IReadOnlyCollection<string> Names => _byName.Keys;

    public IReadOnlyDictionary<(string Code, string Event), string> Events => _byEvent;

    /// <summary>M: a structure and its notation; E: message code, event and the event's structure.</summary>
    public static MessageStructures Read(IEnumerable<string[]> lines)
    {
        var structures = new MessageStructures();
        foreach (var cells in lines)
        {
            if (cells[0] == "M")
            {
                structures._byName.Add(cells[1], new Lazy<MessageStructure>(() => MessageStructure.Of(cells[1], cells[2])));
                continue;
            }

            structures._byEvent.Add((cells[1], cells[2]), cells[3]);

            // A code all of whose events share a structure names it without an event: ORU, SIU.
            structures._byCode[cells[1]] = structures._byCode.GetValueOrDefault(cells[1], cells[3]) == cells[3] ? cells[3] : null;
        }

        return structures;
    }

    public MessageStructure? Find(string name) => _byName.GetValueOrDefault(name)?.Value;

    public bool HasCode(string code) => _byCode.ContainsKey(code) || _byName.ContainsKey(code);

    /// <summary>
    /// The structure of a message. The event decides, for MSH-9.3 is often missing or wrong (<c>ADT_A08</c>, <c>SIU_S14</c>);
    /// MSH-9.3 is taken where the version does not know the event.
    /// </summary>
    public MessageStructure? Of(Hl7Message message)
    {
        var (code, trigger) = (message.MessageCode, message.TriggerEvent);
        var name = _byEvent.GetValueOrDefault((code, trigger))
            ?? (trigger.Length == 0 ? _byCode.GetValueOrDefault(code) : null)
            ?? (_byName.ContainsKey(code) ? code : message.Structure);
        return Find(name);
    }
}
