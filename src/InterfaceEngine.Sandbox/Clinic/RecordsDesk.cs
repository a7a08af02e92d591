using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>Documents of the chart: new, edited, signed, replaced and withdrawn: MDM.</summary>
internal sealed class RecordsDesk(ClinicState state) : IDesk
{
    private static readonly int[] _weights = [55, 15, 15, 8, 7];
    private static readonly (string Code, string Text)[] _types = [("PN", "Progress Note"), ("CN", "Consultation"), ("OP", "Procedure Note")];

    private static readonly string[] _sentences =
    [
        "The patient was seen today and feels well.", "No new complaints since the last visit.", "Blood pressure and pulse are within the usual limits.",
        "The plan was talked over & agreed upon.", "To be seen again in three months, sooner if anything changes.",
    ];

    private Dice Dice => state.Dice;

    public IReadOnlyList<ClinicEvent> Act() => (Dice.Weighted(_weights) switch
    {
        1 => Change("MDM^T08", document => document with { Lines = [.. document.Lines, Dice.Pick(_sentences)] }),
        2 => Change("MDM^T04", document => document with { Completion = "AU" }),
        3 => Replace(),
        4 => Withdraw(),
        _ => null,
    } ?? File()) is { } told ? [told] : [];

    private ClinicEvent? File()
    {
        if (state.Pick(_ => true) is not { } chart)
        {
            return null;
        }

        var lines = Enumerable.Range(0, Dice.Between(2, 5)).Select(_ => Dice.Pick(_sentences)).ToList();
        return Tell("MDM^T02", chart, new ChartDocument(state.NextNumber(), "", Dice.Pick(_types), Dice.Pick(state.Options.Practice.Providers), "DO", state.Now, lines));
    }

    private ClinicEvent? Change(string trigger, Func<ChartDocument, ChartDocument> change) =>
        PickUnsigned() is var (chart, document) ? Tell(trigger, chart, change(document) with { Written = state.Now }) : null;

    private ClinicEvent? Replace()
    {
        if (PickUnsigned() is not var (chart, document))
        {
            return null;
        }

        chart.DocumentsById.Remove(document.Id);
        return Tell("MDM^T10", chart, document with { Id = state.NextNumber(), Replaces = document.Id, Written = state.Now, Lines = [Dice.Pick(_sentences)] });
    }

    private ClinicEvent? Withdraw()
    {
        if (PickUnsigned() is not var (chart, document))
        {
            return null;
        }

        var told = Tell("MDM^T11", chart, document);
        chart.DocumentsById.Remove(document.Id);
        return told;
    }

    private ClinicEvent Tell(string trigger, Chart chart, ChartDocument document)
    {
        chart.DocumentsById[document.Id] = document;
        return state.Tell(trigger, chart) with { Document = document };
    }

    private (Chart Chart, ChartDocument Document)? PickUnsigned()
    {
        static ChartDocument? Unsigned(Chart chart) => chart.DocumentsById.Values.FirstOrDefault(document => document.Completion == "DO");
        return state.Pick(one => Unsigned(one) is not null) is { } chart ? (chart, Unsigned(chart)!) : null;
    }
}
