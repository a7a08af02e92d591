using System.Globalization;
using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>Reports: preliminary ones that become final, final ones of which some are corrected: ORU.</summary>
internal sealed class Laboratory(ClinicState state) : IDesk
{
    private const int PreliminaryPercent = 30;
    private const int CorrectedPercent = 4;

    private static readonly string[] _notes =
    [
        "Specimen received in good order. Values were checked by a second run where they lay outside of the reference range of the method.",
        "Reference ranges are those of adults; for children and during pregnancy other ranges hold, which the laboratory gives on request.",
        "This line of the report & the next belong together.",
    ];

    private Dice Dice => state.Dice;

    public IReadOnlyList<ClinicEvent> Act()
    {
        if (state.Pick(one => Waiting(one, 'P') is not null) is { } preliminary && Dice.Percent(50))
        {
            return [Tell(preliminary, Waiting(preliminary, 'P')!, report => Finished(report))];
        }

        if (Dice.Percent(CorrectedPercent) && state.Pick(one => Waiting(one, 'F') is not null) is { } final)
        {
            return [Tell(final, Waiting(final, 'F')!, Corrected)];
        }

        return state.Pick(_ => true) is { } chart ? [Order(chart)] : [];
    }

    private ClinicEvent Order(Chart chart)
    {
        var status = Dice.Percent(PreliminaryPercent) ? 'P' : 'F';
        var panels = LabCatalog.Panels.Select(panel => panel with { PlacerId = state.NextNumber(), FillerId = state.NextNumber() }).ToList();
        var report = new LabReport
        {
            Collected = state.Now.AddMinutes(-Dice.Between(30, 300)),
            Status = status,
            Panels = [.. panels.Select((panel, index) => panel with { Observations = Measured(panel.Observations, status), Notes = index == 0 ? [_notes[0], _notes[1]] : [] })],
        };
        if (Dice.Percent(3))
        {
            report = report with { Panels = [.. report.Panels, LabCatalog.Document(state.NextNumber(), state.NextNumber(), status)] };
        }

        chart.ReportList.Add(report);
        return state.Tell("ORU^R01", chart) with { Report = report };
    }

    private ClinicEvent Tell(Chart chart, LabReport report, Func<LabReport, LabReport> change)
    {
        var changed = change(report);
        chart.ReportList[chart.ReportList.IndexOf(report)] = changed;
        return state.Tell("ORU^R01", chart) with { Report = changed };
    }

    private static LabReport? Waiting(Chart chart, char status) => chart.ReportList.FirstOrDefault(report => report.Status == status);

    private static LabReport Finished(LabReport report) => WithStatus(report, 'F');

    /// <summary>One number was wrong; the line and its order say that they are corrected.</summary>
    private LabReport Corrected(LabReport report)
    {
        var first = report.Panels[0];
        var lines = first.Observations.ToList();
        var index = lines.FindIndex(line => line.Type == "NM");
        lines[index] = Measure(lines[index], Dice) with { Status = 'C', Note = "Corrected: the former value was another specimen's." };
        return report with { Status = 'C', Panels = [first with { Observations = lines }, .. report.Panels.Skip(1)] };
    }

    private static LabReport WithStatus(LabReport report, char status) => report with
    {
        Status = status,
        Panels = [.. report.Panels.Select(panel => panel with { Observations = [.. panel.Observations.Select(line => line with { Status = status })] })],
    };

    private List<Observation> Measured(IReadOnlyList<Observation> lines, char status) =>
        [.. lines.Select(line => (line.Type == "NM" ? Measure(line, Dice) : line) with { Status = status, Note = Dice.Percent(4) ? _notes[2] : "" })];

    /// <summary>A value in or a little outside of the range, with as many decimals as the range has.</summary>
    internal static Observation Measure(Observation line, Dice dice)
    {
        var bounds = line.Range.Split('-');
        var (low, high) = (decimal.Parse(bounds[0], CultureInfo.InvariantCulture), decimal.Parse(bounds[1], CultureInfo.InvariantCulture));
        var decimals = bounds[0].Contains('.', StringComparison.Ordinal) ? bounds[0].Length - bounds[0].IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        var value = decimal.Round(low + ((high - low) * dice.Between(-15, 115) / 100m), decimals);
        var flag = value < low ? "L" : value > high ? "H" : "";
        return line with { Value = [Math.Max(0, value).ToString(CultureInfo.InvariantCulture)], Flag = flag };
    }
}
