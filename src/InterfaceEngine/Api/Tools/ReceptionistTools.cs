using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Matching;
using InterfaceEngine.Ehr;

namespace InterfaceEngine.Api.Tools;

/// <summary>
/// What a receptionist (a language model at the telephone) may do: look a patient up, see what is free, book. Each gives the minimum that the
/// conversation needs, over the connection of the key's practice.
/// </summary>
internal static class ReceptionistTools
{
    private const int PatientsShown = 5;
    private const int SlotsShown = 20;

    /// <summary>How long a visit is of which only the beginning is said, as the guide has it, where the vendor has no slots that tell it.</summary>
    private const int MinutesOfVisit = 30;

    public static async Task LookupPatientAsync(ApiCall call)
    {
        var said = await call.BodyAsync(ApiJson.Snake.LookupPatientArguments);
        said = said with { FirstName = Word(said.FirstName), DateOfBirth = Word(said.DateOfBirth) };
        var connection = call.OneConnection(call.Query("connection"));
        var born = said.DateOfBirth is { } day ? Day(day, "date_of_birth") : null;
        var answer = await call.AskAsync(new EhrPatientsRequest(connection.Id)
        {
            Actor = call.Actor,
            Practices = call.Practices,
            Reason = "lookup_patient, asked at the telephone",
            FirstName = said.FirstName,
            LastName = said.LastName,
            BirthDate = born,
            Limit = PatientsShown + 1,
        });
        var found = answer.Patients;
        var isVerified = found is [var only] && !answer.HasMore && Fits(only, said, born);
        var result = new LookupPatientResult(
            found.Count,
            isVerified,
            [.. found.Take(PatientsShown).Select(patient => Masked(patient, said, born))],
            isVerified ? null : Advice(found.Count, said));
        await AnswerAsync(call, result, ApiJson.Snake.ToolResultLookupPatientResult);
    }

    public static async Task CheckAvailabilityAsync(ApiCall call)
    {
        var said = await call.BodyAsync(ApiJson.Snake.AvailabilityArguments);
        var connection = call.OneConnection(call.Query("connection"));
        var day = Word(said.PreferredDate) is { } date ? Day(date, "preferred_date") : null;
        var answer = await AppointmentEndpoints.SlotsAsync(call, new EhrSlotsRequest(connection.Id)
        {
            Actor = call.Actor,
            Type = TypeOf(call, Word(said.AppointmentType)),
            From = day,
            Limit = SlotsShown,
        });
        var offered = answer.Slots.Take(SlotsShown).Select(slot => new OfferedSlot(
            slot.Id, slot.Start, slot.Minutes, slot.TypeName ?? slot.Type, slot.ProviderName ?? slot.Provider, slot.DepartmentName ?? slot.Department));
        var result = new AvailabilityResult([.. offered], answer.HasMore || answer.Slots.Count > SlotsShown);
        await AnswerAsync(call, result, ApiJson.Snake.ToolResultAvailabilityResult);
    }

    public static async Task CreateAppointmentAsync(ApiCall call)
    {
        var said = await call.BodyAsync(ApiJson.Snake.CreateAppointmentArguments);
        said = said with { SlotId = Word(said.SlotId), StartTime = Word(said.StartTime), AppointmentType = Word(said.AppointmentType), Reason = Word(said.Reason) };
        if (said.SlotId is null && said.StartTime is null)
        {
            throw ApiException.BadRequest("slot_id or start_time is expected: offer what check_ehr_availability gives.");
        }

        var connection = call.OneConnection(call.Query("connection"));

        // Where the vendor has slots, length, provider and place are those of the slot that is open at this time.
        var seeks = connection.Dialect.Booking is not BookingForm.None;
        var isWithoutSlot = said.SlotId is null && !seeks;
        var request = new BookAppointmentRequest(connection.Practice, said.PatientId)
        {
            Actor = call.Actor,
            Reason = "create_ehr_appointment, asked by the patient at the telephone",
            Slot = said.SlotId,
            Connection = connection.Id,
            Start = AppointmentEndpoints.ForDesk(said.StartTime),
            Minutes = isWithoutSlot ? MinutesOfVisit : null,
            Type = TypeOf(call, said.AppointmentType),
            Provider = isWithoutSlot ? connection.DefaultProvider : null,
            Location = isWithoutSlot ? connection.DefaultDepartment : null,
            VisitReason = said.Reason,
            SeeksSlot = seeks,
        };
        var key = call.Http.Request.Headers["Idempotency-Key"].ToString();

        // A model that got no answer says the same again, in other words perhaps, and has no keys.
        var booked = await call.AskAsync(string.IsNullOrWhiteSpace(key) ? request with { IsOnce = true } : request with { Key = key });
        if (booked.IsOver)
        {
            throw ApiException.Refused(
                $"The appointment that was booked by this key, {booked.Record}, does not stand any more ({booked.Status}). Nothing was booked: book another, by a key of its own.");
        }

        await AnswerAsync(call, new CreateAppointmentResult(booked.Record, said.PatientId, said.AppointmentType, booked.Status ?? "scheduled"), ApiJson.Snake.ToolResultCreateAppointmentResult);
    }

    /// <summary>Whether it is who was said. The vendor gives those too whose names only begin so, and nicknames.</summary>
    private static bool Fits(EhrPatientView patient, LookupPatientArguments said, string? born) =>
        born is not null && patient.BirthDate == born && PersonKey.IsOneName(patient.LastName, said.LastName) && (said.FirstName is null || PersonKey.IsOneName(patient.FirstName, said.FirstName));

    private static string Advice(int found, LookupPatientArguments said) => (found, said) switch
    {
        (0, _) => "Nobody fits: ask how the name is spelt, and for the date of birth.",
        (_, { DateOfBirth: null }) => "Ask for the date of birth.",
        (_, { FirstName: null }) => "Ask for the first name.",
        _ => "Ask how the names are spelt, and for the date of birth again.",
    };

    /// <summary>What was said, and said rightly, is given back as it is known, and nothing else whole.</summary>
    private static MaskedPatient Masked(EhrPatientView patient, LookupPatientArguments said, string? born) => new(
        patient.Id,
        PersonKey.IsOneName(patient.FirstName, said.FirstName) ? patient.FirstName : Masking.Name(patient.FirstName),
        PersonKey.IsOneName(patient.LastName, said.LastName) ? patient.LastName : Masking.Name(patient.LastName),
        patient.BirthDate == born ? patient.BirthDate : Masking.Whole(patient.BirthDate),
        Masking.Phone(patient.Phone));

    /// <summary>Models write an empty text for what they do not say.</summary>
    private static string? Word(string? said) => string.IsNullOrWhiteSpace(said) ? null : said;

    private static string? TypeOf(ApiCall call, string? kind) => kind is null ? null
        : !ToolEndpoints.Kinds.Contains(kind) ? throw ApiException.BadRequest($"appointment_type is not one of {string.Join(", ", ToolEndpoints.Kinds)}.")
        : call.Parts.Options.AppointmentTypes.GetValueOrDefault(kind, ToolEndpoints.CodeOf(kind));

    private static string Day(string text, string name) =>
        DateOnly.TryParseExact(text, ["MM/dd/yyyy", "M/d/yyyy", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : throw ApiException.BadRequest($"{name} is not a day in the form MM/DD/YYYY.");

    private static Task AnswerAsync<T>(ApiCall call, T result, JsonTypeInfo<ToolResult<T>> type) => call.AnswerAsync(new ToolResult<T>(call.Route("name"), result), type);
}
