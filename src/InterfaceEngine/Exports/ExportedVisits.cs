using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Exports;

/// <summary>One appointment that is to be exported.</summary>
/// <param name="Record">As it is stored now.</param>
/// <param name="Day">The day it begins, on the practice's calendar.</param>
/// <param name="Patient">The vendor's id of its patient, of the one that is left after a merge; null when there is none.</param>
internal sealed record ExportedVisit(StoredRecord Record, LocalDate Day, string? Patient);

/// <summary>Finds the appointments of some days.</summary>
internal static class ExportedVisits
{
    /// <summary>In the order in which they begin. Appointments are found by their day, which the tables must look up (<c>look up by day</c>).</summary>
    /// <param name="reader">The store.</param>
    /// <param name="practice">Whose.</param>
    /// <param name="from">The first day, on the practice's calendar.</param>
    /// <param name="until">The last day.</param>
    public static IReadOnlyList<ExportedVisit> Find(IStoreReader reader, Practice practice, LocalDate from, LocalDate until)
    {
        var begin = practice.Zone.AtStartOfDay(from).ToInstant();
        var end = practice.Zone.AtStartOfDay(until.PlusDays(1)).ToInstant();
        var visits = new List<(Instant At, ExportedVisit Visit)>();

        // Times are stored in UTC and looked up by the day there, so a local day lies on two of them.
        for (var day = begin.InUtc().Date; day <= end.InUtc().Date; day = day.PlusDays(1))
        {
            foreach (var record in reader.Records(practice.Id, new LookUpKey(AppointmentDesk.Type, "start_time", LocalDatePattern.Iso.Format(day))))
            {
                if (record["start_time"] is { } text && InstantPattern.ExtendedIso.Parse(text) is { Success: true, Value: var at } && at >= begin && at < end)
                {
                    visits.Add((at, new ExportedVisit(record, at.InZone(practice.Zone).Date, PatientOf(reader, practice, record))));
                }
            }
        }

        return [.. visits.OrderBy(visit => visit.At).ThenBy(visit => visit.Visit.Record.Id).Select(visit => visit.Visit)];
    }

    private static string? PatientOf(IStoreReader reader, Practice practice, StoredRecord visit)
    {
        try
        {
            return OutboundMessages.IdOf(AppointmentDesk.PatientOf(reader, visit), practice);
        }
        catch (ChangeRefusedException)
        {
            return null;
        }
    }
}
