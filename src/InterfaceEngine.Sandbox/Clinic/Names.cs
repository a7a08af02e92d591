namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>What invented people are made of.</summary>
internal static class Names
{
    public static readonly string[] Family =
    [
        "ABERNATHY", "ALVAREZ", "BAUER", "BELLAMY", "BRANDT", "CALLAHAN", "CASTILLO", "CHEN", "DALTON", "DELACRUZ", "DUVALL", "EASTMAN", "ESPINOZA",
        "FAIRCHILD", "FERRARO", "FINNEGAN", "GALLOWAY", "GRIMALDI", "HALVORSEN", "HARGROVE", "HOLLOWAY", "IVERSON", "JAMISON", "KAMINSKI", "KESSLER",
        "LARKIN", "LINDQVIST", "MARCHETTI", "MCALLISTER", "MERCADO", "NAKAMURA", "NOVAK", "O'BRIEN", "OKAFOR", "PATEL", "PEMBERTON", "QUINTANA",
        "RADCLIFFE", "ROSSI", "SALAZAR", "SCHAEFER", "STANTON", "TANAKA", "THORNTON", "UNDERWOOD", "VANDERBERG", "VILLANUEVA", "WHITAKER", "YAMAMOTO", "ZIELINSKI",
    ];

    public static readonly string[] Women =
    [
        "ADELE", "ALICE", "BEATRIZ", "CARMEN", "CLARA", "DOROTHY", "EDITH", "ELENA", "FLORA", "GRACE", "HANNAH", "IRENE", "JOSEPHINE", "KATHERINE", "LENA",
        "LUCIA", "MARGARET", "NAOMI", "OLIVIA", "PRIYA", "ROSA", "SOFIA", "THERESA", "VIVIAN", "YUKI",
    ];

    public static readonly string[] Men =
    [
        "ALBERT", "ANDRE", "BENJAMIN", "CARLOS", "DANIEL", "EDWARD", "ERNESTO", "FELIX", "GEORGE", "HENRY", "ISAAC", "JAMES", "KENJI", "LEON", "MARTIN",
        "NATHAN", "OSCAR", "PETER", "RAJ", "SAMUEL", "THEODORE", "VICTOR", "WALTER", "XAVIER", "ZACHARY",
    ];

    public static readonly string[] Streets =
    [
        "OAK AVE", "MAPLE ST", "WALNUT ST", "CHESTNUT DR", "LINCOLN WAY", "JEFFERSON ST", "SPRING RD", "MILL LN", "CAPITOL AVE", "LAKEVIEW DR", "ORCHARD CT", "PRAIRIE PATH",
    ];

    public static readonly (string City, string PostalCode, string County)[] Places =
    [
        ("SPRINGFIELD", "62701", "SANGAMON"), ("SPRINGFIELD", "62702", "SANGAMON"), ("SPRINGFIELD", "62704", "SANGAMON"), ("CHATHAM", "62629", "SANGAMON"),
        ("DECATUR", "62521", "MACON"), ("LINCOLN", "62656", "LOGAN"), ("TAYLORVILLE", "62568", "CHRISTIAN"),
    ];

    public static readonly string[] AreaCodes = ["217", "309", "618"];

    public static readonly (string Code, string Text)[] Races =
        [("2106-3", "White"), ("2106-3", "White"), ("2054-5", "Black or African American"), ("2028-9", "Asian"), ("2131-1", "Other Race")];

    public static readonly (string Code, string Text)[] Ethnicities =
        [("2186-5", "Not Hispanic or Latino"), ("2186-5", "Not Hispanic or Latino"), ("2135-2", "Hispanic or Latino")];

    public static readonly (string Code, string Text)[] Languages = [("eng", "English"), ("eng", "English"), ("eng", "English"), ("spa", "Spanish"), ("pol", "Polish")];

    public static readonly (string Code, string Text, string Severity)[] Allergies =
        [("PEN", "Penicillin", "MO"), ("PNUT", "Peanuts", "SV"), ("LTX", "Latex", "MI"), ("SULF", "Sulfonamides", "MO")];
}
