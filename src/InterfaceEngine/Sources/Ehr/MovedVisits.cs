using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Intake;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>
/// Visits that the clinic moved at athenahealth. An appointment there is a slot, so a visit that is moved has another number: the row of the place that it left is cancelled
/// and says where it went (<c>rescheduledappointmentid</c>), and the row of the new place says nothing of the old one. Before rows are taken in, our record of a visit that was
/// moved is given its new number, so that the new row is told of it and what is told of the old place is noted alone. What of the two rows did not come is read.
/// </summary>
/// <param name="connection">To the vendor.</param>
/// <param name="numbers">The vendor's numbers of our visits.</param>
/// <param name="logger">Says what a person must look at.</param>
internal sealed partial class MovedVisits(EhrConnection connection, RecordNumbers numbers, ILogger<MovedVisits> logger)
{
    /// <summary>A visit that was moved more often than that at once is followed by the next row of it.</summary>
    private const int MovesMax = 20;

    /// <summary>A visit whose day is over may be moved for so long: the patient did not come, and was given another.</summary>
    private static readonly TimeSpan _lateMoves = TimeSpan.FromDays(7);

    private readonly AthenaNetClient _client = new(connection) { Priority = CallPriority.Sync };

    /// <summary>Follows the moves that rows tell, or that lead to them.</summary>
    /// <param name="practice">Whose they are.</param>
    /// <param name="documents">The rows.</param>
    /// <param name="serverTime">When they were so.</param>
    /// <param name="cancellationToken">Ends it; what was done is found done the next time.</param>
    /// <returns>The rows, with those that were read.</returns>
    /// <exception cref="EhrException">A place can't be read now: what came is to be brought again.</exception>
    public async Task<IReadOnlyList<EhrDocument>> FollowAsync(string practice, IReadOnlyList<EhrDocument> documents, DateTimeOffset serverTime, CancellationToken cancellationToken)
    {
        var look = new Look(practice, documents);
        await OriginsAsync(look, serverTime - _lateMoves, cancellationToken);
        foreach (var left in look.Rows.Values.Where(HasLeft).ToList())
        {
            await FollowAsync(look, left, cancellationToken);
        }

        return [.. documents, .. look.Read];
    }

    /// <summary>A visit that nobody has told of may be one that was moved, and whose old place's row comes later: what else the patient has is looked at.</summary>
    private async Task OriginsAsync(Look look, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var coming = look.Rows.Values.Where(row => row.Patient is not null && row.Start is { } start && start.ToDateTimeUnspecified() >= since.UtcDateTime).ToList();
        var unknown = await numbers.UnknownAsync(look.Practice, AppointmentDesk.Type, [.. coming.Select(row => row.Id)], cancellationToken);
        foreach (var patient in coming.Where(row => unknown.Contains(row.Id)).Select(row => row.Patient!).Distinct())
        {
            foreach (var number in await numbers.VisitsOfAsync(look.Practice, patient, since, cancellationToken))
            {
                await look.RowAsync(number, ReadAsync, cancellationToken);
            }
        }
    }

    private async Task FollowAsync(Look look, AthenaVisit left, CancellationToken cancellationToken)
    {
        for (var moves = 0; moves < MovesMax && HasLeft(left) && left.MovedTo is { } next; moves++)
        {
            // What its visit left long ago, or was nobody's here, tells nothing new; and a place that is another patient's by now is not where it went.
            if (await numbers.LeavingAsync(look.Practice, left.Id, next, cancellationToken) is not { } visit
                || await look.RowAsync(next, ReadAsync, cancellationToken) is not { } place || place.Patient != left.Patient)
            {
                return;
            }

            if (await numbers.ChangeAsync(look.Practice, AppointmentDesk.Type, visit, next, cancellationToken) is { } other)
            {
                Log.TwoRecords(logger, connection.Options.Id, visit, other);
                return;
            }

            left = place;
        }
    }

    /// <summary>An appointment as it is now; null where the vendor shows none.</summary>
    private async Task<AthenaVisit?> ReadAsync(string number, CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.Appointments.ReadAsync(number, cancellationToken)).Visit;
        }
        catch (EhrException fault) when (!fault.IsTransient && fault.Fault is not (EhrFault.Disabled or EhrFault.TokenRefused))
        {
            return null;
        }
    }

    private static bool HasLeft(AthenaVisit row) => row is { Status: AthenaVisit.Cancelled, MovedTo: not null, Patient: not null };

    /// <summary>The rows that came and those that were read, each as it was told last.</summary>
    private sealed class Look
    {
        private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

        public Look(string practice, IReadOnlyList<EhrDocument> documents)
        {
            Practice = practice;
            foreach (var document in documents.Where(document => document.Kind == AthenaAppointments.DocumentKind))
            {
                using var row = JsonDocument.Parse(document.Json);
                if (row.RootElement.ValueKind is JsonValueKind.Object && new AthenaVisit(row.RootElement.Clone()) is { Id.Length: > 0 } visit)
                {
                    Rows[visit.Id] = visit;
                }
            }
        }

        public string Practice { get; }

        public Dictionary<string, AthenaVisit> Rows { get; } = new(StringComparer.Ordinal);

        public List<EhrDocument> Read { get; } = [];

        /// <summary>A row, which is read where it did not come.</summary>
        public async Task<AthenaVisit?> RowAsync(string number, Func<string, CancellationToken, Task<AthenaVisit?>> read, CancellationToken cancellationToken)
        {
            if (Rows.TryGetValue(number, out var came))
            {
                return came;
            }

            if (_missing.Contains(number) || await read(number, cancellationToken) is not { } row || row.Id != number)
            {
                _missing.Add(number);
                return null;
            }

            Rows[number] = row;
            if (row.Patient is not null)
            {
                Read.Add(AthenaAppointments.Document(row.Row));
            }

            return row;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Connection}: appointment {Visit} was moved at the vendor to the number by which appointment {Other} is known here, so one of the two is a double: look at both, and cancel the one that is not to stay", EventName = "VisitMovedToAnother")]
        public static partial void TwoRecords(ILogger logger, string connection, EngineId visit, EngineId other);
    }
}
