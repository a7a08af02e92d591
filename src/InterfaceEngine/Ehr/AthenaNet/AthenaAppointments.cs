using System.Runtime.CompilerServices;
using System.Text.Json;
using NodaTime;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>
/// Slots and appointments of athenaNet. What changes something is sent once: whoever got no answer reads first, and says so again if it was not done.
/// </summary>
internal sealed class AthenaAppointments(AthenaNetClient client)
{
    /// <summary>The call by which the maps list an appointment, whichever call brought it.</summary>
    public const string DocumentKind = "GET /appointments";

    private const string List = "appointments";
    private const string One = "/appointments/{appointmentid}";
    private const string Id = "appointmentid";

    /// <summary>What every type and reason of a slot fits.</summary>
    private const string Any = "-1";

    /// <summary>Slots that nobody has.</summary>
    /// <param name="department">In which.</param>
    /// <param name="provider">Whose; null for all.</param>
    /// <param name="type">Of which type; null for all.</param>
    /// <param name="from">The first day, by the department's clock.</param>
    /// <param name="until">The last.</param>
    /// <param name="isForNow">Also those that begin too soon for a patient to book them by himself.</param>
    /// <param name="limit">The most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(IReadOnlyList<AthenaVisit> Slots, bool HasMore)> OpenAsync(
        string department, string? provider, string? type, LocalDate from, LocalDate until, bool isForNow, int limit, CancellationToken cancellationToken)
    {
        var found = await client.ListAsync(
            AthenaCalls.Get(
                "/appointments/open",
                ("departmentid", department),
                ("providerid", provider),
                type is null ? ("reasonid", Any) : ("appointmenttypeid", type),
                ("startdate", AthenaValues.Of(from)),
                ("enddate", AthenaValues.Of(until)),
                ("bypassscheduletimechecks", isForNow ? "true" : null),
                ("ignoreschedulablepermission", "true")),
            List, limit, cancellationToken);
        return ([.. found.Rows.Select(row => new AthenaVisit(row)).Where(slot => slot.Id.Length > 0 && !slot.IsFrozen)], found.HasMore);
    }

    /// <summary>One appointment or slot, and the server's clock.</summary>
    /// <exception cref="EhrException">There is none (<see cref="EhrFault.NotFound"/>), or the call came to nothing.</exception>
    public async Task<(AthenaVisit Visit, DateTimeOffset ServerTime)> ReadAsync(string appointment, CancellationToken cancellationToken)
    {
        var call = AthenaCalls.Get(One).With(Id, appointment);
        var answer = await client.SendAsync(call, cancellationToken);

        // An answer that names no appointment says nothing of one: taken for an open slot, it would end a visit here that stands there.
        return (new AthenaVisit(EhrBody.ReadOne(call, answer, Id)), answer.ServerTime);
    }

    /// <summary>What is booked in some days, cancelled ones too, as documents for the intake.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="until">The last.</param>
    /// <param name="department">In which; null for all, where it is a patient's.</param>
    /// <param name="patient">Whose; null for everybody.</param>
    /// <param name="since">What changed since then; null for all of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<AthenaDocumentPage> BookedAsync(
        LocalDate from, LocalDate until, string? department, string? patient, DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changed = since is { } moment ? AthenaValues.Of(moment - AthenaValues.AnyZone) : null;
        var call = Booked(from, until, ("departmentid", department), ("patientid", patient), ("startlastmodified", changed), ("showcancelled", "true"));
        await foreach (var page in client.PagesAsync(call, List, cancellationToken))
        {
            yield return new AthenaDocumentPage([.. page.Rows.Select(row => Document(row))], page.ServerTime);
        }
    }

    /// <summary>What a patient has booked on a day; what was cancelled is left out.</summary>
    public async Task<IReadOnlyList<AthenaVisit>> BookedByAsync(string patient, LocalDate day, CancellationToken cancellationToken)
    {
        var booked = await client.ListAsync(Booked(day, day, ("patientid", patient)), List, int.MaxValue, cancellationToken);
        return [.. booked.Rows.Select(row => new AthenaVisit(row)).Where(visit => visit.IsOf(patient) && visit.IsTaken)];
    }

    /// <summary>Makes an empty slot and gives its number.</summary>
    public async Task<string> MakeAsync(string department, string provider, string type, LocalDateTime start, CancellationToken cancellationToken)
    {
        var call = AthenaCalls.Post(
            "/appointments/open",
            ("departmentid", department),
            ("providerid", provider),
            ("appointmenttypeid", type),
            ("appointmentdate", AthenaValues.Of(start.Date)),
            ("appointmenttime", AthenaValues.Of(start.TimeOfDay)));
        var answer = await client.SendAsync(call, cancellationToken);
        var made = EhrBody.ReadOne(call, answer);
        return made.ValueKind is JsonValueKind.Object && made.TryGetProperty("appointmentids", out var ids) && ids.ValueKind is JsonValueKind.Object && ids.EnumerateObject().ToList() is [var one]
            ? one.Name
            : throw answer.Failure(EhrFault.NotUnderstood, $"{call.Endpoint}: the answer does not name the one slot that was made.");
    }

    /// <summary>Books a patient into an open slot.</summary>
    public Task BookAsync(string slot, string patient, string type, string? department, string? note, CancellationToken cancellationToken) => client.OneAsync(
        AthenaCalls.Put(
            One,
            ("patientid", patient),
            ("appointmenttypeid", type),
            ("departmentid", department),
            ("bookingnote", note),
            ("ignoreschedulablepermission", "true")).With(Id, slot),
        cancellationToken);

    /// <summary>Cancels a booking. What the answer looks like is not known, so whoever must be certain reads the appointment.</summary>
    public Task CancelAsync(string appointment, string patient, string? reason, string? text, CancellationToken cancellationToken) => client.SendAsync(
        AthenaCalls.Put($"{One}/cancel", ("patientid", patient), ("appointmentcancelreasonid", reason), ("cancellationreason", text), ("ignoreschedulablepermission", "true")).With(Id, appointment),
        cancellationToken);

    /// <summary>Moves a booking to an open slot, whose number it has from then on.</summary>
    public Task RescheduleAsync(string appointment, string slot, string patient, CancellationToken cancellationToken) => client.OneAsync(
        AthenaCalls.Put($"{One}/reschedule", ("newappointmentid", slot), ("patientid", patient), ("ignoreschedulablepermission", "true")).With(Id, appointment), cancellationToken);

    /// <summary>Keeps an open slot back, or gives it free.</summary>
    public Task FreezeAsync(string slot, bool isFrozen, CancellationToken cancellationToken) =>
        client.OneAsync(AthenaCalls.Put($"{One}/freeze", ("freeze", isFrozen ? "true" : "false")).With(Id, slot), cancellationToken);

    /// <summary>Gives a booking another provider, department or type. The same call again changes nothing more.</summary>
    public Task AmendAsync(string appointment, string? provider, string? department, string? type, CancellationToken cancellationToken)
    {
        var call = AthenaCalls.Put("/appointments/booked/{appointmentid}", ("providerid", provider), ("departmentid", department), ("appointmenttypeid", type));
        return client.OneAsync(call.With(Id, appointment) with { MayRepeat = true }, cancellationToken);
    }

    /// <summary>Texts of an appointment's notes.</summary>
    public async Task<IReadOnlyList<string>> NotesAsync(string appointment, CancellationToken cancellationToken)
    {
        var notes = await client.ListAsync(AthenaCalls.Get($"{One}/notes").With(Id, appointment), "notes", int.MaxValue, cancellationToken);
        return [.. notes.Rows.Select(note => note.Text("notetext") ?? note.Text("text")).OfType<string>()];
    }

    public Task AddNoteAsync(string appointment, string text, CancellationToken cancellationToken) =>
        client.OneAsync(AthenaCalls.Post($"{One}/notes", ("notetext", text), ("displayonschedule", "true")).With(Id, appointment), cancellationToken);

    /// <summary>An appointment as a document for the intake.</summary>
    /// <param name="row">As athenaNet answered.</param>
    /// <param name="said">What is known of it and it does not say itself.</param>
    public static EhrDocument Document(JsonElement row, params (string Name, string Value)[] said) => AthenaDocument.Of(AthenaCalls.Get(DocumentKind["GET ".Length..]), row, said);

    private static EhrCall Booked(LocalDate from, LocalDate until, params (string Name, string? Value)[] further) =>
        AthenaCalls.Get("/appointments/booked", [("startdate", AthenaValues.Of(from)), ("enddate", AthenaValues.Of(until)), .. further]);
}
