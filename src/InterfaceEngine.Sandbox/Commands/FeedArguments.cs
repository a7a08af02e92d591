using System.CommandLine;
using System.Globalization;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Sandbox.Commands;

/// <summary>Which feed to make: the options that <c>day</c>, <c>send</c> and <c>csv</c> share.</summary>
internal sealed class FeedArguments
{
    private const int EventsMax = 9_000_000;
    private static readonly ClinicOptions _defaults = new();

    private readonly Option<FeedStyle> _style = new("--style")
    {
        Description = "athena: as athenahealth sends, practice 195900. guide: the integration guide's form, practice 1959. Default: athena.",
        HelpName = "athena|guide",
        DefaultValueFactory = _ => FeedStyle.Athena,
    };

    private readonly Option<int> _seed = Number("--seed", "Another seed gives other people and another day; the same seed gives the same bytes. Default: 1.", _defaults.Seed);
    private readonly Option<int> _people = Number("--people", "How many people the clinic knows at most. Default: 200.", _defaults.People);
    private readonly Option<int> _messages = Number("--messages", "How many messages the day has. Default: 2000.", _defaults.Events);
    private readonly Option<string?> _date = new("--date") { Description = "The day. Default: 2026-01-05.", HelpName = "YYYY-MM-DD" };
    private readonly Option<string?> _mix = new("--mix")
    {
        Description = "Parts of ADT, SIU, ORU, DFT and MDM. Default: 120,40,30,6,4: 60 %, 20 %, 15 %, 3 % and 2 %.",
        HelpName = "A,S,O,D,M",
    };

    public IEnumerable<Option> All => [_style, _seed, _people, _messages, _date, _mix];

    /// <exception cref="UsageException">A value is outside of its bounds or can't be read.</exception>
    public ClinicFeed Read(ParseResult parsed) => new(parsed.GetValue(_style), new ClinicOptions
    {
        Seed = CommonOptions.InBounds("--seed", parsed.GetValue(_seed), 1, ClinicOptions.SeedMax),
        People = CommonOptions.InBounds("--people", parsed.GetValue(_people), 1, ClinicOptions.PeopleMax),
        Events = CommonOptions.InBounds("--messages", parsed.GetValue(_messages), 1, EventsMax),
        Mix = Mix(parsed.GetValue(_mix)),
        Opens = Opens(parsed.GetValue(_date)),
    });

    private static FeedMix Mix(string? text)
    {
        if (text is null)
        {
            return FeedMix.Day;
        }

        var parts = text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 1_000_000 ? number : -1).ToList();
        return parts.Count == 5 && parts.Min() >= 0 && parts[0] > 0
            ? new FeedMix(parts[0], parts[1], parts[2], parts[3], parts[4])
            : throw new UsageException($"--mix {text}: five whole numbers are expected, the first at least 1, e.g. 120,40,30,6,4: nobody can be booked who was not registered.");
    }

    private static DateTime Opens(string? text) =>
        text is null ? _defaults.Opens
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.ToDateTime(TimeOnly.FromTimeSpan(_defaults.Opens.TimeOfDay))
        : throw new UsageException($"--date {text}: a day is expected, e.g. 2026-01-05.");

    private static Option<int> Number(string name, string description, int otherwise) =>
        new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => otherwise };
}
