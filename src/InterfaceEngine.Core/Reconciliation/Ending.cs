using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Rule <c>closed by</c>: an event that decides (a booking, a move, an end, a value that reopens) holds against every plain update
/// after it for as long as the record is ended. So that events in any order end in one state, what is not in force and may yet
/// count is kept: while the record is ended, the latest plain update since, which counts once an earlier booking comes to light; while
/// a plain update is in force, when the last event before it decided, for an end that comes late and is newer than that ends the record.
/// </summary>
internal sealed class Ending(FieldDefinition definition, FieldSheet sheet, ConflictRule rule)
{
    /// <summary>With the field's name before it: a plain update that is newer than the end in force. Written by the engine.</summary>
    public const string Waiting = "_waiting";

    /// <summary>
    /// With the field's name before it: the clock of the last event that decided, while a plain update is in force; no value, and no
    /// cause where none is known. A record without it was last told by an event that decides. Written by the engine.
    /// </summary>
    public const string Decided = "_decided";

    private readonly StoredField? _now = sheet.Find(definition.Name);
    private readonly StoredField? _waiting = sheet.Find(definition.Name + Waiting);
    private readonly StoredField? _decided = sheet.Find(definition.Name + Decided);

    /// <summary>
    /// True when an event decides: a booking or a move, an end, or a value that brings the record back when it is said outright. A file's
    /// row or a document tells no event; an end that it tells is one all the same.
    /// </summary>
    public static bool Decides(IncomingField said, Verb verb) =>
        verb is Verb.Create or Verb.Reschedule
        || (said.Value.Text is { } text && (said.Definition.ClosedValues.Contains(text) || said.Definition.ReopeningValues.Contains(text)));

    /// <summary>The mark of a new record whose first value is a plain update's.</summary>
    public static StoredField Undecided(FieldDefinition definition) => new(definition.Name + Decided, null, null, null, ByteRange.None);

    /// <summary>What a value comes to, in the order of events; what may yet count is kept.</summary>
    /// <param name="told">The value with its event.</param>
    /// <param name="decides">See <see cref="Decides"/>.</param>
    /// <returns>What is in force from now on: the value told, one that had waited, or what is stored.</returns>
    public StoredField? Take(StoredField told, bool decides)
    {
        var cause = told.Cause!;
        if (!decides)
        {
            return IsEnded ? Wait(told) : IsOlder(cause, _now?.Cause) ? _now : Plain(told);
        }

        var decided = _decided is null ? _now?.Cause : _decided.Cause;
        if (IsOlder(cause, decided))
        {
            return _now;
        }

        var later = _decided is not null ? _now : _waiting;
        var counts = IsOlder(cause, later?.Cause) ? later : null;
        var isEnd = told.Value is { } value && definition.ClosedValues.Contains(value);
        Keep(Waiting, isEnd ? counts : null);
        Keep(Decided, isEnd || counts is null ? null : told);
        return isEnd ? told : counts is null ? told : counts with { Name = definition.Name };
    }

    /// <summary>A plain update of a record that has ended: it may count later, if a booking from before it comes to light.</summary>
    private StoredField? Wait(StoredField told)
    {
        if (!IsOlder(told.Cause!, _now!.Cause) && !IsOlder(told.Cause!, _waiting?.Cause))
        {
            Keep(Waiting, told);
        }

        return _now;
    }

    private StoredField Plain(StoredField told)
    {
        if (_decided is null)
        {
            sheet.Write(Undecided(definition) with { Cause = _now?.Cause });
        }

        return told;
    }

    private void Keep(string suffix, StoredField? kept)
    {
        var name = definition.Name + suffix;
        if (kept is null)
        {
            sheet.Remove(name);
        }
        else
        {
            sheet.Write(suffix == Waiting ? kept with { Name = name } : new StoredField(name, null, kept.Cause, null, ByteRange.None));
        }
    }

    private bool IsEnded => _now?.Value is { } value && definition.ClosedValues.Contains(value);

    private bool IsOlder(Cause cause, Cause? than) => than is not null && rule.IsOlder(cause, than);
}
