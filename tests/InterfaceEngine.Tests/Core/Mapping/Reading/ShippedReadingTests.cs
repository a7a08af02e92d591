using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>The shipped samples through the shipped maps: the traps of the guide (mapping design §18) that concern HL7.</summary>
public sealed class ShippedReadingTests
{
    private static readonly MappingSet _set = ShippedMappingsTests.Load();

    [Fact]
    public void The_A04_of_the_guide_makes_a_patient_a_contact_a_coverage_and_a_visit()
    {
        var read = Read("1959", "guide-a04");

        read.Records.Select(record => (record.Type, record.Aliases[0].Value.Replace(FieldValue.ListSeparator, '|'))).Should().Equal(
            ("patient", "12345"), ("contact", "12345|DOE|JANE|spouse"), ("coverage", "12345|BC123|BC987654321"), ("encounter", "100000"));
        read.IsRejected.Should().BeFalse();
        read.Notes.Should().OnlyContain(note => note.Code == MappingCodes.UnassignedPhone, "every number in the guide has area code 555");
    }

    [Fact]
    public void The_second_phone_of_the_guide_is_mobile_for_the_practice_that_says_so()
    {
        var mobile = Read("1959", "guide-a04").Records[0].Fields.Single(field => field.Definition.Name == "phone_mobile");

        mobile.Value.Text.Should().Be("+15555555678");
        mobile.Cell.File.Should().Be("practices/1959/patient.map.md");
    }

    [Fact]
    public void The_word_White_becomes_the_code_and_an_absent_ethnicity_is_kept()
    {
        var patient = Read("1959", "guide-a04").Records[0];

        patient["race"].Text.Should().Be("2106-3");
        patient["ethnicity"].IsAbsent.Should().BeTrue();
    }

    [Fact]
    public void A_provider_whose_id_is_the_patients_is_still_a_provider()
    {
        var visit = Read("1959", "guide-a04").Records.Single(record => record.Type == "encounter");

        visit["provider_id"].Text.Should().Be("prov-johnson", "PV1-7 is empty and the guide's profile reads PV1-8");
        visit["patient_id"].Text.Should().Be("12345");
    }

    [Fact]
    public void The_shifted_insurance_segment_of_the_guide_is_read_where_it_stands()
    {
        var coverage = Read("1959", "guide-a04").Records.Single(record => record.Type == "coverage");

        coverage["payer_phone"].Text.Should().Be("+15555559876");
        coverage["group_number"].Text.Should().Be("100");
        coverage["relationship"].Text.Should().Be("self");
        coverage["subscriber.date_of_birth"].Text.Should().Be("1980-05-15");
        coverage["member_id"].Text.Should().Be("BC987654321");
    }

    [Fact]
    public void A_real_registration_makes_six_records_without_a_word()
    {
        var read = Read("195900", "athena-a04");

        read.Records.Select(record => record.Type).Should().Equal("patient", "contact", "contact", "coverage", "encounter", "guarantor");
        read.Notes.Should().BeEmpty();
        read.Records[0]["race"].ToString().Should().Be("2106-3, 2131-1");
    }

    [Fact]
    public void Times_of_version_2_3_stand_in_SCH_11()
    {
        var visit = Read("1959", "guide-s12").Records.Single(record => record.Type == "appointment");

        visit["start_time"].Text.Should().EndWith("T14:00:00Z");
        visit["end_time"].HasValue.Should().BeTrue();
    }

    [Theory]
    [InlineData("900001", "900001", "athenahealth 900001")]
    [InlineData("PS-7", "900001", "athenahealth 900001, placer PS-7")]
    [InlineData("PS-7", "", "placer PS-7")]
    [InlineData("", "900001", "athenahealth 900001")]
    public void A_placers_number_never_stands_among_the_fillers(string placer, string filler, string expected)
    {
        var body = Encoding.UTF8.GetString(Body("guide-s12")).Replace("SCH|900001|900001|", $"SCH|{placer}|{filler}|", StringComparison.Ordinal);
        var read = new PracticeReader(_set.For("1959")!).Read(Hl7Message.Parse(Encoding.UTF8.GetBytes(body)), Context);

        read.IsRejected.Should().BeFalse();
        var visit = read.Records.Single(record => record.Type == "appointment");
        string.Join(", ", visit.Aliases.Select(alias => $"{alias.System} {alias.Value}")).Should().Be(expected);
        visit["external_id"].HasValue.Should().Be(filler.Length > 0);
    }

