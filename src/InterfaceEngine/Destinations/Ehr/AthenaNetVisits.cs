using System.Text.Json;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>
/// The steps by which a visit of ours comes about, changes and ends at athenahealth. Each begins with reading, ends with our record having what the
/// vendor has, and may be begun anew wherever it was cut off.
/// </summary>
/// <param name="options">What the settings say.</param>
/// <param name="client">The vendor.</param>
/// <param name="records">Our own side.</param>
internal sealed class AthenaNetVisits(CalledDestinationOptions options, AthenaNetClient client, OwnRecords records) : IOrderCalls
{
    /// <summary>A visit that was moved more often than that within the vendor is looked at by a person.</summary>
    private const int MovesMax = 20;

    private readonly SlotFinder _slots = new(options, client);

    public async Task<string> DoAsync(CallOrder order, CancellationToken cancellationToken)
    {
        var wanted = WantedByOrder.Of(await records.WithPatientAsync(order, cancellationToken));
        return order.Event switch
        {
            CallOrder.Booked => await BookAsync(wanted, cancellationToken),
            CallOrder.Cancelled => await CancelAsync(wanted, cancellationToken),
            _ => await ModifyAsync(wanted, cancellationToken),
        };
    }

    /// <summary>Books a visit, if it is not.</summary>
    /// <returns>What became of it, in short.</returns>
    private async Task<string> BookAsync(WantedByOrder order, CancellationToken cancellationToken)
    {
        var wanted = order.Wanted;
        var number = await records.NumberOfAsync(order.Visit, cancellationToken);
        if (number is null && await MineAsync(wanted, cancellationToken) is { } mine)
        {
            return await FoundAsync(order, mine.Id, cancellationToken);
        }

        if (number is not null && await ReadAsync(number, cancellationToken) is { IsTaken: true } there)
        {
            return there.IsOf(wanted.Patient)
                ? await FoundAsync(order, there.Id, cancellationToken)
                : throw new HeldException("taken", "The slot is another patient's by now. Book the visit at another time, and dismiss this.");
        }

        return client.Dialect.Booking switch
        {
            BookingForm.Slot => await BookSlotAsync(order, await _slots.FindAsync(wanted, number, cancellationToken), cancellationToken),
            BookingForm.PostOpen => await PostedAsync(order, PostOpenAsync, cancellationToken),
            BookingForm.Post => await PostedAsync(order, (posted, token) => client.Guide.PostAsync(posted.Wanted, token), cancellationToken),
            _ => throw new HeldException("not sent", $"Nothing can be booked by athenaNet's calls over {options.Connection}."),
        };
    }

    /// <summary>Changes or moves a visit that stands, as far as it is not so already.</summary>
    private async Task<string> ModifyAsync(WantedByOrder order, CancellationToken cancellationToken)
    {
        var wanted = order.Wanted;
        var visit = await StandingAsync(order, cancellationToken)
            ?? throw new HeldException("not there", "athenahealth has no such visit of this patient: it was never booked there, or does not stand any more. Look at the deliveries before this one.");

        // Only what was changed here is changed there: the vendor may have changed something else meanwhile.
        var start = visit.Start ?? throw new EhrException(EhrFault.NotUnderstood, "athenaNet: the visit stands there without a time that can be read.");
        var place = wanted with
        {
            Start = order.Changed("start_time") ? wanted.Start : start,
            Provider = order.Changed("provider_id") ? wanted.Provider : visit.Provider ?? wanted.Provider,
            Department = order.Changed("location_id") ? wanted.Department : visit.Department ?? wanted.Department,
        };

        // Another provider or department is another slot as well: amended in place, the visit would keep its old one, and the new one stay free for others.
        var isMoved = place.Start != start || (visit.Provider is not null && place.Provider != visit.Provider) || (visit.Department is not null && place.Department != visit.Department);
        if (order.Changed("end_time") && !order.Changed("start_time", "appointment_type") && visit.Minutes != wanted.Minutes)
        {
            throw new HeldException("length", "athenahealth takes the length of a visit from its type, and no call changes it. Change it there.");
        }

        CheckNote(order);
        if (isMoved)
        {
            visit = await MoveAsync(order, place, visit, cancellationToken);
        }

        var provider = order.Changed("provider_id") && wanted.Provider != visit.Provider ? wanted.Provider : null;
        var department = order.Changed("location_id") && wanted.Department != visit.Department ? wanted.Department : null;
        var type = order.Changed("appointment_type") && wanted.Type != visit.Type ? wanted.Type : null;
        if ((provider ?? department ?? type) is not null)
        {
            await client.Appointments.AmendAsync(visit.Id, provider, department, type, cancellationToken);
        }

        await SayAsync(visit.Id, order.Changed("reason") ? order.Reason : null, order.Changed("notes") ? order.Notes : null, cancellationToken);
        return await SettleAsync(order, visit.Id, isMoved ? "moved" : "changed", cancellationToken);
    }

