using System.Text.Json;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>
/// The steps by which a patient of ours becomes known to athenahealth and is changed there. Each begins with reading, ends with our record having what the
/// vendor has, and may be begun anew wherever it was cut off.
/// </summary>
/// <param name="client">The vendor.</param>
/// <param name="records">Our own side.</param>
internal sealed class AthenaNetRegistration(AthenaNetClient client, OwnRecords records) : IOrderCalls
{
    private const string UpdateCall = "PUT /patients/{patientid}";

    /// <summary>As many of one name and birth date as nobody has to choose from.</summary>
    private const int FoundMax = 50;

    /// <summary>What athenahealth measures beside name and birth date.</summary>
    private static readonly string[] _matched = ["sex", "zip", "homephone", "mobilephone", "workphone"];

    public async Task<string> DoAsync(CallOrder order, CancellationToken cancellationToken)
    {
        var wanted = WantedPerson.OfAthenaNet(order);
        return await records.NumberOfAsync(wanted.Patient, cancellationToken) is not { } number ? await RegisterAsync(wanted, cancellationToken)
            : order.Event == CallOrder.Registered ? await SettleAsync(wanted, number, "registered", cancellationToken)
            : await UpdateAsync(wanted, number, cancellationToken);
    }

    /// <summary>Registers a patient, if the vendor does not know her.</summary>
    /// <returns>What became of it, in short.</returns>
    private async Task<string> RegisterAsync(WantedPerson wanted, CancellationToken cancellationToken)
    {
        if (await PersonMatch.FindAsync(wanted, await CandidatesAsync(wanted, cancellationToken), records, cancellationToken) is { } known)
        {
            return await SettleAsync(wanted, known, "known there", cancellationToken);
        }

        var department = wanted.Order.Department ?? client.Connection.Options.DefaultDepartment
            ?? throw new HeldException(
                "no department",
                $"athenahealth registers a patient in a department, and none was said. Set DefaultDepartment of {client.Connection.Options.Id}, or say the location with the patient, and send this again.");
        List<KeyValuePair<string, string>> fields = [.. Fields(wanted.Order.Call), new("departmentid", department)];
        if (wanted.Order.IsAnother)
        {
            fields.Add(new("bypasspatientmatching", "true"));
        }

        var number = await client.Patients.CreateAsync(fields, cancellationToken)
            ?? throw new EhrException(EhrFault.NotUnderstood, "athenaNet: the registration was taken, and the answer has no number.");
        return await SettleAsync(wanted, number, "registered", cancellationToken);
    }

    /// <summary>Changes there what was changed here, as far as it is not so already.</summary>
    private async Task<string> UpdateAsync(WantedPerson wanted, string number, CancellationToken cancellationToken)
    {
        var (row, _) = await ReadAsync(number, cancellationToken);
        var changes = Fields(records.Amend(wanted.Order, UpdateCall, JsonSerializer.SerializeToUtf8Bytes(row)));

        // athenahealth shows what it does not have as an empty text.
        changes.RemoveAll(change => change.Value.Length == 0 && (!row.TryGetProperty(change.Key, out var held) || Text(held).Length == 0));
        if (changes.Count > 0)
        {
            await client.Patients.UpdateAsync(number, changes, cancellationToken);
        }

        return await SettleAsync(wanted, number, "changed", cancellationToken);
    }

    /// <summary>Those who may be the patient. The guides do not know the vendor's own measure.</summary>
    private async Task<IEnumerable<KnownPerson>> CandidatesAsync(WantedPerson wanted, CancellationToken cancellationToken)
    {
        var (first, last, born) = (wanted.Person.FirstName!, wanted.Person.LastName!, wanted.Person.Born!.Value);
        if (client.Dialect.HasBestMatch)
        {
            var further = Fields(wanted.Order.Call).Where(field => _matched.Contains(field.Key)).Select(field => (field.Key, (string?)field.Value));
            return (await client.Patients.BestMatchAsync(first, last, born, [.. further], cancellationToken)).Select(KnownPerson.Of);
        }

        var found = await client.Patients.SearchAsync([("firstname", first), ("lastname", last), ("dob", AthenaValues.Of(born))], FoundMax, cancellationToken);
        return found.Rows.Select(KnownPerson.Of);
    }

    private async Task<(JsonElement Row, DateTimeOffset ServerTime)> ReadAsync(string number, CancellationToken cancellationToken)
    {
        try
        {
            var read = await client.Patients.ReadTimedAsync(number, cancellationToken);
            return read.Row.Text("patientid") == number ? read
                : throw new HeldException(
                    "merged",
                    "athenahealth answers for this patient with another number: the two were merged there. Nothing was changed. Have the merge told here, and send this again.");
        }
        catch (EhrException missing) when (missing.Fault is EhrFault.NotFound)
        {
            throw new HeldException("not there", "athenahealth has no patient of this number. Nothing was changed there.");
        }
    }

    /// <summary>Gives our record the number and what the vendor has. Only then it is delivered.</summary>
    private async Task<string> SettleAsync(WantedPerson wanted, string number, string code, CancellationToken cancellationToken)
    {
        var (row, serverTime) = await ReadAsync(number, cancellationToken);
        if (wanted.Order.Event == CallOrder.Registered && !KnownPerson.Of(row).IsNamedAs(wanted.Person) && await records.NumberOfAsync(wanted.Patient, cancellationToken) is null)
        {
            // athenahealth matches by a measure of its own before it registers anybody.
            throw new HeldException(
                "who is it",
                $"athenahealth took the patient for its {number}, whose name or birth date is another. Where she is that one, say the number (patients change --number) and send this again; where not, dismiss this and say so (patients change --another).");
        }

        if (await records.RenumberAsync(wanted.Patient, number, cancellationToken) is { } other)
        {
            throw new HeldException(
                HeldException.TwoRecords,
                $"athenahealth knows the patient by a number that patient {other} has here. Book and change that one, and dismiss this; or, where they are two people, say so (patients change --another).");
        }

        await records.TakeAsync(wanted.Order, AthenaPatients.Document(row), serverTime, cancellationToken);
        return code;
    }

    /// <summary>The fields of a call; of whom it speaks its address says.</summary>
    private static List<KeyValuePair<string, string>> Fields(ReadOnlyMemory<byte> call)
    {
        using var document = JsonDocument.Parse(call);
        return [.. document.RootElement.EnumerateObject().Where(field => field.Name != "patientid").Select(field => KeyValuePair.Create(field.Name, Text(field.Value)))];
    }

    /// <summary>A list is one text with tabs between; what is removed is empty.</summary>
    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Array => string.Join('\t', value.EnumerateArray().Select(Text)),
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };
}
