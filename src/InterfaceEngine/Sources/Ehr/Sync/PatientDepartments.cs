using System.Collections.Concurrent;
using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>
/// In which department a patient's chart is asked for: athenaNet wants one, and shows the chart that its group of departments shares. It is the patient's own; who has none
/// is asked for in one department of each group.
/// </summary>
internal sealed class PatientDepartments(AthenaNetClient client, TimeProvider time)
{
    /// <summary>A patient moves, and a synchronisation lives as long as the engine.</summary>
    private static readonly TimeSpan _holds = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (string? Department, DateTimeOffset At)> _own = new(StringComparer.Ordinal);
    private (IReadOnlyList<string> Departments, DateTimeOffset At)? _all;

    /// <summary>Keeps what a patient's row says.</summary>
    public string? Learn(string patient, JsonElement row)
    {
        var department = AthenaPatients.DepartmentOf(row);
        _own[patient] = (department, time.GetUtcNow());
        return department;
    }

    /// <exception cref="EhrException">They can't be asked for, or the practice has none.</exception>
    public async Task<IReadOnlyList<string>> OfAsync(string patient, CancellationToken cancellationToken)
    {
        var department = _own.TryGetValue(patient, out var known) && IsFresh(known.At) ? known.Department : Learn(patient, await client.Patients.ReadAsync(patient, cancellationToken));
        return department is not null ? [department] : await OneOfEachAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<string>> OneOfEachAsync(CancellationToken cancellationToken)
    {
        if (_all is { } known && IsFresh(known.At))
        {
            return known.Departments;
        }

        var departments = (await client.Practice.DepartmentsAsync(cancellationToken)).Where(one => one.Text("departmentid") is not null)
            .GroupBy(one => one.Text("chartsharinggroupid") ?? $"alone {one.Text("departmentid")}").Select(group => group.First().Text("departmentid")!).ToList();
        if (departments.Count == 0)
        {
            throw new EhrException(EhrFault.Invalid, $"{client.Connection.Options.Id}: the practice has no department in which a chart could be asked for.");
        }

        _all = (departments, time.GetUtcNow());
        return departments;
    }

    private bool IsFresh(DateTimeOffset at) => time.GetUtcNow() - at < _holds;
}
