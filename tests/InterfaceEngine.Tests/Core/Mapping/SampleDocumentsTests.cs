using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>Every document under <c>samples/json</c> is read, and becomes what its folder says.</summary>
public sealed class SampleDocumentsTests
{
    private const string Nothing = "";

    private static readonly (string File, string Practice, string Call, string Becomes)[] _samples =
    [
        ("athena-patient.json", "195900", "GET /patients/34772", "patient"),
        ("athena-appointment.json", "195900", "GET /appointments", "appointment"),
        ("athena-medications.json", "195900", "GET /chart/34772/medications", "medication medication medication"),
        ("athena-vaccines.json", "195900", "GET /chart/34772/vaccines", "immunization immunization immunization immunization"),
        ("athena-vitals.json", "195900", "GET /chart/34772/vitals", "observation observation observation observation observation"),
        ("athena-problems.json", "195900", "GET /chart/34772/problems", "diagnosis diagnosis"),
        ("fhir-patient.json", "195900", Nothing, "patient"),
        ("fhir-appointment.json", "195900", Nothing, "appointment"),
        ("fhir-medication-request.json", "195900", Nothing, "medication"),
        ("fhir-immunization.json", "195900", Nothing, "immunization"),
        ("fhir-procedure.json", "195900", Nothing, "procedure"),
        ("fhir-care-plan.json", "195900", Nothing, "care_plan care_plan_activity care_plan_activity care_plan_activity"),
        ("fhir-task.json", "195900", Nothing, "task"),
        ("fhir-deleted.json", "195900", Nothing, "observation immunization"),
        ("guide-booking.json", "1959", "POST /appointments/open", "refused"),
        ("guide-communication.json", "195900", Nothing, "communication"),
        ("guide-task.json", "195900", Nothing, "task"),
    ];

    public static TheoryData<string> Files => [.. _samples.Select(sample => sample.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_sample_becomes_what_its_folder_says(string file)
    {
        var sample = _samples.Single(one => one.File == file);
        var body = JsonBody.Parse(File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "samples", "json", file)));

        var read = new PracticeReader(ShippedMappingsTests.Load().For(sample.Practice)!).Read(body, sample.Call, new ReadContext(Instant.FromUtc(2026, 2, 1, 0, 0)));

        (read.IsRejected ? "refused" : string.Join(' ', read.Records.Select(record => record.Type).Where(type => type != "contact" && type != "guarantor"))).Should().Be(sample.Becomes);
    }

    [Fact]
    public void No_sample_is_left_out() =>
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples", "json"), "*.json").Select(Path.GetFileName).Should().BeEquivalentTo(_samples.Select(sample => sample.File));
}
