using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Expressions;

/// <summary>A record type with a field of every kind, and one message that fills most of them.</summary>
internal static class Sample
{
    public static readonly CodeTable Statuses = Table("appt-status", ("scheduled", "Booked", "Scheduled"), ("cancelled", "Cancelled", "Cancelled"), ("no_show", "Noshow", ""));

    public static readonly CodeTable Races = Table("race", ("2106-3", "W", "White"), ("2028-9", "A", "Asian"));

    public static ExpressionContext Context(MapFormat? barePaths = null) => new("appointment", Fields)
    {
        BarePaths = barePaths,
        Codes = name => name switch { "appt-status" => Statuses, "race" => Races, _ => null },
        Paths = (MapFormat format, string text, out string? problem) =>
        {
            problem = format == MapFormat.Hl7 && text == "PID-134" ? "PID-134 does not exist: PID has 39 fields." : null;
            return null;
        },
    };

    public static IReadOnlyList<ExpressionField> Fields { get; } =
    [
        Field("reason", "text"), Field("note", "text"), Field("phone", "phone"), Field("address.city", "name"),
        Field("born", "date"), Field("died", "partial date"), Field("start_time", "instant"), Field("end_time", "instant"),
        Field("duration", "minutes"), Field("count", "int"), Field("weight", "decimal"), Field("urgent", "bool"),
        Field("status", "code appt-status"), Field("other", "code race"), new("race", 99, ExpressionType.FromAs("code race", isList: true)),
        Field("empty_text", "text"), Field("empty_date", "date"), Field("empty_time", "instant"), Field("empty_number", "int"),
        Field("empty_code", "code appt-status"), Field("empty_bool", "bool"),
    ];

    public static SampleScope Scope() => new()
    {
        Values =
        {
            ["reason"] = "Follow-up", ["phone"] = "+15555551234", ["address.city"] = "Springfield", ["born"] = "1980-05-15",
            ["died"] = "2020", ["start_time"] = "2023-06-15T14:00:00Z", ["end_time"] = "2023-06-15T14:30:00Z", ["duration"] = "30",
            ["count"] = "7", ["weight"] = "70.5", ["urgent"] = "true", ["status"] = "scheduled", ["other"] = "2106-3",
            ["race"] = "2106-3" + FieldValue.ListSeparator + "2028-9",
        },
        Elements =
        {
            ["MSH-4.1"] = ["195900"], ["PID-13"] = ["5551234567", "5559876543"], ["SCH-9"] = ["30"], ["SCH-25"] = ["Booked"],
            ["PID-7"] = ["19800515"], ["PID-8"] = ["nine"], ["Status"] = ["x"], ["Home Phone"] = ["1"], ["DOB"] = ["1980-05-15"],
            ["OBX[3.1='a]b']-5"] = ["sel"],
        },
    };

    public static Expression Parse(string text, MapFormat? barePaths = null)
    {
        Expression.TryParse(text, Context(barePaths), out var expression, out var problem).Should().BeTrue("{0}: {1}", text, problem);
        return expression!;
    }

    public static ExpressionProblem Refused(string text, MapFormat? barePaths = null)
    {
        Expression.TryParse(text, Context(barePaths), out var expression, out var problem).Should().BeFalse("{0} is wrong", text);
        expression.Should().BeNull();
        return problem!;
    }

    private static CodeTable Table(string name, params (string Ours, string Hl7, string Display)[] codes)
    {
        var cell = new CellReference($"{name}.codes.md", 1, 1);
        return new CodeTable(name, ignoresCase: true, system: null, new UnknownPolicy(UnknownCode.Review, null, IsDefault: false, cell), [
            .. codes.Select(code => new Code(code.Ours, new Dictionary<MapFormat, IReadOnlyList<string>> { [MapFormat.Hl7] = [code.Hl7] }, code.Display, cell)),
        ]);
    }

    private static ExpressionField Field(string name, string asClause) => new(name, 0, ExpressionType.FromAs(asClause));
}

internal sealed class SampleScope : IExpressionScope
{
    public Dictionary<string, string> Values { get; } = [];

    public Dictionary<string, string[]> Elements { get; } = [];

    public LocalDate Today { get; init; } = new(2024, 2, 29);

    public FieldValue Field(ExpressionField field) => Values.TryGetValue(field.Name, out var text) ? FieldValue.Of(text) : FieldValue.Absent;

    public string? First(ExpressionPath path) => All(path) is [var first, ..] ? first : null;

    public IReadOnlyList<string> All(ExpressionPath path) => Elements.GetValueOrDefault(path.Text, []);
}
