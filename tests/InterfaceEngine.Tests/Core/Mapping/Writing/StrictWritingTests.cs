using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Grammar;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>What the engine sends passes its own strict check, in the version it says it is of.</summary>
public sealed class StrictWritingTests
{
    private static readonly (string Event, string Status)[] _events =
        [("SIU^S12", "scheduled"), ("SIU^S13", "scheduled"), ("SIU^S14", "checked_in"), ("SIU^S15", "cancelled"), ("SIU^S15", "no_show"), ("SIU^S26", "no_show")];

    public static TheoryData<string, string, string, string> Messages
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var practice in new[] { "1959", "195900", "7" })
            {
                foreach (var version in new[] { "2.3", "2.3.1", "2.5.1" })
                {
                    foreach (var (@event, status) in _events)
                    {
                        data.Add(practice, version, @event, status);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_scheduling_message_with_all_that_is_known_of_the_patient_follows_the_grammar_of_its_version(string practice, string version, string @event, string status)
    {
        var written = Clinic.Write(practice, @event, [Visit(status), Patient()], [], Clinic.Header with { Version = version });

        written.IsRefused.Should().BeFalse();
        GrammarCheck.Full(Hl7Message.Parse(written.Body)).Faults.Should().BeEmpty();
    }

    [Theory]
    [InlineData("2.3", "race: HL7 2.3: Race has 6 characters and may have 1.", "ethnicity: HL7 2.3: Ethnic Group has 6 characters and may have 1.")]
    [InlineData("2.3.1")]
    [InlineData("2.5.1")]
    public void What_a_version_has_no_room_for_stays_away_from_a_patient_who_only_goes_along_and_is_said(string version, params string[] left)
    {
        // Race is one character of table 0005 in 2.3, ethnicity one of table 0189; from 2.3.1 both are coded elements that repeat.
        var written = Clinic.Write("195900", "SIU^S12", [Visit("scheduled"), Clinic.Patient(("race", $"2106-3{FieldValue.ListSeparator}2028-9"), ("ethnicity", "2186-5"))], [], Clinic.Header with { Version = version });

        written.Notes.Select(note => (note.Code, note.Severity, Said: $"{note.Field}: {note.Reason}")).Should().Equal(left.Select(said => (WritingCodes.Room, NoteSeverity.Warning, said)));
        Clinic.At(written, "PID-10").Should().Be(left.Length > 0 ? "" : "2106-3");
        Clinic.At(written, "PID-22").Should().Be(left.Length > 0 ? "" : "2186-5");
    }

    [Fact]
    public void What_the_message_is_about_is_written_whole_and_a_strict_receivers_refusal_foretold()
    {
        var reason = new string('x', 300);

        var written = Clinic.Write("195900", "SIU^S14", Clinic.Visit(("reason", reason)), Clinic.Patient());

        written.IsRefused.Should().BeFalse();
        written.Notes.Should().ContainSingle().Which.Should().Match<MappingNote>(note => note.Code == WritingCodes.Room && note.Field == "reason" && note.Severity == NoteSeverity.Warning);
        Clinic.Text(written).Should().Contain(reason);
    }

    private static StoredRecord Visit(string status) => Clinic.Visit(
        [new RecordAlias("appointment", "placer", "0PLACER"), new RecordAlias("appointment", "athenahealth", "900001")], ("status", status), ("reason", "Follow-up"), ("notes", "Bring the\n\nold films"));

    private static StoredRecord Patient() => Clinic.Patient(
        ("middle_name", "Q"), ("suffix", "JR"), ("preferred_name", "Janie"), ("address.line1", "1 Oak St"), ("address.line2", "Apt 2"), ("address.city", "Springfield"),
        ("address.state", "IL"), ("address.postal_code", "62701"), ("address.country", "USA"), ("phone_home", "+12175550101"), ("phone_mobile", "+12175550103"),
        ("phone_work", "+12175550102"), ("email", "jane@example.org"), ("preferred_language", "eng"), ("race", $"2106-3{FieldValue.ListSeparator}2028-9"),
        ("ethnicity", "2186-5"), ("marital_status", "married"), ("deceased_at", "2026-01-04"), ("primary_provider_id", "prov-johnson"));
}
