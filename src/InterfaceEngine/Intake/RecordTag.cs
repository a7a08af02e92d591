using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>How a record is named as it is at a moment: another after each change of its values or numbers. HTTP calls it the ETag.</summary>
internal static class RecordTag
{
    /// <summary>With its quotes, as it stands in headers.</summary>
    public static string Of(StoredRecord record) => string.Create(CultureInfo.InvariantCulture, $"\"{record.Id}-{record.Version}\"");

    /// <summary>Whether a record is as whoever changes it has seen it.</summary>
    /// <param name="seen">What was seen: one of these; null for whatever it is.</param>
    /// <param name="record">As it is stored.</param>
    /// <exception cref="ChangeRefusedException">It has changed since.</exception>
    public static void Check(IReadOnlyList<string>? seen, StoredRecord record)
    {
        if (seen?.Contains(Of(record)) == false)
        {
            throw new ChangeRefusedException($"{record.Type} {record.Id} is not as it was seen: it has changed since. Nothing was changed; look at it again.", ChangeRefusal.Changed);
        }
    }
}
