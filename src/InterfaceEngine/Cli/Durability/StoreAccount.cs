using System.Globalization;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Durability;

/// <summary>What lies in the store.</summary>
/// <param name="States">Messages by state.</param>
/// <param name="Patients">Patient records.</param>
/// <param name="Current">Patient records that hold what the newest message about them said.</param>
internal sealed record StoredFigures(IReadOnlyDictionary<MessageState, int> States, int Patients, int Current);

/// <summary>Reads every message and every record of a check's store, page by page, and says what does not agree.</summary>
internal sealed class StoreAccount(IEngineStore store, NumberedMessages messages, MessageLedger ledger, DurabilityFindings findings)
{
    private const int PageSize = 500;

    private readonly Dictionary<MessageState, int> _states = [];

    public async Task<StoredFigures> TakeAsync(CancellationToken cancellationToken)
    {
        await CountMessagesAsync(cancellationToken);
        var (patients, current) = await CheckPatientsAsync(cancellationToken);
        return new StoredFigures(_states, patients, current);
    }

    private async Task CountMessagesAsync(CancellationToken cancellationToken)
    {
        var before = EngineId.None;
        while (true)
        {
            var filter = new MessageFilter(null, null, null, before, PageSize);
            var page = await store.ReadAsync(reader => reader.Messages(filter).Select(message => reader.Message(message.Id)!).ToList(), cancellationToken);
            foreach (var message in page)
            {
                Count(message);
                before = message.Id;
            }

            if (page.Count < PageSize)
            {
                return;
            }
        }
    }

    private void Count(StoredMessage message)
    {
        _states[message.State] = _states.GetValueOrDefault(message.State) + 1;
        var number = NumberedMessages.NumberOf(message.ControlId);
        if (number < 1 || number > ledger.Taken)
        {
            findings.Add(FindingKind.Unaccounted, message.ControlId, "in the store, and nobody sent it");
        }
        else if (message.State is MessageState.Applied or MessageState.Unchanged)
        {
            ledger.CountAccepted(number);
            if (!message.Body.Span.SequenceEqual(messages.Body(number)))
            {
                findings.Add(FindingKind.Altered, number, "in the store with other bytes than were sent");
            }
        }
        else if (message.State != MessageState.Duplicate)
        {
            findings.Add(FindingKind.Unaccounted, number, $"in the store as {message.State.ToString().ToLowerInvariant()}");
        }
    }

    private async Task<(int Patients, int Current)> CheckPatientsAsync(CancellationToken cancellationToken)
    {
        var newest = NewestOfPatients();
        var isFound = new bool[newest.Length];
        var (count, current) = (0, 0);
        var after = EngineId.None;
        while (true)
        {
            var page = await store.ReadAsync(reader => reader.Records(WorkFolder.Practice, RecordDefinition.Patient, after, PageSize), cancellationToken);
            foreach (var record in page)
            {
                after = record.Id;
                count++;
                current += IsCurrent(record, newest, isFound) ? 1 : 0;
            }

            if (page.Count < PageSize)
            {
                break;
            }
        }

        for (var patient = 0; patient < newest.Length; patient++)
        {
            if (newest[patient] > 0 && !isFound[patient])
            {
                findings.Add(FindingKind.Stale, newest[patient], $"acknowledged, and there is no patient {NumberedMessages.PatientId(patient)}");
            }
        }

        return (count, current);
    }

    private bool IsCurrent(StoredRecord record, int[] newest, bool[] isFound)
    {
        const int FirstPatient = 1_000_000;
        var patient = int.TryParse(record.ExternalId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id - FirstPatient : -1;
        if (patient < 0 || patient >= newest.Length)
        {
            findings.Add(FindingKind.Unaccounted, "", $"a patient record {record.Id} that no message made");
            return false;
        }

        if (isFound[patient])
        {
            findings.Add(FindingKind.Twice, newest[patient], $"patient {record.ExternalId} has two records");
            return false;
        }

        isFound[patient] = true;
        var written = NumberedMessages.NumberInAddress(record["address.line1"]);

        // A newer message may have been stored without its acknowledgement having come through.
        var isCurrent = written == newest[patient] || (written > newest[patient] && ledger.IsStored(written) && messages.PatientOf(written) == patient);
        if (!isCurrent)
        {
            findings.Add(FindingKind.Stale, newest[patient], $"acknowledged, and patient {record.ExternalId} holds what message {written} said");
        }

        return isCurrent;
    }

    /// <summary>The highest acknowledged number of each patient; 0 for none.</summary>
    private int[] NewestOfPatients()
    {
        var newest = new int[messages.PatientCount];
        for (var number = 1; number <= messages.Count; number++)
        {
            if (ledger.IsAcknowledged(number))
            {
                newest[messages.PatientOf(number)] = number;
            }
        }

        return newest;
    }
}
