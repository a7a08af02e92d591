using System.Text.Json;
using NodaTime;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>An appointment of athenaNet, which is a slot that somebody has or nobody: the number is the same.</summary>
internal readonly record struct AthenaVisit(JsonElement Row)
{
    /// <summary>Status of a slot that nobody has.</summary>
    public const string Open = "o";

    /// <summary>Status of one that was cancelled.</summary>
    public const string Cancelled = "x";

    public string Id => Row.Text("appointmentid") ?? "";

    /// <summary><c>o</c> open, <c>f</c> booked, <c>2</c> checked in, <c>3</c> checked out, <c>4</c> charged, <c>x</c> cancelled. The list of open slots leaves it out.</summary>
    public string Status => Row.Text("appointmentstatus") ?? (Patient is null ? Open : "");

    public string? Patient => Row.Text("patientid");

    public string? Department => Row.Text("departmentid");

    public string? Provider => Row.Text("providerid");

    public string? Type => Row.Text("appointmenttypeid");

    public string? TypeName => Row.Text("appointmenttype") ?? Row.Text("patientappointmenttypename");

    /// <summary>By the department's clock; null when the row does not say it.</summary>
    public LocalDateTime? Start => Row.At("date", "starttime") ?? AthenaValues.ReadLocal(Row.Text("starttime"));

    public int? Minutes => Row.Number("duration");

    /// <summary>The number of the visit that it became when it was moved; null when it was not.</summary>
    public string? MovedTo => Row.Text("rescheduledappointmentid") is { } id and not "0" ? id : null;

    /// <summary>It is kept back, and nobody can be booked into it.</summary>
    public bool IsFrozen => Row.IsTrue("frozenyn") || Row.IsTrue("frozen");

    /// <summary>Somebody has it and it was not cancelled.</summary>
    public bool IsTaken => Status is not (Open or Cancelled);

    public bool IsOf(string patient) => Patient == patient;
}
