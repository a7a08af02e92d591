using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Control;

/// <summary>Patients looked up at a vendor who has FHIR alone.</summary>
public sealed class FhirPatientOperationsTests
{
    [Theory]
    [InlineData("ecw-guide")]
    [InlineData("ecw-real")]
    public async Task A_patient_is_found_by_name_and_birth_and_the_look_is_audited(string profile)
    {
        await using var clinic = await FhirClinic.StartAsync(profile);
        var known = Person(clinic, 0);

        var found = await AskAsync<EhrPatientsAnswer>(clinic, new EhrPatientsRequest(Connected.Id)
        {
            Actor = "maria",
            FirstName = known.FirstName,
            LastName = known.LastName,
            BirthDate = known.Born.ToString("MM/dd/yyyy", System.Globalization.CultureInfo.InvariantCulture),
        });

        var patient = found.Patients.Should().ContainSingle(one => one.Id == known.Id).Subject;
        (patient.FirstName, patient.LastName, patient.BirthDate, patient.Sex, patient.Score)
            .Should().Be((known.FirstName, known.LastName, known.Born.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), known.Sex.ToString(), null));
        (await clinic.Engine.Store.ReadAsync(reader => reader.Audit(FhirClinic.Practice, 10), default)).Should().Contain(entry => entry.Actor == "maria" && entry.Action == "ehr patients");
        (await clinic.Engine.RecordsAsync(FhirClinic.Practice, "patient")).Should().HaveCount(profile == "ecw-guide" ? 2 : 0, "nothing is stored");
    }

    [Fact]
    public async Task A_patient_is_found_by_telephone_mail_postal_code_and_number()
    {
        await using var clinic = await FhirClinic.StartAsync();
        var known = clinic.Vendor.At(practice => practice.Patients.Select(one => one.Person).First(one => one.MobilePhone.Length > 0 && one.Email.Length > 0));

        EhrPatientsRequest[] questions =
        [
            new(Connected.Id) { Actor = "maria", Phone = $"+1 ({known.MobilePhone[..3]}) {known.MobilePhone[3..6]}-{known.MobilePhone[6..]}" }, new(Connected.Id) { Actor = "maria", Email = known.Email.ToUpperInvariant() },
            new(Connected.Id) { Actor = "maria", PostalCode = known.Address.PostalCode, LastName = known.LastName }, new(Connected.Id) { Actor = "maria", Number = known.Id },
        ];

        foreach (var question in questions)
        {
            (await AskAsync<EhrPatientsAnswer>(clinic, question)).Patients.Should().Contain(one => one.Id == known.Id);
        }
    }

    [Fact]
    public async Task More_than_are_wanted_are_not_shown_and_it_is_said()
    {
        await using var clinic = await FhirClinic.StartAsync();

        var found = await AskAsync<EhrPatientsAnswer>(clinic, new EhrPatientsRequest(Connected.Id) { Actor = "maria", PostalCode = "6", Limit = 30 });

        (found.Patients.Count, found.HasMore).Should().Be((30, true), "the server's pages have 25");
    }

    [Fact]
    public async Task Who_does_not_fit_is_left_out_also_where_the_server_looks_at_no_parameter_and_so_is_who_was_merged()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /fhir/r4/Patient", 200, """
            {"resourceType":"Bundle","entry":[
             {"resource":{"resourceType":"Patient","id":"1","name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1980-05-15","gender":"female"}},
             {"resource":{"resourceType":"Patient","id":"2","name":[{"family":"Roe","given":["Jane"]}],"birthDate":"1980-05-15"}},
             {"resource":{"resourceType":"Patient","id":"3","name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1980-05-16"}},
             {"resource":{"resourceType":"Patient","id":"4","name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1980-05-15","link":[{"other":{"reference":"Patient/1"},"type":"replaced-by"}]}}]}
            """);
        await using var connection = Connected.To(server);

        var (found, hasMore) = await new FhirPatients(new FhirClient(connection), "maria").SearchAsync(new FhirPersonQuery { Family = "doe", BirthDate = "1980-05-15" }, 10, default);

        found.Should().Equal(new FhirPerson("1", "Jane", "Doe", "1980-05-15", "female"));
        hasMore.Should().BeFalse();
    }

    [Fact]
    public async Task What_the_server_does_not_seek_by_is_not_asked_alone()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /fhir/r4/metadata", 200, """{"resourceType":"CapabilityStatement","rest":[{"resource":[{"type":"Patient","searchParam":[{"name":"family"}]}]}]}""");
        await using var connection = Connected.To(server);

        var asked = () => new FhirPatients(new FhirClient(connection), "maria").SearchAsync(new FhirPersonQuery { Phone = "5551234567" }, 10, default);

        (await asked.Should().ThrowAsync<EhrException>()).Which.Message.Should().Be("conn_1: its server seeks patients by none of phone. Say a name or a date of birth.");
        server.Requests.Should().NotContain(request => request.Path.EndsWith("Patient", StringComparison.Ordinal));
    }

    private static Person Person(FhirClinic clinic, int index) => clinic.Vendor.At(practice => practice.Patients[index].Person);

    private static async Task<T> AskAsync<T>(FhirClinic clinic, ControlRequest request)
        where T : ControlAnswer
    {
        await using var operations = clinic.Operations;
        var answer = await operations.AskAsync(request, default);
        return answer.Should().BeOfType<T>((answer as FailureAnswer)?.Message ?? "").Subject;
    }
}
