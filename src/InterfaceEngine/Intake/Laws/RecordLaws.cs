using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;

namespace InterfaceEngine.Intake.Laws;

/// <summary>
/// Runs the laws about what messages do to records (<c>map check</c>): L5 once, L6 keep and clear, L7 order. Messages are made of
/// generated records, those of the tests join for L5, and they are applied by the work that applies them to a store.
/// </summary>
internal static class RecordLaws
{
    /// <summary>L6 tries every field of a record, so one of as many records is enough.</summary>
    private const int KeepShare = 100;

    /// <summary>L5 and L7 depend on the tables little, so one of as many records is enough.</summary>
    private const int Share = 20;

    /// <summary>Runs them, on as many cores as there are.</summary>
    public static LawReport Run(MappingSet set, LawOptions options) =>
        LawReport.Of(Jobs(set, options).AsParallel().AsOrdered().Select(job => job()).AsEnumerable());

    private static IEnumerable<Func<LawReport>> Jobs(MappingSet set, LawOptions options)
    {
        foreach (var maps in set.Practices.Where(maps => options.Practice is null || maps.Practice.Id == options.Practice))
        {
            var messages = new LawMessages(maps, options.Seed);
            foreach (var map in maps.Maps)
            {
                foreach (var format in MapFormats.All.Where(format => LawMessages.Events(map, format).Count > 0))
                {
                    yield return () => new OnceLaw(maps.Practice.Id, messages).Run(map, format, Math.Max(1, options.Records / Share));
                    yield return () => new KeepLaw(maps.Practice.Id, messages).Run(map, format, Math.Max(1, options.Records / KeepShare));
                    yield return () => new OrderLaw(maps.Practice.Id, messages).Run(map, format, Math.Max(1, options.Records / Share));
                }
            }

            yield return () => OnceLaw.Run(new PracticeReader(maps), MappingLaws.Messages(set, options, maps.Practice.Id));
        }
    }

    /// <summary>When the first message of a case happened; each further one an hour later.</summary>
    public static Instant Time(int number) => Instant.FromUtc(2029, 1, 1, 12, 0) + Duration.FromHours(number);

    public static LawReport Report(Law law, int cases, IReadOnlyList<LawFailure> failures) => new()
    {
        Cases = new Dictionary<Law, int> { [law] = cases },
        Normalisations = new Dictionary<string, int>(),
        Failures = failures,
        Unmapped = [],
    };
}
