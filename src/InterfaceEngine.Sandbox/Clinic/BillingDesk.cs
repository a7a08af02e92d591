using System.Globalization;
using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>Charges of visits, payments, adjustments, and now and then a charge that is taken back: DFT.</summary>
internal sealed class BillingDesk(ClinicState state) : IDesk
{
    private static readonly (string Code, string Text, decimal Amount)[] _procedures =
        [("99213", "Office visit, established", 120m), ("99203", "Office visit, new", 180.5m), ("36415", "Venipuncture", 12.25m), ("90471", "Immunization administration", 31m), ("93000", "Electrocardiogram", 64.75m)];

    private static readonly (string Code, string Text)[] _diagnoses =
        [("I10", "Essential hypertension"), ("E11.9", "Type 2 diabetes mellitus without complications"), ("J06.9", "Acute upper respiratory infection"), ("M54.50", "Low back pain"), ("Z00.00", "General adult medical examination")];

    private Dice Dice => state.Dice;

    public IReadOnlyList<ClinicEvent> Act()
    {
        if (Dice.Percent(12) && state.Pick(one => Reversible(one) is not null) is { } mistaken)
        {
            return [TakeBack(mistaken, Reversible(mistaken)!)];
        }

        return state.Pick(one => Seen(one) is not null) is { } chart ? [Bill(chart, Seen(chart)!)] : [];
    }

    private ClinicEvent Bill(Chart chart, Visit visit)
    {
        var batch = string.Create(CultureInfo.InvariantCulture, $"B{state.Now:yyyyMMdd}");
        var diagnoses = Enumerable.Range(0, Dice.Between(1, 3)).Select(_ => Dice.Pick(_diagnoses)).Distinct().ToList();
        var charges = Enumerable.Range(0, Dice.Between(1, 3)).Select(_ => Charged(batch, diagnoses)).ToList();
        if (Dice.Percent(40))
        {
            charges.Add(new Charge(state.NextNumber(), batch, "PY", state.Now, "COPAY", "Copayment", [], 1, 25m, []));
        }

        if (Dice.Percent(15))
        {
            charges.Add(new Charge(state.NextNumber(), batch, "AJ", state.Now, "CONTR", "Contractual adjustment", [], 1, -charges[0].UnitAmount / 4, []));
        }

        chart.ChargeList.AddRange(charges);
        return state.Tell("DFT^P03", chart, visit) with { Charges = charges };
    }

    private Charge Charged(string batch, IReadOnlyList<(string Code, string Text)> diagnoses)
    {
        var (code, text, amount) = Dice.Pick(_procedures);
        return new Charge(state.NextNumber(), batch, "CG", state.Now, code, text, Dice.Percent(20) ? ["25"] : [], Dice.Percent(10) ? 2 : 1, amount, diagnoses);
    }

    /// <summary>The same transaction as a credit.</summary>
    private ClinicEvent TakeBack(Chart chart, Charge charge)
    {
        var credit = charge with { Type = "CD", At = state.Now };
        chart.ChargeList.Add(credit);
        return state.Tell("DFT^P03", chart, Seen(chart)) with { Charges = [credit] };
    }

    private static Charge? Reversible(Chart chart) =>
        chart.ChargeList.FirstOrDefault(charge => charge.Type == "CG" && !chart.ChargeList.Any(other => other.Id == charge.Id && other.Type == "CD"));

    private static Visit? Seen(Chart chart) => chart.VisitsById.Values.FirstOrDefault(visit => visit.Status is VisitStatus.CheckedIn or VisitStatus.CheckedOut);
}
