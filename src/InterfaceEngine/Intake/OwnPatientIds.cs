using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>
/// How a receiver of HL7 is told of a patient whom the vendor has given no number: by our own id, and PID-3 says that it is ours (CX: the sending application
/// as the assigning authority, type <c>PI</c>), so that nobody takes it for a number of the vendor's.
/// </summary>
/// <param name="Id">Our id of her.</param>
/// <param name="Records">What is told, with her under it.</param>
internal sealed record OwnPatientIds(string Id, IReadOnlyList<StoredRecord> Records)
{
    private const int PatientIds = 3;

    /// <summary>Null where the patient has a number, or none is told of.</summary>
    public static OwnPatientIds? Of(IReadOnlyList<StoredRecord> records, Practice practice) =>
        records.FirstOrDefault(record => record.Type == RecordDefinition.Patient) is not { } patient || OutboundMessages.IdOf(patient, practice) is not null ? null
        : new OwnPatientIds(patient.Id.ToString(), [.. records.Select(record => record == patient ? patient.WithAliases([.. patient.Aliases, new RecordAlias(patient.Type, practice.Vendor, patient.Id.ToString())]) : record)]);

    /// <summary>A message as the tables wrote it, with whose id it is.</summary>
    public ReadOnlyMemory<byte> Named(ReadOnlyMemory<byte> message, OutboundAddress address)
    {
        var segments = Encoding.UTF8.GetString(message.Span).Split('\r');
        for (var index = 0; index < segments.Length; index++)
        {
            if (segments[index].StartsWith("PID|", StringComparison.Ordinal) && segments[index].Split('|') is { Length: > PatientIds } fields)
            {
                fields[PatientIds] = $"{Id}^^^{Hl7Escapes.Encode(address.SendingApplication, Hl7Delimiters.Standard)}^PI";
                segments[index] = string.Join('|', fields);
            }
        }

        return Encoding.UTF8.GetBytes(string.Join('\r', segments));
    }
}
