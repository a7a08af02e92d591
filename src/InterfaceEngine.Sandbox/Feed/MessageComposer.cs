using System.Globalization;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Feed;

/// <summary>Makes one message of what happened: the segments of each event, in the standard's order.</summary>
internal sealed class MessageComposer(IFeedStyle style)
{
    public byte[] Compose(ClinicEvent told, string controlId)
    {
        var writer = new MessageWriter();
        style.Header(writer, told, controlId);
        switch (told.Trigger.AsSpan(0, 3))
        {
            case "ADT":
                Admission(writer, told);
                break;
            case "SIU":
                style.Appointment(writer, told);
                break;
            case "ORU":
                Report(writer, told, told.Report!);
                break;
            case "DFT":
                Charges(writer, told);
                break;
            default:
                Document(writer, told, told.Document!);
                break;
        }

        return writer.ToBytes();
    }

    private void Event(MessageWriter writer, ClinicEvent told) =>
        writer.Segment("EVN").Field(1, told.Trigger[4..]).Field(2, style.Time(told.At));

    private void Admission(MessageWriter writer, ClinicEvent told)
    {
        var person = told.Person;
        Event(writer, told);
        style.Patient(writer, person);
        style.PrimaryCare(writer, person);
        if (told.Trigger is "ADT^A03" or "ADT^A11" or "ADT^A23" or "ADT^A29")
        {
            style.Visit(writer, person, told.Visit);
            return;
        }

        if (told.Retired is { } retired)
        {
            writer.Segment("MRG").Field(1, style.PatientId(retired.Id));
            style.Visit(writer, person, null);
            return;
        }

        for (var index = 0; index < person.Contacts.Count; index++)
        {
            style.Contact(writer, index + 1, person.Contacts[index]);
        }

        style.Visit(writer, person, told.Visit);
        if (person.Allergy is var (code, text, severity))
        {
            writer.Segment("AL1").Field(1, 1).Field(2, "DA").Field(3, MessageWriter.Join(code, text)).Field(4, severity);
        }

        Guarantor(writer, person);
        for (var index = 0; index < person.Coverages.Count; index++)
        {
            style.Coverage(writer, index + 1, person, person.Coverages[index]);
        }
    }

    private static void Guarantor(MessageWriter writer, Person person)
    {
        var (address, guarantor) = (person.Address, person.Guarantor);
        var isOwn = guarantor.Born == person.Born && guarantor.FirstName == person.FirstName;
        writer.Segment("GT1").Field(1, 1).Field(3, MessageWriter.Join(guarantor.LastName, guarantor.FirstName))
            .Field(5, MessageWriter.Join(address.Line1, address.Line2, address.City, address.State, address.PostalCode)).Field(6, person.HomePhone)
            .Field(8, guarantor.Born.ToString("yyyyMMdd", CultureInfo.InvariantCulture)).Field(9, guarantor.Sex.ToString()).Field(11, isOwn ? "SEL" : "PAR");
    }

    private void Report(MessageWriter writer, ClinicEvent told, LabReport report)
    {
        style.Patient(writer, told.Person);
        for (var index = 0; index < report.Panels.Count; index++)
        {
            var panel = report.Panels[index];
            var status = panel.Observations.Any(line => line.Status == 'C') ? 'C' : report.Status == 'C' ? 'F' : report.Status;
            writer.Segment("OBR").Field(1, index + 1).Field(2, panel.PlacerId).Field(3, panel.FillerId).Field(4, MessageWriter.Join(panel.Code, panel.Text, "LN"))
                .Field(7, style.Time(report.Collected)).Field(14, style.Time(report.Collected.AddMinutes(20))).Field(16, style.Provider(told.Person.PrimaryProvider))
                .Field(22, style.Time(told.At)).Field(25, status.ToString());
            Notes.Write(writer, panel.Notes);
            for (var line = 0; line < panel.Observations.Count; line++)
            {
                Observation(writer, line + 1, panel.Observations[line], style.Time(report.Collected));
            }
        }
    }

    private static void Observation(MessageWriter writer, int number, Observation line, string at)
    {
        writer.Segment("OBX").Field(1, number).Field(2, line.Type).Field(3, MessageWriter.Join(line.Code, line.Text, "LN")).Field(4, line.SubId)
            .Field(5, MessageWriter.Join([.. line.Value])).Field(6, MessageWriter.Text(line.Units)).Field(7, MessageWriter.Text(line.Range))
            .Field(8, line.Flag).Field(11, line.Status.ToString()).Field(14, at);
        Notes.Write(writer, [line.Note]);
    }

    private void Charges(MessageWriter writer, ClinicEvent told)
    {
        var visit = told.Visit!;
        Event(writer, told);
        style.Patient(writer, told.Person);
        style.Visit(writer, told.Person, visit);
        for (var index = 0; index < told.Charges.Count; index++)
        {
            var charge = told.Charges[index];
            var procedure = MessageWriter.Join(charge.Code, charge.Text, "CPT");
            writer.Segment("FT1").Field(1, index + 1).Field(2, charge.Id).Field(3, charge.Batch).Field(4, style.Time(charge.At)).Field(5, style.Time(told.At))
                .Field(6, charge.Type).Field(7, procedure).Field(10, charge.Units).Field(11, Money(charge.Amount)).Field(12, Money(charge.UnitAmount))
                .Field(13, visit.Department.Id).Field(16, MessageWriter.Join(visit.Department.Id, visit.Department.Code))
                .Field(19, string.Join('~', charge.Diagnoses.Select(diagnosis => MessageWriter.Join(diagnosis.Code, diagnosis.Text, "I10"))))
                .Field(20, style.Provider(visit.Provider)).Field(25, charge.Type is "CG" or "CD" ? procedure : "").Field(26, string.Join('~', charge.Modifiers));
        }
    }

    private void Document(MessageWriter writer, ClinicEvent told, ChartDocument document)
    {
        const string Withdrawn = "MDM^T11";
        const string Scanned = "OP";
        Event(writer, told);
        style.Patient(writer, told.Person);
        style.Visit(writer, told.Person, null);
        writer.Segment("TXA").Field(1, 1).Field(2, MessageWriter.Join(document.Type.Code, document.Type.Text)).Field(3, "TX").Field(4, style.Time(document.Written))
            .Field(5, style.Provider(document.Author)).Field(6, style.Time(document.Written)).Field(9, style.Provider(document.Author)).Field(12, document.Id)
            .Field(13, document.Replaces).Field(17, document.Completion).Field(19, told.Trigger == Withdrawn ? "CA" : "AV");
        if (told.Trigger == Withdrawn)
        {
            return;
        }

        var name = MessageWriter.Join(document.Type.Code, document.Type.Text);
        for (var index = 0; index < document.Lines.Count; index++)
        {
            writer.Segment("OBX").Field(1, index + 1).Field(2, "TX").Field(3, name).Field(5, MessageWriter.Text(document.Lines[index])).Field(11, "F");
        }

        if (document.Type.Code == Scanned)
        {
            writer.Segment("OBX").Field(1, document.Lines.Count + 1).Field(2, "ED").Field(3, name)
                .Field(5, MessageWriter.Join("", "application", "pdf", "Base64", Convert.ToBase64String(Pdf.OneLine("Invented procedure note")))).Field(11, "F");
        }
    }

    private static string Money(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
