namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>One feed of what changed at a practice: what was subscribed to and what was handed out. Not for concurrent use.</summary>
internal sealed class ChangedFeed(string name)
{
    private readonly HashSet<string> _subscribed = [];
    private readonly Dictionary<string, long> _handedOut = [];
    private readonly List<(string Id, DateTimeOffset At)> _history = [];
    private long _after;
    private DateTimeOffset _from;

    /// <summary>The events of each feed that there is.</summary>
    public static IReadOnlyDictionary<string, string[]> Events { get; } = new Dictionary<string, string[]>
    {
        ["appointments"] =
        [
            "ScheduleAppointment", "CheckIn", "CheckOut", "UpdateAppointment", "CancelAppointment", "UpdateReminderCall", "UpdateSuggestedOverbooking", "FreezeAppointment",
            "UnfreezeAppointment", "DeleteAppointment", "AddAppointmentSlot",
        ],
        ["patients"] = ["AddPatient", "UpdatePatient", "DeletePatient", "MergePatient"],
        ["providers"] = ["AddProvider", "UpdateProvider", "DeleteProvider"],
        ["labresults"] = ["AddLabResult", "UpdateLabResult", "CloseLabResult"],
        ["prescriptions"] = ["AddPrescription", "UpdatePrescription"],
        ["chart/healthhistory/problems"] = ["AddProblem", "UpdateProblem", "DeleteProblem"],
    };

    /// <summary>In the order of <see cref="Events"/>.</summary>
    public IEnumerable<string> Subscribed => Events[name].Where(_subscribed.Contains);

    public string StatusAt(DateTimeOffset now) =>
        _subscribed.Count == 0 || now < _from ? "INACTIVE" : _subscribed.Count == Events[name].Length ? "ACTIVE" : "PARTIAL";

    /// <param name="event">Which.</param>
    /// <param name="after">The number of the last change before: only later ones are told of.</param>
    /// <param name="from">When it takes effect.</param>
    public void Subscribe(string @event, long after, DateTimeOffset from)
    {
        if (_subscribed.Count == 0)
        {
            (_after, _from) = (after, from);
        }

        _subscribed.Add(@event);
    }

    public void Unsubscribe(string @event) => _subscribed.Remove(@event);

    /// <summary>The last change of each thing that was not handed out since.</summary>
    public IEnumerable<VendorChange> Waiting(IReadOnlyList<VendorChange> changes, DateTimeOffset now) => now < _from ? [] : changes
        .Where(change => change.Feed == name && change.Number > _after && change.At >= _from && _subscribed.Contains(change.Event) && change.Number > _handedOut.GetValueOrDefault(change.Id))
        .GroupBy(change => change.Id).Select(several => several.Last()).OrderBy(change => change.Number);

    public void HandOut(IEnumerable<VendorChange> changes, DateTimeOffset now)
    {
        foreach (var change in changes)
        {
            _handedOut[change.Id] = change.Number;
            _history.Add((change.Id, now));
        }
    }

    /// <summary>What was handed out in a time, each thing once.</summary>
    public IEnumerable<string> HandedOut(DateTimeOffset from, DateTimeOffset to) => _history.Where(one => one.At >= from && one.At <= to).Select(one => one.Id).Distinct();
}
