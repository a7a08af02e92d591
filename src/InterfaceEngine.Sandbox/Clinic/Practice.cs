namespace InterfaceEngine.Sandbox.Clinic;

/// <param name="Id">athenahealth's number of the provider.</param>
public sealed record Provider(string Id, string UserName, string Npi, string LastName, string FirstName);

/// <param name="Id">athenahealth's number of the department.</param>
/// <param name="Code">How PV1-3 names it.</param>
public sealed record Department(string Id, string Code, string Name)
{
    /// <summary>The time zone of its clock, by its IANA name.</summary>
    public string Zone { get; init; } = "America/Chicago";
}

/// <param name="Code">SCH-8.1.</param>
public sealed record VisitType(string Code, string Name, int Minutes)
{
    /// <summary>It takes place over video.</summary>
    public bool IsVideo { get; init; }

    /// <summary>athenaNet's number of it.</summary>
    public string Number { get; init; } = Code;
}

/// <summary>A practice with its people of the house.</summary>
public sealed record Practice(string Id, string Name, IReadOnlyList<Provider> Providers, IReadOnlyList<Department> Departments, IReadOnlyList<VisitType> VisitTypes)
{
    /// <summary>Types of visits that slots are open for, and of which the feeds tell nothing.</summary>
    public IReadOnlyList<VisitType> FurtherTypes { get; init; } = [];

    /// <summary>Every type that may be booked.</summary>
    public IEnumerable<VisitType> Bookable => VisitTypes.Concat(FurtherTypes);

    /// <summary>The sample practice 195900 of the shipped mappings, whose feed is athenahealth's own.</summary>
    public static Practice Athena { get; } = new(
        "195900",
        "Sample Practice",
        [new("27", "jjohnson", "1234567893", "JOHNSON", "JANE"), new("71", "jsmith", "1245319599", "SMITH", "JOAN")],
        [new("1", "MAIN ST", "Main St Clinic"), new("21", "EAST", "East Clinic") { Zone = "America/New_York" }, new("31", "MESA", "Mesa Clinic") { Zone = "America/Phoenix" }],
        [
            new("ANY15", "Any 15", 15) { Number = "82" }, new("OV", "Office Visit", 30) { Number = "83" },
            new("NP", "New Patient", 45) { Number = "84" }, new("FU", "Follow-up", 15) { Number = "85" },
        ])
    {
        FurtherTypes = [new("PE", "Physical", 30) { Number = "86" }],
    };

    /// <summary>The practice 1959 of the shipped mappings, whose feed is the integration guide's.</summary>
    public static Practice Guide { get; } = new(
        "1959",
        "Springfield Family Medicine",
        [new("12345", "jjohnson", "1487600012", "JOHNSON", "JANE"), new("54321", "mrivera", "1487600020", "RIVERA", "MARIA")],
        [new("1", "CLINIC", "MAIN STREET CLINIC"), new("2", "WEST", "WESTSIDE CLINIC")],
        [new("82", "OFFICE VISIT", 30), new("83", "NEW PATIENT", 45), new("90", "VIDEO VISIT", 15) { IsVideo = true }])
    {
        FurtherTypes = [new("84", "FOLLOW-UP", 15), new("85", "PHYSICAL", 30)],
    };
}

/// <param name="Id">The insurance package.</param>
public sealed record InsurancePlan(string Id, string Name, string CompanyId, string Company, string Phone)
{
    /// <summary>All of them invented.</summary>
    public static IReadOnlyList<InsurancePlan> All { get; } =
    [
        new("159571", "SAMPLE HMO", "1780", "SAMPLE HMO", "8005550100"),
        new("159572", "SAMPLE PPO", "1780", "SAMPLE HMO", "8005550100"),
        new("204410", "PRAIRIE MUTUAL PPO", "2210", "PRAIRIE MUTUAL", "8005550117"),
        new("204411", "PRAIRIE MUTUAL FAMILY", "2210", "PRAIRIE MUTUAL", "8005550117"),
        new("300123", "LAKESHORE & SONS EMPLOYEE PLAN", "3001", "LAKESHORE BENEFIT TRUST", "8005550123"),
    ];
}
