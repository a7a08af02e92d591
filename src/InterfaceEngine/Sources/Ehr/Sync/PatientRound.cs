namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>From when a run of a type asks.</summary>
/// <param name="Since">The moment; null from the beginning.</param>
/// <param name="IsSaid">Somebody said this moment; else it is where the last run ended.</param>
/// <param name="IsKept">Whether the cursor goes on with it: whoever asks from a later moment than the last run ended, or before any ran, leaves a gap.</param>
internal readonly record struct SyncSpan(DateTimeOffset? Since, bool IsSaid, bool IsKept);

/// <summary>A run of a type through the patients: from when each is asked for, and what the run has to remember. It goes on where one like it was broken off.</summary>
internal sealed class PatientRound
{
    /// <summary>When the first so many patients can't be asked for, it is not the patients.</summary>
    private const int FirstPatients = 3;

    /// <summary>So many patients who can't be asked for are remembered; with more the next run asks for all of them from where this one did.</summary>
    private const int MissedMax = 1_000;

    private readonly SyncSpan _span;

    /// <summary>Whom the last run that was done asked for; null before there was one.</summary>
    private readonly SyncedPatients? _known;

    /// <param name="cursor">As the run before left it.</param>
    /// <param name="span">From when is asked.</param>
    /// <param name="now">Our clock.</param>
    public PatientRound(SyncCursor cursor, SyncSpan span, DateTimeOffset now)
    {
        _span = span;

        // A store of before it was kept whom a run asked for has the moment of the run.
        _known = cursor.Known ?? (cursor.Until is { } until ? new SyncedPatients(until, []) : null);
        var isBrokenOff = span.IsKept && cursor.After > 0 && cursor.Since == span.Since;
        Cursor = (isBrokenOff ? cursor : new SyncCursor { Until = cursor.Until, Since = span.Since, Missed = cursor.Missed }) with
        {
            Known = _known,
            Knowing = (isBrokenOff ? cursor.Knowing : null) ?? new SyncedPatients(now, []),
        };
    }

    /// <summary>What is to be remembered now.</summary>
    public SyncCursor Cursor { get; private set; }

    /// <summary>Patients who were asked for, among them those who could not be.</summary>
    public int Asked { get; private set; }

    /// <summary>Patients who could not be asked for.</summary>
    public int Failed { get; private set; }

    /// <summary>Whether one more who can't be asked for leaves it likely that the others can.</summary>
    public bool MayGoOnWithout => Failed + 1 < FirstPatients || Failed < Asked;

    private SyncedPatients Knowing => Cursor.Knowing!;

    /// <summary>Whether a patient could not be asked for by a run before this one.</summary>
    public bool WasMissed(SyncPatient patient) => Cursor.Missed.ContainsKey(patient.Record);

    /// <summary>From when a patient is asked for; null from the beginning.</summary>
    public DateTimeOffset? From(SyncPatient patient)
    {
        // Of whoever became known since the last run the vendor may have what is older than that run.
        if (!_span.IsSaid && _known?.Has(patient) == false)
        {
            return null;
        }

        var isMissedFromBefore = Cursor.Missed.TryGetValue(patient.Record, out var missed) && _span.Since is not null && !(missed > _span.Since);
        return isMissedFromBefore ? missed : _span.Since;
    }

    /// <summary>A patient is not asked for.</summary>
    public void PassOver(SyncPatient patient) => Cursor = Cursor with { Knowing = Knowing.With(patient) };

    /// <summary>All of a patient was taken.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="answered">When the vendor answered, by its clock; null when it said nothing.</param>
    public void Take(SyncPatient patient, DateTimeOffset? answered)
    {
        Cursor = Cursor with { Began = Cursor.Began ?? answered, Missed = WasMissed(patient) ? Without(patient) : Cursor.Missed };
        Pass(patient);
    }

    /// <summary>A patient could not be asked for. The others go on without.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="from">From when the next run is to ask.</param>
    public void Miss(SyncPatient patient, DateTimeOffset? from)
    {
        Failed++;
        Cursor = WasMissed(patient) || Cursor.Missed.Count < MissedMax
            ? Cursor with { Missed = new Dictionary<long, DateTimeOffset?>(Cursor.Missed) { [patient.Record] = from } }
            : Cursor with { HasGaps = true };
        Pass(patient);
    }

    /// <summary>The cursor of the run that is done: it is where it was before, if not everything was taken.</summary>
    /// <param name="now">Our clock.</param>
    public SyncCursor Ended(DateTimeOffset now) =>
        Cursor is { HasGaps: false, Began: { } began }
            ? (Cursor with { Known = Cursor.Knowing }).Ended(began, now)
            : new SyncCursor { Until = Cursor.Until, Missed = Cursor.Missed, Known = _known };

    private Dictionary<long, DateTimeOffset?> Without(SyncPatient patient)
    {
        var left = new Dictionary<long, DateTimeOffset?>(Cursor.Missed);
        left.Remove(patient.Record);
        return left;
    }

    private void Pass(SyncPatient patient)
    {
        Asked++;
        Cursor = Cursor with { After = patient.Record, Knowing = Knowing.With(patient) };
    }
}
