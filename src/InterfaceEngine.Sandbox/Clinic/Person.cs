namespace InterfaceEngine.Sandbox.Clinic;

/// <param name="Line2">Empty for none.</param>
public sealed record Address(string Line1, string Line2, string City, string State, string PostalCode, string County);

/// <summary>One coverage.</summary>
/// <param name="Subscriber">Whose insurance it is: first name, last name, birth date; the person's own or a parent's.</param>
/// <param name="IsOwn">The person is the subscriber.</param>
public sealed record Coverage(InsurancePlan Plan, string MemberId, string GroupNumber, Subscriber Subscriber, bool IsOwn);

public sealed record Subscriber(string LastName, string FirstName, DateOnly Born, char Sex);

/// <param name="Role"><c>C</c> emergency contact, <c>N</c> next of kin.</param>
/// <param name="Relationship">Table 0063's words, e.g. <c>SPO</c>.</param>
public sealed record Contact(string LastName, string FirstName, string Relationship, char Role, string Phone);

/// <summary>
/// An invented person as the practice knows it now. Telephone numbers are of the range that is kept for fiction
/// (555-0100 to 555-0199), mail is at example.org; there is no social security number.
/// </summary>
public sealed record Person
{
    /// <summary>Where it stands among the invented people, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>athenahealth's number.</summary>
    public required string Id { get; init; }

    public required string LastName { get; init; }

    public required string FirstName { get; init; }

    public string MiddleName { get; init; } = "";

    /// <summary><c>JR</c>, <c>SR</c> or empty.</summary>
    public string Suffix { get; init; } = "";

    public string PreferredName { get; init; } = "";

    public required DateOnly Born { get; init; }

    /// <summary><c>F</c>, <c>M</c> or <c>U</c>.</summary>
    public required char Sex { get; init; }

    public required Address Address { get; init; }

    /// <summary>Ten digits, as the other two; empty for none.</summary>
    public string HomePhone { get; init; } = "";

    public string MobilePhone { get; init; } = "";

    public string WorkPhone { get; init; } = "";

    public string Email { get; init; } = "";

    /// <summary>CDC code and its text.</summary>
    public required (string Code, string Text) Race { get; init; }

    public required (string Code, string Text) Ethnicity { get; init; }

    /// <summary>ISO 639-2 code and its text.</summary>
    public required (string Code, string Text) Language { get; init; }

    /// <summary>Table 0002.</summary>
    public required char Marital { get; init; }

    public required Provider PrimaryProvider { get; init; }

    public IReadOnlyList<Contact> Contacts { get; init; } = [];

    public IReadOnlyList<Coverage> Coverages { get; init; } = [];

    /// <summary>What was observed to harm: code and text of an allergy; null for none known.</summary>
    public (string Code, string Text, string Severity)? Allergy { get; init; }

    /// <summary>Who pays what no insurance does: the person itself, or of a child a parent.</summary>
    public required Subscriber Guarantor { get; init; }
}