    /// <summary>Cancels a visit, if it stands.</summary>
    private async Task<string> CancelAsync(WantedByOrder order, CancellationToken cancellationToken)
    {
        if (await StandingAsync(order, cancellationToken) is { } visit)
        {
            await client.Appointments.CancelAsync(visit.Id, order.Wanted.Patient, options.CancelReason, order.Changed("notes") ? order.Notes : null, cancellationToken);
            return await SettleAsync(order, visit.Id, "cancelled", cancellationToken);
        }

        if (await records.NumberOfAsync(order.Visit, cancellationToken) is not { } number)
        {
            return "not there";
        }

        // Cancelled already, or the slot's own again: either way the patient has no such visit at the vendor.
        var left = await ReadAsync(number, cancellationToken);
        if (left.IsOf(order.Wanted.Patient))
        {
            return await SettleAsync(order, number, "cancelled", cancellationToken);
        }

        // Whose slot it is by now, or who she is by now.
        return left.IsTaken && !await IsThereAsync(order.Wanted.Patient, cancellationToken)
            ? throw new HeldException("merged", "The visit stands at athenahealth under another patient's number, and has no patient of the number that is known here: the two were merged there. Nothing was cancelled. Have the merge told here, then retry.")
            : "not there";
    }

    /// <summary>Whether the vendor has a patient under this very number; whoever was merged into another has none, or the other's.</summary>
    private async Task<bool> IsThereAsync(string patient, CancellationToken cancellationToken) =>
        await client.Patients.FindAsync(patient, cancellationToken) is { } row && row.Text("patientid") == patient;

    /// <summary>The visit is there already, by a call of ours or of others, who said nothing of what is to be said: that is said all the same.</summary>
    private async Task<string> FoundAsync(WantedByOrder order, string number, CancellationToken cancellationToken)
    {
        var code = await SettleAsync(order, number, "booked", cancellationToken);
        var isSaidByNumber = client.Dialect.Booking is BookingForm.PostOpen && order.Reason is { } words
            && (order.Wanted.Reason ?? await ReasonAsync(order.Wanted, words, cancellationToken)) is not null;
        await SayAsync(number, isSaidByNumber ? null : order.Reason, order.Notes, cancellationToken);
        return code;
    }

    private async Task<string> BookSlotAsync(WantedByOrder order, AthenaVisit slot, CancellationToken cancellationToken)
    {
        var wanted = order.Wanted;
        var type = wanted.Type ?? slot.Type ?? throw new HeldException("no type", "Neither the visit nor the slot has an appointment type, and athenahealth books none without.");
        try
        {
            await client.Appointments.BookAsync(slot.Id, wanted.Patient, type, wanted.Department, wanted.Note, cancellationToken);
        }
        catch (EhrException failure) when (failure.Fault is EhrFault.Conflict)
        {
            // Our own call before this one may have come through after we had looked.
            if (await ReadAsync(slot.Id, cancellationToken) is not { IsTaken: true } there || !there.IsOf(wanted.Patient))
            {
                throw;
            }

            return await FoundAsync(order, there.Id, cancellationToken);
        }

        return await SettleAsync(order, slot.Id, "booked", cancellationToken);
    }

    private async Task<string> PostedAsync(WantedByOrder order, Func<WantedByOrder, CancellationToken, Task<JsonElement>> post, CancellationToken cancellationToken)
    {
        // Without a slot's number nothing tells that the call came through before, but that the patient has the visit.
        if (await MineAsync(order.Wanted, cancellationToken) is { } there)
        {
            return await FoundAsync(order, there.Id, cancellationToken);
        }

        var number = (await post(order, cancellationToken)).Text("appointmentid") ?? (await MineAsync(order.Wanted, cancellationToken))?.Id;
        return await SettleAsync(order, number ?? throw Unfinished("the booking was taken, and the visit is not there yet"), "booked", cancellationToken);
    }

    private async Task<JsonElement> PostOpenAsync(WantedByOrder order, CancellationToken cancellationToken)
    {
        var number = order.Wanted.Reason ?? (order.Reason is { } words ? await ReasonAsync(order.Wanted, words, cancellationToken) : null);

        // Words that the number says already are not said again.
        return await client.Guide.PostOpenAsync(number is null ? order.Wanted : order.Wanted with { Reason = number, Note = order.Notes }, cancellationToken);
    }

    /// <summary>The practice's number of a reason, where it lists one in just these words.</summary>
    private async Task<string?> ReasonAsync(WantedVisit wanted, string words, CancellationToken cancellationToken)
    {
        try
        {
            var listed = await client.Practice.AppointmentReasonsAsync(wanted.Department, wanted.Provider, cancellationToken);
            return listed.FirstOrDefault(reason => string.Equals(reason.Text("reason"), words.Trim(), StringComparison.OrdinalIgnoreCase)).Text("reasonid");
        }
        catch (EhrException failure) when (failure.Fault is EhrFault.NotFound or EhrFault.Forbidden)
        {
            // A server that has no such list, or shows it to nobody, is told the words.
            return null;
        }
    }

