using System.Text.Json;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Matching;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
using NodaTime;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>An order of a patient as its destination reads it.</summary>
/// <param name="Order">As it was written.</param>
/// <param name="Patient">Our id.</param>
/// <param name="Person">Who she is.</param>
internal sealed record WantedPerson(CallOrder Order, EngineId Patient, KnownPerson Person)
{
    /// <summary>An order whose call is one of athenaNet.</summary>
    /// <exception cref="FormatException">It is no order of a patient, or lacks what every patient has.</exception>
    public static WantedPerson OfAthenaNet(CallOrder order)
    {
        using var document = JsonDocument.Parse(order.Call);
        return Of(order, KnownPerson.Of(document.RootElement));
    }

    /// <summary>An order whose call is a FHIR Patient.</summary>
    /// <inheritdoc cref="OfAthenaNet"/>
    public static WantedPerson OfFhir(CallOrder order)
    {
        using var document = JsonDocument.Parse(order.Call);
        return Of(order, FhirPerson.Of(document.RootElement) is { } person ? KnownPerson.Of(person, person.Id) : null);
    }

    private static WantedPerson Of(CallOrder order, KnownPerson? person) => EngineId.TryParse(order.Patient, out var id) && person is { LastName: not null, FirstName: not null, Born: not null }
        ? new WantedPerson(order, id, person)
        : throw new FormatException("the order lacks the name or the birth date of the patient.");
}

/// <summary>Who somebody is, as far as two are told apart by it.</summary>
/// <param name="Number">By which the vendor knows her.</param>
/// <param name="Sex">F, M, O, or U for what is not said.</param>
internal sealed record KnownPerson(string Number, string? LastName, string? FirstName, LocalDate? Born, char Sex)
{
    /// <summary>How well she fits whom one looks for, by the vendor's own measure; null where it has none.</summary>
    public double? Score { get; init; }

    /// <summary>A row of athenaNet, or the call that makes one.</summary>
    public static KnownPerson Of(JsonElement row) =>
        new(row.Text("patientid") ?? "", row.Text("lastname"), row.Text("firstname"), row.Day("dob"), Letter(row.Text("sex"))) { Score = AthenaPatients.ScoreOf(row) };

    /// <summary>A FHIR Patient.</summary>
    /// <param name="person">What it says.</param>
    /// <param name="number">The vendor's number of it.</param>
    public static KnownPerson Of(FhirPerson person, string number) => new(number, person.LastName, person.FirstName, AthenaValues.ReadDay(person.BirthDate), Letter(person.Gender));

    /// <summary>The same name and birth date, in whatever letters.</summary>
    public bool IsNamedAs(KnownPerson other) => Born == other.Born && PersonKey.IsOneName(LastName, other.LastName) && PersonKey.IsOneName(FirstName, other.FirstName);

    private static char Letter(string? sex) => sex is [var first, ..] && char.ToUpperInvariant(first) is 'F' or 'M' or 'O' ? char.ToUpperInvariant(sex[0]) : 'U';
}
