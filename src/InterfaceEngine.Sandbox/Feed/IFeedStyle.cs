using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Feed;

/// <summary>How a sender writes what it has: the places and forms in which feeds differ.</summary>
internal interface IFeedStyle
{
    /// <summary>MSH-10, at most 20 characters, another one for each seed and event.</summary>
    string ControlId(int seed, long number);

    /// <summary>A time as this sender tells it.</summary>
    string Time(DateTime time);

    /// <summary>How a patient's number stands in PID-3 and MRG-1.</summary>
    string PatientId(string id);

    string Provider(Provider provider);

    /// <summary>MSH.</summary>
    void Header(MessageWriter writer, ClinicEvent told, string controlId);

    /// <summary>PID.</summary>
    void Patient(MessageWriter writer, Person person);

    /// <summary>PD1, where this sender has one.</summary>
    void PrimaryCare(MessageWriter writer, Person person);

    /// <summary>NK1 number <paramref name="number"/>.</summary>
    void Contact(MessageWriter writer, int number, Contact contact);

    /// <summary>PV1; with a visit's number only where there is a visit.</summary>
    void Visit(MessageWriter writer, Person person, Visit? visit);

    /// <summary>IN1 number <paramref name="number"/>.</summary>
    void Coverage(MessageWriter writer, int number, Person person, Coverage coverage);

    /// <summary>Everything of an SIU behind MSH.</summary>
    void Appointment(MessageWriter writer, ClinicEvent told);
}