    private async Task<AthenaVisit> MoveAsync(WantedByOrder order, WantedVisit place, AthenaVisit visit, CancellationToken cancellationToken)
    {
        var slot = await _slots.FindAsync(place, order.Order.Slot, cancellationToken);
        try
        {
            await client.Appointments.RescheduleAsync(visit.Id, slot.Id, order.Wanted.Patient, cancellationToken);
        }
        catch (EhrException failure) when (failure.Fault is EhrFault.Conflict)
        {
            if (await StandingAsync(order, cancellationToken) is not { } moved || moved.Id == visit.Id || moved.Start != place.Start)
            {
                throw;
            }

            return moved;
        }

        return await ReadAsync(slot.Id, cancellationToken);
    }

    private async Task<AthenaVisit> ReadAsync(string number, CancellationToken cancellationToken) => (await client.Appointments.ReadAsync(number, cancellationToken)).Visit;

    /// <summary>Whether what is to be said can be: looked at before anything is changed, so that whoever dismisses it dismisses nothing that was done.</summary>
    private static void CheckNote(WantedByOrder order)
    {
        if (order.Changed("notes") && order.Notes is null)
        {
            throw new HeldException(
                "note",
                "The note was removed here, and athenahealth's calls only add to its notes. Nothing was changed there. Remove it there, and dismiss this; what else was changed, change again.");
        }
    }

    /// <summary>Adds what the clinic has not been told yet, line by line. What was said there can't be taken back by a call.</summary>
    private async Task SayAsync(string number, string? reason, string? notes, CancellationToken cancellationToken)
    {
        var wanted = string.Join('\n', reason, notes);
        if (wanted.Trim().Length == 0)
        {
            return;
        }

        var said = (await client.Appointments.NotesAsync(number, cancellationToken)).SelectMany(Lines).ToHashSet(StringComparer.Ordinal);
        var missing = Lines(wanted).Where(line => !said.Contains(line)).ToList();
        if (missing.Count > 0)
        {
            await client.Appointments.AddNoteAsync(number, string.Join('\n', missing), cancellationToken);
        }
    }

    /// <summary>The visit that stands at the vendor, also where the vendor or a call of ours moved it; null when none does.</summary>
    private async Task<AthenaVisit?> StandingAsync(WantedByOrder order, CancellationToken cancellationToken)
    {
        if (await records.NumberOfAsync(order.Visit, cancellationToken) is not { } number)
        {
            return await MineAsync(order.Wanted, cancellationToken);
        }

        for (var moves = 0; moves < MovesMax; moves++)
        {
            var visit = await ReadAsync(number, cancellationToken);
            if (visit.MovedTo is not { } next || !visit.IsOf(order.Wanted.Patient))
            {
                return visit.IsTaken && visit.IsOf(order.Wanted.Patient) ? visit : null;
            }

            number = next;
        }

        throw new HeldException("moved", $"athenahealth moved the visit more than {MovesMax} times.");
    }

    /// <summary>What the patient has at just this time, with this provider, in this department.</summary>
    private async Task<AthenaVisit?> MineAsync(WantedVisit wanted, CancellationToken cancellationToken)
    {
        foreach (var visit in await client.Appointments.BookedByAsync(wanted.Patient, wanted.Start.Date, cancellationToken))
        {
            if (wanted.IsAt(visit))
            {
                return visit;
            }
        }

        return null;
    }

    /// <summary>Gives our record the number and what the vendor has. Only then it is delivered.</summary>
    private async Task<string> SettleAsync(WantedByOrder order, string number, string code, CancellationToken cancellationToken)
    {
        var (visit, serverTime) = await client.Appointments.ReadAsync(number, cancellationToken);
        var isEnd = code == "cancelled";
        if (!visit.IsOf(order.Wanted.Patient) || visit.IsTaken == isEnd)
        {
            throw Unfinished("the call was taken, and the visit is not yet as it was asked for");
        }

        if (await records.RenumberAsync(order.Visit, number, cancellationToken) is { } other)
        {
            throw new HeldException(
                HeldException.TwoRecords,
                $"athenahealth has the visit under a number by which appointment {other} is known here. It stands at athenahealth; decide which of the two is to stay here.");
        }

        await records.TakeAsync(order.Order, AthenaAppointments.Document(visit.Row), serverTime, cancellationToken);
        return code;
    }

    private static EhrException Unfinished(string what) => new(EhrFault.ServerFailed, $"athenaNet: {what}.");

    private static IEnumerable<string> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
