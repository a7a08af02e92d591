namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>How often each kind of message comes, as parts of their sum.</summary>
public sealed record FeedMix(int Adt, int Siu, int Oru, int Dft, int Mdm)
{
    /// <summary>A clinic's day: 60 % ADT, 20 % SIU, 15 % ORU of about 5 KB, 5 % DFT and MDM.</summary>
    public static FeedMix Day { get; } = new(120, 40, 30, 6, 4);

    /// <summary>Registrations and updates only.</summary>
    public static FeedMix AdtOnly { get; } = new(1, 0, 0, 0, 0);
}

/// <summary>Which clinic, which people and which day.</summary>
public sealed record ClinicOptions
{
    public const int SeedMax = 9_999;
    public const int PeopleMax = 900_000;

    /// <summary>The same seed gives the same day. Other seeds have other people, visits and control ids. From 1 to 9,999.</summary>
    public int Seed { get; init; } = 1;

    public Practice Practice { get; init; } = Practice.Athena;

    /// <summary>How many people the clinic will know at most. Default 200.</summary>
    public int People { get; init; } = 200;

    /// <summary>How many events the day has. Default 2,000.</summary>
    public int Events { get; init; } = 2_000;

    public FeedMix Mix { get; init; } = FeedMix.Day;

    /// <summary>When the doors open, in the clinic's own time. Default: Monday, 5 January 2026, 07:30.</summary>
    public DateTime Opens { get; init; } = new(2026, 1, 5, 7, 30, 0, DateTimeKind.Unspecified);

    /// <summary>For how long. Events are spread over it; a day with very many events for few people runs longer. Default 10 hours.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromHours(10);
}