    [Theory]
    [InlineData("SIU^S13")]
    [InlineData("SIU^S14")]
    public void A_visit_that_is_moved_by_its_start_alone_keeps_its_length(string trigger)
    {
        var reader = new PracticeReader(_set.For("1959")!);
        var booked = Encoding.UTF8.GetString(Body("guide-s12"));
        var moved = booked.Replace("SIU^S12", trigger, StringComparison.Ordinal)
            .Replace("|30|min|^^30^20230615090000^20230615093000|", "|||^^^20230615110000|", StringComparison.Ordinal);
        StoredRecord? stored = null;
        foreach (var (body, time) in new[] { (booked, 1L), (moved, 2L) })
        {
            var visit = reader.Read(Hl7Message.Parse(Encoding.UTF8.GetBytes(body)), Context).Records.Single(record => record.Type == "appointment");
            stored = Reconciler.Reconcile("1959", stored, visit, new Cause(new EngineId(time), time, "test", "set"), new EngineId(1)).Next;
        }

        (stored!["start_time"], stored["end_time"]).Should().Be(("2023-06-15T16:00:00Z", "2023-06-15T16:30:00Z"));
    }

    [Fact]
    public void A_visit_without_any_number_is_rejected()
    {
        var body = Encoding.UTF8.GetString(Body("guide-s12")).Replace("SCH|900001|900001|", "SCH|||", StringComparison.Ordinal);
        var read = new PracticeReader(_set.For("1959")!).Read(Hl7Message.Parse(Encoding.UTF8.GetBytes(body)), Context);

        read.IsRejected.Should().BeTrue();
        read.Notes.Should().Contain(note => note.Code == MappingCodes.KeyMissing && note.Path == "SCH-2.1");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_sample_is_read_and_every_value_points_into_the_message(string sample)
    {
        var practice = sample.StartsWith("athena", StringComparison.Ordinal) ? "195900" : "1959";
        var length = Body(sample).Length;

        foreach (var field in Read(practice, sample).Records.SelectMany(record => record.Fields))
        {
            field.Value.IsAbsent.Should().BeFalse();
            (field.Place.IsNone || field.Place.Offset + field.Place.Length <= length).Should().BeTrue();
        }
    }

    [Fact]
    public void A_damaged_message_is_read_without_a_throw()
    {
        const int seed = 1959;
        const string bytes = "|^~&\\\r\"0159AZ \u00FF\u0000+-./:@";
        var random = new Random(seed);
        var bodies = Samples().Select(sample => Body((string)sample[0])).ToList();
        var readers = new[] { "1959", "195900", "7" }.Select(practice => new PracticeReader(_set.For(practice)!)).ToList();
        for (var turn = 0; turn < 3_000; turn++)
        {
            var body = (byte[])bodies[turn % bodies.Count].Clone();
            for (var change = random.Next(1, 12); change > 0; change--)
            {
                body[random.Next(9, body.Length)] = (byte)bytes[random.Next(bytes.Length)];
            }

            if (Hl7Message.TryParse(body, out var message, out _))
            {
                foreach (var reader in readers)
                {
                    reader.Invoking(one => one.Read(message, Context)).Should().NotThrow("seed {0}, turn {1}", seed, turn);
                }
            }
        }
    }

    public static IEnumerable<object[]> Samples() =>
        Directory.EnumerateFiles(Folder, "*.hl7").Order(StringComparer.Ordinal).Select(file => new object[] { Path.GetFileNameWithoutExtension(file) });

    private static string Folder => Path.Combine(RepositoryRoot.Path, "samples", "hl7");

    private static ReadContext Context => new(Instant.FromUtc(2026, 3, 1, 0, 0));

    private static byte[] Body(string sample) => File.ReadAllBytes(Path.Combine(Folder, sample + ".hl7"));

    private static MappedMessage Read(string practice, string sample) =>
        new PracticeReader(_set.For(practice)!).Read(Hl7Message.Parse(Body(sample)), Context);
}
