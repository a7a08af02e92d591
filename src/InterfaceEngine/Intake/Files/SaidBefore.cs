using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// What an earlier row of the same file has said of the same records. Stored fields tell it: their cause is the file's source at the file's
/// time. So nothing of the rows is remembered, however long the file is.
/// </summary>
/// <param name="First">The message of the earlier row; one from before the run when that row was only confirmed.</param>
/// <param name="Contradicted">The field of which this row says something else; null when it says the same throughout.</param>
internal sealed record SaidBefore(EngineId First, string? Contradicted)
{
    /// <summary>Null when the row says anything that no other row of the file has said, and contradicts none.</summary>
    public static SaidBefore? Find(MappedBody body, LoadedRecords loaded, RowRun run)
    {
        SaidBefore? same = null;
        var isAllSaid = true;
        foreach (var record in body.Mapped.Records)
        {
            if (OwnIds.Stored(record, alias => loaded.ByAlias.GetValueOrDefault(alias)) is not { } stored || IsWithdrawn(stored))
            {
                isAllSaid = false;
                continue;
            }

            foreach (var said in record.Fields)
            {
                // Two resources may tell of one record: that they are two is no contradiction.
                var field = stored.Find(said.Definition.Name);
                if (said.Definition.IsKey || said.IsDefault || said.Definition.Name == DeletedResource.Field || (field is null && said.Value.IsCleared))
                {
                    continue;
                }

                if (field?.Cause is not { } cause || !run.IsOwn(cause))
                {
                    isAllSaid = false;
                }
                else if (IsSame(said, record, field.Value, loaded))
                {
                    same ??= new SaidBefore(cause.Message, null);
                }
                else
                {
                    return new SaidBefore(cause.Message, $"{record.Type} {said.Definition.Name}");
                }
            }
        }

        return isAllSaid ? same : null;
    }

    /// <summary>What a file had made was taken back: to say it again is to bring it back.</summary>
    private static bool IsWithdrawn(StoredRecord stored) => stored.Find(Retraction.RetractedAt) is { Value: not null, Cause.Source: FileUndo.Source };

    /// <summary>Whether a row says what is stored.</summary>
    public static bool IsSame(IncomingField said, IncomingRecord record, string? stored, LoadedRecords loaded)
    {
        var text = said.Value.Text;
        if (said.Definition.ReferenceKind == RecordDefinition.Patient && text is not null)
        {
            // It is stored under our own id.
            text = loaded.ByAlias.GetValueOrDefault(new RecordAlias(RecordDefinition.Patient, record.Definition.IdSystem, text))?.Id.ToString();
        }

        return string.Equals(text, stored, said.Definition.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }
}
