using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>Takes over what happened on a clinic's day, of which the feeds tell too: what was done at the desks is seen over HTTP.</summary>
internal static class ClinicNews
{
    private static readonly string[] _kept = ["NM", "ST", "TX"];

    public static void Apply(ClinicEvent told, VendorPractice practice)
    {
        var patient = Known(told, practice);
        if (told.Retired is { } retired && practice.Patient(retired.Id) is { } given)
        {
            given.MergedInto = patient.Person.Id;
            practice.Tell("MergePatient", given);
        }

        if (told.Trigger == "ADT^A29")
        {
            patient.Status = "deleted";
            practice.Tell("DeletePatient", patient);
        }

        if (told.Visit is { } visit && told.Trigger[..3] is "SIU" or "ADT")
        {
            Take(visit, patient, practice);
        }

        foreach (var panel in told.Report?.Panels ?? [])
        {
            Take(panel, told.Report!, told, patient, practice);
        }

        if (told.Document is { } document)
        {
            practice.DocumentsOf(patient).Add(new VendorDocument { Id = document.Id, Class = "CLINICALDOCUMENT", Subclass = "CLINICALDOCUMENT", Description = document.Type.Text, Provider = document.Author.Id, Created = practice.Now, Content = Pdf.OneLine(document.Type.Text) });
            practice.Tell("documents", "AddDocument", document.Id, patient.Person.Id, patient.Department);
        }
    }

    /// <summary>Whom it is about, as the person is known now.</summary>
    private static VendorPatient Known(ClinicEvent told, VendorPractice practice)
    {
        if (practice.Patient(told.Person.Id) is not { } known)
        {
            var added = new VendorPatient(told.Person, practice.Now) { Department = practice.House.Departments[0].Id, Version = 0, HasPast = true };
            practice.Add(added);
            practice.Tell("AddPatient", added);
            return added;
        }

        if (known.Person != told.Person)
        {
            known.Person = told.Person;
            practice.Tell("UpdatePatient", known);
        }

        return known;
    }

    private static void Take(Visit visit, VendorPatient patient, VendorPractice practice)
    {
        var known = practice.Schedule.Find(visit.Id);
        var taken = new VendorAppointment
        {
            Id = visit.Id,
            Department = visit.Department.Id,
            Provider = visit.Provider.Id,
            Type = visit.Type.Number,
            Start = visit.Start,
            Minutes = visit.Minutes,
            Patient = patient.Person.Id,
            Reason = visit.Reason.Code,
            Status = visit.Status switch
            {
                VisitStatus.CheckedIn => VendorAppointment.CheckedIn,
                VisitStatus.CheckedOut => VendorAppointment.CheckedOut,
                VisitStatus.Cancelled or VisitStatus.NoShow or VisitStatus.Deleted => VendorAppointment.Cancelled,
                _ => VendorAppointment.Future,
            },
            IsNoShow = visit.Status == VisitStatus.NoShow,
            ScheduledAt = known?.ScheduledAt ?? practice.Now,
            ScheduledBy = visit.Provider.UserName,
            CheckedInAt = visit.Arrived is { } arrived ? practice.InstantOf(arrived, visit.Department.Id) : null,
            Version = known?.Version ?? 0,
        };
        if (visit.Note.Length > 0)
        {
            taken.Notes.Add(("1", visit.Note, true));
        }

        practice.Schedule.Put(taken);
        practice.Tell(NameOf(taken.Status, known), taken);
    }

    private static string NameOf(char status, VendorAppointment? known) => status switch
    {
        VendorAppointment.CheckedIn => "CheckIn",
        VendorAppointment.CheckedOut => "CheckOut",
        VendorAppointment.Cancelled => "CancelAppointment",
        _ => known is null ? "ScheduleAppointment" : "UpdateAppointment",
    };

    private static void Take(LabPanel panel, LabReport report, ClinicEvent told, VendorPatient patient, VendorPractice practice)
    {
        var filed = new FiledReport(panel with { Observations = [.. panel.Observations.Where(line => _kept.Contains(line.Type))] }, report.Collected, told.At, told.Person.PrimaryProvider, report.Status);
        if (filed.Panel.Observations.Count == 0)
        {
            return;
        }

        var place = patient.Reports.FindIndex(one => one.Panel.FillerId == panel.FillerId);
        if (place < 0)
        {
            patient.Reports.Add(filed);
        }
        else
        {
            patient.Reports[place] = filed;
        }

        practice.Tell("labresults", place < 0 ? "AddLabResult" : "UpdateLabResult", panel.FillerId, patient.Person.Id, patient.Department);
    }
}
