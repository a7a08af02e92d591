namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>What is about the events of one connection.</summary>
/// <param name="Inbox">Keeps what is told.</param>
/// <param name="Queue">What waits.</param>
/// <param name="Poll">Asks for what nobody told.</param>
internal sealed record ConnectionEvents(EventInbox Inbox, EventQueue Queue, EventPoll Poll);
