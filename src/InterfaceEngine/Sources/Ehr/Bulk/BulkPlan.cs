using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>What is really exported of what somebody wants: by what the vendor exports, what its server has, what the practice's tables read, and what was loaded before.</summary>
internal sealed class BulkPlan(FhirClient fhir, BulkFiles files, BulkJobs jobs)
{
    private readonly ConnectionOptions _connection = fhir.Connection.Options;

    /// <summary>Makes the job of a request; nothing is kept yet.</summary>
    /// <exception cref="BulkRefusedException">It can't be begun, and why.</exception>
    /// <exception cref="EhrException">The vendor can't be asked now what it has.</exception>
    public async Task<BulkJob> MakeAsync(BulkRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // One that is misspelt would be missing for ever, and nobody would know.
        if (request.Types?.Select(FhirResource.WhyNoType).FirstOrDefault(why => why is not null) is { } wrong)
        {
            throw new BulkRefusedException(wrong) { IsWrong = true };
        }

        if (_connection.IsChartByRest)
        {
            var why = _connection.Fhir is null ? "it has no Fhir address" : "Sync:Chart";
            throw new BulkRefusedException(
                $"Patients and their charts come to {_connection.Id} by athenaNet ({why}): ehr sync brings them. An export is FHIR's, and would bring them once more, under other ids.");
        }

        var notes = new List<string>();
        var level = Level(request.Level, notes);
        var types = (request.Types ?? (_connection.Bulk.Types.Count > 0 ? _connection.Bulk.Types : files.Types)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var can = await CapabilitiesAsync(notes, cancellationToken);
        foreach (var type in types.ToList())
        {
            if (WhyNot(type, can) is { } reason)
            {
                types.Remove(type);
                notes.Add($"{(FhirResource.IsType(type) ? type : "one of the types")} was left out: {reason}.");
            }
        }

        if (types.Count == 0)
        {
            throw new BulkRefusedException($"There is nothing to export: {(notes.Count == 0 ? "no types are named, and no table reads any" : string.Join(' ', notes))}");
        }

        return new BulkJob
        {
            Id = $"job_{Guid.NewGuid():N}",
            Level = level,
            Types = types,
            Since = request.IsFull ? null : request.Since ?? await SinceAsync(level, types, now, notes, cancellationToken),
            StartedAt = now,
            SucceededAt = now,
            Notes = notes,
        };
    }

    /// <summary>Why a type is not exported; null when it is.</summary>
    private string? WhyNot(string type, FhirCapabilities? can) =>
        !FhirResource.IsType(type) ? "is no type of resource"
        : !files.IsRead(type) ? $"no table of practice {_connection.Practice} reads it"
        : can is { Types.Count: > 0 } && !can.Types.ContainsKey(type) ? "the server has it not"
        : type == "Appointment" && _connection.Dialect.HasNoAppointmentSearch ? "the vendor gives it by its id alone"
        : null;

    /// <summary>
    /// Where it goes on. A vendor leaves out of what changed what is older than that also of patients who came into its group since, so that from time to time everything is
    /// exported.
    /// </summary>
    private async Task<DateTimeOffset?> SinceAsync(string level, IReadOnlyList<string> types, DateTimeOffset now, List<string> notes, CancellationToken cancellationToken)
    {
        var since = await jobs.SinceAsync(level, types, cancellationToken);
        if (since is null || (await jobs.FullAtAsync(level, types, cancellationToken) is { } full && now - full < _connection.Bulk.FullEvery))
        {
            return since;
        }

        notes.Add(
            $"Everything is exported, as every {_connection.Bulk.FullEvery.TotalDays:0.#} days (FullEvery): what changed leaves out the older charts of patients who came to the vendor's group since.");
        return null;
    }

    /// <summary>What the vendor really exports, whatever was asked for.</summary>
    private string Level(string? asked, List<string> notes)
    {
        var isOfGroup = asked is { Length: > 6 and <= 100 } && asked.StartsWith("Group/", StringComparison.Ordinal);
        if (!isOfGroup && asked is not (null or "Patient" or "System" or "Group"))
        {
            throw new BulkRefusedException("An export is of Patient, System, Group, or Group/ID.") { IsWrong = true };
        }

        if (_connection.Dialect.ExportGroup is { } form)
        {
            var group = form.Replace("{}", _connection.VendorPractice, StringComparison.Ordinal);
            if (asked is not (null or "Group") && asked != group)
            {
                notes.Add($"The vendor exports by group alone: {group} was taken.");
            }

            return group;
        }

        return asked != "Group" ? asked ?? "Patient"
            : throw new BulkRefusedException($"Which group? Set Connections:{_connection.Id}:Dialect:ExportGroup, or name it: Group/ID.") { IsWrong = true };
    }

    /// <summary>Null where the server does not say: then it is asked for everything. One that can't be asked now is not one that does not say: it may refuse what is asked blindly.</summary>
    private async Task<FhirCapabilities?> CapabilitiesAsync(List<string> notes, CancellationToken cancellationToken)
    {
        try
        {
            return await fhir.CapabilitiesAsync(cancellationToken);
        }
        catch (EhrException fault) when (fault.Fault != EhrFault.Disabled && !fault.IsTransient)
        {
            notes.Add($"The server does not say what it can do, so all types were asked for: {fault.Message}");
            return null;
        }
    }
}

/// <summary>What somebody wants exported.</summary>
internal sealed record BulkRequest
{
    /// <summary><c>Patient</c>, <c>System</c>, <c>Group</c> or <c>Group/ID</c>; null for what the profile says.</summary>
    public string? Level { get; init; }

    /// <summary>Null for the connection's, else for all that a table reads.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Null goes on where the last export that was loaded of these types ended.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Everything, whatever was exported before.</summary>
    public bool IsFull { get; init; }
}

/// <summary>An export can't be begun. The message is for whoever asked.</summary>
internal sealed class BulkRefusedException(string message) : Exception(message)
{
    /// <summary>A word of what was asked for is none.</summary>
    public bool IsWrong { get; init; }
}
