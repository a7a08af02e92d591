using InterfaceEngine.Core.Matching;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// One record while a message is applied to it: what was stored, what it is becoming. A message may speak of a
/// record more than once (two IN1 of one plan); the store gets one write.
/// </summary>
internal sealed class RecordWork(RecordDefinition definition, StoredRecord? stored)
{
    private readonly List<FieldChange> _changes = [];
    private readonly List<RecordAlias> _newAliases = [];
    private List<FieldDifference>? _differences;
    private bool _isWritten;

    public StoredRecord? Stored { get; } = stored;

    public StoredRecord? Current { get; private set; } = stored;

    /// <summary>The patient whose list a new record belongs to; null for a record that is no item of a list.</summary>
    public string? NewOwner { get; set; }

    /// <summary>Where the record is found while it has no number of the filler's; null for what is never sought so.</summary>
    public LookUpKey? WhileAwaitingNumber { get; set; }

    /// <summary>The version it has once it is written; its own when nothing is to be.</summary>
    public long VersionAfter => _isWritten ? (Stored?.Version ?? 0) + 1 : Stored?.Version ?? 0;

    /// <summary>A patient whose name and birth date so many have that she is not found by them.</summary>
    public bool IsOfTooManyNamesakes { get; set; }

    public bool IsCreated => Stored is null && Current is not null;

    public bool IsChanged => _changes.Count > 0;

    public IReadOnlyList<FieldChange> Changes => _changes;

    /// <summary>Where the message and what is stored said different things.</summary>
    public IReadOnlyList<FieldDifference> Differences => _differences ?? (IReadOnlyList<FieldDifference>)[];

    public void Take(Reconciled result)
    {
        if (result.Differences.Count > 0)
        {
            (_differences ??= []).AddRange(result.Differences);
        }

        if (result.Next is { } next)
        {
            Current = next;
            _isWritten = true;
            _changes.AddRange(result.Changes);
            _newAliases.AddRange(result.NewAliases);
        }
    }

    /// <summary>What was taken changed no value, and need not be kept: the record stays as it is stored.</summary>
    public void Leave() => (Current, _isWritten) = (Stored, false);

    /// <summary>The write, or null when nothing is to be written.</summary>
    public RecordWrite? ToWrite()
    {
        if (!_isWritten)
        {
            return null;
        }

        var expected = Stored?.Version ?? 0;
        var next = Current!;
        var (added, removed) = LookUps();
        return new RecordWrite
        {
            Next = next.Version == expected + 1 ? next : next.AsVersion(expected + 1),
            ExpectedVersion = expected,
            Confirmations = Stored?.Confirmations ?? 0,
            NewAliases = _newAliases,
            NewLookUps = added,
            OldLookUps = removed,
            Changes = _changes,
        };
    }

    private (IReadOnlyList<LookUpKey> Added, IReadOnlyList<LookUpKey> Removed) LookUps()
    {
        List<LookUpKey>? added = null;
        List<LookUpKey>? removed = null;
        if (NewOwner is { } owner)
        {
            (added ??= []).Add(PatientList.Key(definition, owner));
        }

        if (WhileAwaitingNumber is { } awaiting)
        {
            var (awaited, awaits) = (Stored is not null && OwnBooking.Awaits(definition, Stored), OwnBooking.Awaits(definition, Current!));
            if (awaits && !awaited)
            {
                (added ??= []).Add(awaiting);
            }
            else if (awaited && !awaits)
            {
                (removed ??= []).Add(awaiting);
            }
        }

        Move(Stored is null ? null : PersonKey.Of(Stored), IsOfTooManyNamesakes ? null : PersonKey.Of(Current!));
        foreach (var field in definition.Fields)
        {
            if (field.LookUp != LookUpKind.None)
            {
                Move(LookUpKeys.For(definition.Type, field, Stored?[field.Name]), LookUpKeys.For(definition.Type, field, Current![field.Name]));
            }
        }

        return (added ?? (IReadOnlyList<LookUpKey>)[], removed ?? (IReadOnlyList<LookUpKey>)[]);

        void Move(LookUpKey? before, LookUpKey? after)
        {
            if (before == after)
            {
                return;
            }

            if (before is { } old)
            {
                (removed ??= []).Add(old);
            }

            if (after is { } key)
            {
                (added ??= []).Add(key);
            }
        }
    }
}

/// <summary>The key under which a field's value is looked up.</summary>
internal static class LookUpKeys
{
    private const int DayLength = 10;

    /// <returns>Null when there is no value, or the field declares no look-up.</returns>
    public static LookUpKey? For(string type, FieldDefinition field, string? value) => (field.LookUp, value) switch
    {
        (LookUpKind.None, _) or (_, null) => null,
        (LookUpKind.Day, { Length: >= DayLength }) => new LookUpKey(type, field.Name, value[..DayLength]),
        _ => new LookUpKey(type, field.Name, value),
    };
}
