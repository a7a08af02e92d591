using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>What meeting the stored record came to.</summary>
public enum ReconciledOutcome
{
    /// <summary>The record is new.</summary>
    Created,

    /// <summary>At least one value changed.</summary>
    Updated,

    /// <summary>No value changed. The clocks of what was said again may have advanced.</summary>
    Unchanged,

    /// <summary>It contradicts what is stored: nothing is applied until a person decides.</summary>
    Held,

    /// <summary>It can't be applied: a required field of a new record is missing.</summary>
    Refused,
}

/// <summary>Stored and incoming, put together.</summary>
public sealed class Reconciled
{
    public required ReconciledOutcome Outcome { get; init; }

    /// <summary>The version it was made from; null when the record was unknown.</summary>
    public StoredRecord? Stored { get; init; }

    /// <summary>The next version; null when there is nothing to write.</summary>
    public StoredRecord? Next { get; init; }

    /// <summary>The values that changed, in the order of the table.</summary>
    public IReadOnlyList<FieldChange> Changes { get; init; } = [];

    /// <summary>Aliases the record did not have.</summary>
    public IReadOnlyList<RecordAlias> NewAliases { get; init; } = [];

    /// <summary>Fields of which the message and the stored record say different things, which of the two counts, and why.</summary>
    public IReadOnlyList<FieldDifference> Differences { get; init; } = [];

    /// <summary>What was kept, ignored, held or refused, and why.</summary>
    public IReadOnlyList<ReconciliationNote> Notes { get; init; } = [];
}

/// <summary>One thing that was noticed. The reason holds no value of a patient's.</summary>
/// <param name="Code">E.g. <c>MAP520</c>; the list is <see cref="ReconciliationCodes"/>.</param>
/// <param name="Field">The field, or null when it concerns the record.</param>
/// <param name="Reason">What was found and what was done.</param>
/// <param name="Cell">The deciding cell, if one decided.</param>
/// <param name="Place">Where in the message.</param>
/// <param name="NeedsPerson">Someone should look at it.</param>
public sealed record ReconciliationNote(
    string Code,
    string? Field,
    string Reason,
    CellReference? Cell = null,
    ByteRange Place = default,
    bool NeedsPerson = false);

/// <summary>The codes reconciliation gives.</summary>
public static class ReconciliationCodes
{
    /// <summary>A clear would remove a required field: it is kept.</summary>
    public const string RequiredKept = "MAP512";

    /// <summary>Older than what is stored: ignored field by field.</summary>
    public const string Stale = "MAP520";

    /// <summary>An update of a record nobody has sent: it was made.</summary>
    public const string UpdateOfUnknown = "MAP522";

    /// <summary>A create of a record that is known: it was updated.</summary>
    public const string CreateOfKnown = "MAP523";

    /// <summary>A closed record is not brought back by an update.</summary>
    public const string Closed = "MAP524";

    /// <summary>Name and birth date both contradict the stored person: held.</summary>
    public const string Contradiction = "MAP540";

    /// <summary>A sealed field would change (a visit its patient): held.</summary>
    public const string SealedChange = "MAP541";

    /// <summary>Two of the message's ids name two records: held.</summary>
    public const string TwoRecords = "MAP542";

    /// <summary>A change of this field is put before a person.</summary>
    public const string ReviewedChange = "MAP543";

    /// <summary>A required field of a new record is missing: refused.</summary>
    public const string RequiredMissing = "MAP544";

    /// <summary>Its status ranks below what is stored (preliminary, final): ignored field by field, whatever its time.</summary>
    public const string Outranked = "MAP546";

    /// <summary>Another source comes before its own by the practice's settings: kept field by field.</summary>
    public const string SourceOutdone = "MAP556";

    /// <summary>Another source wrote the field, and a change of it waits for a person by the practice's settings.</summary>
    public const string HeldChange = "MAP557";

    /// <summary>A patient may be stored already under another id: listed for a person.</summary>
    public const string PossibleDuplicate = "MAP560";

    /// <summary>A resource was deleted of which nothing is stored.</summary>
    public const string DeletedUnknown = "MAP562";

    /// <summary>A start was moved without its end: the end moved along, so that the length stays.</summary>
    public const string EndMoved = "MAP545";

    /// <summary>One of its numbers is that of another record, which has a number of the vendor's own that differs.</summary>
    public const string AliasOfAnother = "MAP551";

    /// <summary>It names a visit by the number that it had before the vendor moved it: nothing is applied.</summary>
    public const string FormerNumber = "MAP565";

    /// <summary>A merge that was left out: of a record into itself, or older than what was said of the two since.</summary>
    public const string MergeIgnored = "MAP547";

    /// <summary>Fewer items of one key than a message before, which told them apart by their order: which is meant is a guess.</summary>
    public const string FewerRepeats = "MAP538";
}
