using System.Text;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>What ORU messages do to results and values: corrections, withdrawals, several patients, whole or not at all.</summary>
public sealed class ResultMessagesTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_message_makes_its_patient_its_result_and_each_value()
    {
        var receipt = await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "5.4", "F"), Value("HGB", "7", "F")));

        receipt.State.Should().Be(MessageState.Applied);
        var patient = (await _engine.RecordAsync("1959", "patient", "12345"))!;
        patient["last_name"].Should().Be("DOE");
        (await _engine.RecordsAsync("1959", "result")).Should().ContainSingle().Which["patient_id"].Should().Be(patient.Id.ToString());
        (await Values()).Should().BeEquivalentTo(["GLU 5.4 final", "HGB 7 final"]);
    }

    [Fact]
    public async Task The_patient_of_a_result_is_only_filled()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe(given: "JOHNNY")));

        await _engine.AcceptAsync(Oru("2", 5, Patient(), Request(), Value("GLU", "5.4", "F")));

        (await _engine.RecordAsync("1959", "patient", "12345"))!["first_name"].Should().Be("JOHNNY", "what a laboratory says of a name does not change it");
    }

    [Fact]
    public async Task A_patient_without_a_number_is_one_error_however_many_records_miss_it()
    {
        var receipt = await _engine.AcceptAsync(Oru("1", 1, Patient().Replace("12345^^^ATHENA^MRN", "", StringComparison.Ordinal), Request(), Value("GLU", "5.4", "F"), Value("HGB", "7", "F")));

        receipt.State.Should().Be(MessageState.Refused);
        Encoding.ASCII.GetString(receipt.Reply.Span).Should().MatchRegex(@"\rERR\|PID\^1\^3\^101&[^~\r]*\r$");
    }

    [Fact]
    public async Task A_correction_replaces_the_value_and_shows_the_one_before()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "5.4", "F")));

        await _engine.AcceptAsync(Oru("2", 2, Patient(), Request(), Value("GLU", "4.5", "C")));

        var value = (await _engine.RecordsAsync("1959", "observation")).Should().ContainSingle().Subject;
        (value["value.text"], value["value.quantity"], value["status"]).Should().Be(("4.5", "4.5 mmol/L", "corrected"));
        (value["former_value.text"], value["former_value.unit"]).Should().Be(("5.4", "mmol/L"));
    }

    /// <summary>A of table 0085 is "amended"; that of table 0123 (OBR-25) is "some results".</summary>
    [Fact]
    public async Task An_amended_value_replaces_a_final_one_as_a_corrected_one_does()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "95", "F")));

        await _engine.AcceptAsync(Oru("2", 2, Patient(), Request("C"), Value("GLU", "59", "A")));

        var value = (await _engine.RecordsAsync("1959", "observation")).Should().ContainSingle().Subject;
        (value["value.text"], value["status"], value["former_value.text"]).Should().Be(("59", "corrected", "95"));
    }

    [Theory]
    [InlineData("A", "preliminary")]
    [InlineData("S", "pending")]
    [InlineData("C", "corrected")]
    [InlineData("F", "final")]
    public async Task A_value_without_a_status_has_that_of_its_request_by_the_requests_own_table(string said, string status)
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(said), Value("GLU", "95", "")));

        (await Values()).Should().Equal($"GLU 95 {status}");
    }

    [Fact]
    public async Task A_comment_that_comes_alone_takes_nothing_from_the_value()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), "OBX|1|NM|GLU^Test^L||95|mg/dL|70-99|H|||F", "NTE|1||Fasting"));

        await _engine.AcceptAsync(Oru("2", 2, Patient(), Request(), "OBX|1|NM|GLU^Test^L||||||||F", "NTE|1||Called to Dr X"));

        var value = (await _engine.RecordsAsync("1959", "observation")).Should().ContainSingle().Subject;
        (value["value.text"], value["value.quantity"], value["value.unit"], value["value.range"], value["value.flags"], value["value.notes"]).Should().Be(
            ("95", "95 mg/dL", "mg/dL", "70-99", "high", "Fasting"));
        (value["notes"], value["former_value.text"]).Should().Be(("Called to Dr X", null));
    }

    [Fact]
    public async Task Why_a_value_cannot_be_obtained_stands_with_what_is_gone()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "95", "P")));

        await _engine.AcceptAsync(Oru("2", 2, Patient(), Request(), "OBX|1|NM|GLU^Test^L||||||||X", "NTE|1||Clotted"));

        var value = (await _engine.RecordsAsync("1959", "observation")).Should().ContainSingle().Subject;
        (value["value.text"], value["value.notes"], value["notes"]).Should().Be((null, "Clotted", null));
    }

    /// <summary>Table 0085: U is "change to final without retransmitting results".</summary>
    [Theory]
    [InlineData("U")]
    [InlineData("F")]
    public async Task A_preliminary_value_that_is_made_final_without_being_sent_again_is_final(string status)
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "95", "P")));
        await _engine.AcceptAsync(Oru("2", 2, Patient(), Request(), $"OBX|1|NM|GLU^Test^L||||||||{status}"));

        var late = await _engine.AcceptAsync(Oru("3", 3, Patient(), Request(), Value("GLU", "90", "P")));

        late.State.Should().Be(MessageState.Unchanged);
        (await Values()).Should().Equal("GLU 95 final");
    }

    [Fact]
    public async Task A_status_nobody_knows_ranks_as_what_is_stored()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "95", "P")));
        await _engine.AcceptAsync(Oru("2", 2, Patient(), Request(), Value("GLU", "96", "Q")));
        await _engine.AcceptAsync(Oru("3", 3, Patient(), Request(), Value("GLU", "97", "P")));

        (await Values()).Should().Equal("GLU 97 preliminary");
    }

    [Fact]
    public async Task A_value_that_begins_with_a_status_nobody_knows_gives_way_to_any_that_is_known()
    {
        await _engine.AcceptAsync(Oru("1", 2, Patient(), Request(), Value("GLU", "96", "Q")));
        await _engine.AcceptAsync(Oru("2", 1, Patient(), Request(), Value("GLU", "95", "P")));

        (await Values()).Should().Equal("GLU 95 preliminary");
    }

    [Fact]
    public async Task A_late_preliminary_value_changes_nothing()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "5.4", "F")));

        var late = await _engine.AcceptAsync(Oru("2", 2, Patient(), Request("P"), Value("GLU", "6.0", "P")));

        late.State.Should().Be(MessageState.Unchanged);
        (await Values()).Should().Equal("GLU 5.4 final");
    }

    [Fact]
    public async Task Preliminary_final_corrected_and_deleted_end_in_one_state_whatever_the_order()
    {
        (string Text, string Status)[] said = [("5.0", "P"), ("5.4", "F"), ("4.5", "C"), ("4.5", "D")];
        var number = 0;
        foreach (var order in Orders([0, 1, 2, 3]))
        {
            var code = $"T{number}";
            foreach (var index in order)
            {
                await _engine.AcceptAsync(Oru($"{++number}-{index}", index + 1, Patient(), Request(), Value(code, said[index].Text, said[index].Status)));
            }

            var value = (await _engine.RecordsAsync("1959", "observation")).Single(value => value["code"] == code);
            (value["value.text"], value["status"], value["former_value.text"], value["retracted_at"]).Should().Be(
                ("4.5", "deleted", "5.4", "2026-01-05T15:04:00Z"), "of {0}", string.Join("", order.Select(index => said[index].Status)));
        }
    }

    [Fact]
    public async Task A_value_of_the_wrong_patient_is_withdrawn_and_put_before_a_person()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "5.4", "F")));

        var receipt = await _engine.AcceptAsync(Oru("2", 2, Patient(), Request(), Value("GLU", "5.4", "W")));

        receipt.State.Should().Be(MessageState.Applied);
        (await _engine.RecordsAsync("1959", "observation")).Should().ContainSingle().Which["retracted_at"].Should().Be("2026-01-05T15:02:00Z");
        var review = (await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default)).Should().ContainSingle(review => review.Kind == "check").Subject;
        review.Detail.Should().Contain("wrong patient");
    }

    [Fact]
    public async Task A_value_of_the_wrong_patient_is_a_warning_in_the_log_that_names_the_message_and_no_value()
    {
        var logger = new RecordingLogger<MessageIntake>();
        var intake = new MessageIntake(
            _engine.Store, _engine.Core.Mappings, new PracticeDirectory(_engine.Settings.Practices), new IdSource(_engine.Time, new Random(1)), _engine.Time, logger);

        await intake.AcceptAsync(new IncomingMessage(Oru("1", 1, Patient(), Request(), Value("GLU", "5.4", "F"), Value("HGB", "7", "W")), TestEngine.Guide), default);

        logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Warning).Which.Text.Should()
            .MatchRegex(@"^guide-feed 1959 \w{13} was applied and a person must look at it, by the check at athenahealth/observation\.map\.md:\d+:\d+: see review list$");
    }

    [Fact]
    public async Task Sub_ids_keep_the_values_of_one_name_apart_whatever_their_order()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Sub("ORG", "1", "E. coli"), Sub("SENS", "1", "resistant"), Sub("ORG", "2", "S. aureus"), Sub("SENS", "2", "sensitive")));

        await _engine.AcceptAsync(Oru("2", 2, Patient(), Request("C"), Sub("ORG", "2", "S. epidermidis", "C"), Sub("ORG", "1", "E. coli", "F")));

        (await _engine.RecordsAsync("1959", "observation")).Select(value => $"{value["code"]} {value["sub_id"]} {value["value.text"]} {value["status"]}").Should().BeEquivalentTo(
            ["ORG 1 E. coli final", "SENS 1 resistant final", "ORG 2 S. epidermidis corrected", "SENS 2 sensitive final"]);
    }

    [Fact]
    public async Task A_correction_of_one_of_several_equal_names_is_put_before_a_person()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "1", "F"), Value("GLU", "2", "F")));
        (await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default)).Should().BeEmpty();

        await _engine.AcceptAsync(Oru("2", 2, Patient(), Request("C"), Value("GLU", "3", "C")));

        (await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default)).Should().ContainSingle(review => review.Detail!.Contains("order only", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_one_of_several_equal_names_again_is_no_question()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "1", "F"), Value("GLU", "2", "F")));
        await _engine.AcceptAsync(Oru("2", 2, Patient(), Request(), Value("GLU", "1", "F")));
        await _engine.AcceptAsync(Oru("3", 3, Patient(), Request("C"), Value("GLU", "1", "F"), Value("GLU", "3", "C")));

        (await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default)).Should().BeEmpty();
        (await Values()).Should().BeEquivalentTo(["GLU 1 final", "GLU 3 corrected"]);
    }

    /// <summary>OBR-26 names the value, with its sub-id, from which a request follows: the organism of these susceptibilities.</summary>
    [Fact]
    public async Task Susceptibilities_of_a_second_organism_are_its_own_even_when_sent_alone()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Follows("ORG&Organism&L^1"), Sub("AMP", "", "R")));

        await _engine.AcceptAsync(Oru("2", 2, Patient(), Follows("ORG&Organism&L^2"), Sub("AMP", "", "S")));

        (await _engine.RecordsAsync("1959", "result")).Select(result => result["parent"]).Should().BeEquivalentTo(["ORG/1", "ORG/2"]);
        (await _engine.RecordsAsync("1959", "observation")).Select(value => (value["parent"], value["value.text"])).Should().BeEquivalentTo([("ORG/1", "R"), ("ORG/2", "S")]);
    }

    [Theory]
    [InlineData("mg/dL", "", "")]
    [InlineData("", "S", "")]
    [InlineData("", "", "R")]
    public async Task Short_texts_with_a_unit_a_range_or_a_flag_are_values_and_not_lines(string unit, string range, string flag)
    {
        await _engine.AcceptAsync(Oru(
            "1", 1, Patient(), Request(), $"OBX|1|ST|SUSC^Test^L||R|{unit}|{range}|{flag}|||F", $"OBX|2|ST|SUSC^Test^L||S|{unit}|{range}|{flag}|||F", "OBX|3|ST|TXT^Text^L||one||||||F", "OBX|4|ST|TXT^Text^L||two||||||F"));

        (await Values()).Should().BeEquivalentTo(["SUSC R final", "SUSC S final", "TXT one\ntwo final"]);
    }

    [Fact]
    public async Task Every_one_of_several_coded_values_is_kept_with_what_it_is_in_another_system()
    {
        await _engine.AcceptAsync(Oru(
            "1", 1, Patient(), Request(),
            "OBX|1|CWE|ORG^Organism^L||^^^112283007^Escherichia coli^SCT~LOC1^Proteus^L||||||F",
            "OBX|2|CWE|ONE^Organism^L||^^^112283007^E coli^SCT||||||F",
            "OBX|3|CE|RES^Result^L||POS^Positive^L^10828004^Positive^SCT||||||F"));

        var values = (await _engine.RecordsAsync("1959", "observation")).ToDictionary(value => value["code"]!);
        (values["ORG"]["value.code"], values["ORG"]["value.text"], values["ORG"]["value.code_system"]).Should().Be(
            (List("112283007", "LOC1"), "Escherichia coli\nProteus", List("snomed", "local")));
        (values["ONE"]["value.code"], values["ONE"]["value.text"], values["ONE"]["value.code_system"]).Should().Be(("112283007", "E coli", "snomed"));
        (values["RES"]["value.code"], values["RES"]["value.other_code"], values["RES"]["value.other_system"]).Should().Be(("POS", "10828004", "snomed"));
    }

    [Fact]
    public async Task A_note_belongs_to_what_stands_before_it()
    {
        await _engine.AcceptAsync(Oru(
            "1", 1, Patient(), "NTE|1||Of the patient", Request(), "NTE|1||Of the request", Value("GLU", "5.4", "F"), "NTE|1||Of glucose", "NTE|2||and more", Value("HGB", "7", "F")));

        (await _engine.RecordsAsync("1959", "result")).Should().ContainSingle().Which["notes"].Should().Be("Of the request");
        (await _engine.RecordsAsync("1959", "observation")).Select(value => (value["code"], value["value.notes"])).Should().BeEquivalentTo(
            [("GLU", "Of glucose\nand more"), ("HGB", (string?)null)]);
    }

    [Fact]
    public async Task Two_patients_of_one_message_have_each_their_own()
    {
        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "5.4", "F"), Patient("20021", "ROE"), Request(), Value("GLU", "9.9", "F")));

        var patients = (await _engine.RecordsAsync("1959", "patient")).ToDictionary(patient => patient.Id.ToString(), patient => patient.ExternalId);
        (await _engine.RecordsAsync("1959", "observation")).Select(value => (patients[value["patient_id"]!], value["value.text"])).Should().BeEquivalentTo(
            [("12345", "5.4"), ("20021", "9.9")]);
    }

    [Fact]
    public async Task A_message_of_which_one_patient_cannot_be_made_is_refused_whole()
    {
        var receipt = await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), Value("GLU", "5.4", "F"), "PID|2||20021^^^ATHENA^MRN||ROE", Request(), Value("GLU", "9.9", "F")));

        receipt.State.Should().Be(MessageState.Refused);
        Encoding.UTF8.GetString(receipt.Reply.Span).Should().Contain("MSA|AE|1|").And.Contain("is required for a new patient");
        (await _engine.RecordsAsync("1959", "patient")).Should().BeEmpty();
        (await _engine.RecordsAsync("1959", "observation")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_contradicted_patient_holds_the_whole_message()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));

        var receipt = await _engine.AcceptAsync(Oru("2", 2, Patient("20021", "ROE"), Request(), Value("GLU", "5.4", "F"), "PID|2||12345^^^ATHENA^MRN||MILLER^ANN||19910203|F", Request(), Value("GLU", "9.9", "F")));

        receipt.State.Should().Be(MessageState.Held);
        (await _engine.RecordsAsync("1959", "observation")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_value_that_nothing_identifies_is_refused_with_its_place()
    {
        var receipt = await _engine.AcceptAsync(Oru("1", 1, Patient(), Value("GLU", "5.4", "F")));

        receipt.State.Should().Be(MessageState.Refused);
        Encoding.UTF8.GetString(receipt.Reply.Span).Should().Contain("order_number is required for a new observation").And.Contain("ERR|OBR^1^3");
    }

    [Fact]
    public async Task A_pdf_is_kept_outside_the_record_and_can_be_reached_from_it()
    {
        var pdf = "%PDF-1.4\ninvented"u8.ToArray();

        await _engine.AcceptAsync(Oru("1", 1, Patient(), Request(), $"OBX|1|ED|PDF^Report^LN||LAB^AP^PDF^Base64^{Convert.ToBase64String(pdf)}||||||F"));

        var value = (await _engine.RecordsAsync("1959", "observation")).Should().ContainSingle().Subject;
        value["value.text"].Should().BeNull();
        InterfaceEngine.Core.Records.AttachmentValue.TryParse(value["value.attachment"], out var attachment).Should().BeTrue();
        (attachment.MediaType, attachment.Size).Should().Be(("application/pdf", pdf.Length));
        (await Content(attachment.Id)).Should().Equal(pdf);
    }

    [Fact]
    public async Task A_pdf_in_lines_of_base64_is_one_document()
    {
        var pdf = Encoding.ASCII.GetBytes("%PDF-1.4\n" + new string('x', 200));
        var lines = Convert.ToBase64String(pdf).Chunk(80).Select((line, index) => $"OBX|{index + 1}|TX|PDF^Report^LN||{new string(line)}||||||F");

        await _engine.AcceptAsync(Oru("1", 1, [Patient(), Request(), .. lines]));

        var value = (await _engine.RecordsAsync("1959", "observation")).Should().ContainSingle().Subject;
        value["value.text"].Should().BeNull("base64 does not belong in a record");
        InterfaceEngine.Core.Records.AttachmentValue.TryParse(value["value.attachment"], out var attachment).Should().BeTrue();
        (await Content(attachment.Id)).Should().Equal(pdf);
    }

    private async Task<IEnumerable<string>> Values() =>
        (await _engine.RecordsAsync("1959", "observation")).Select(value => $"{value["code"]} {value["value.text"]} {value["status"]}");

    private async Task<byte[]> Content(string attachment)
    {
        using var content = new MemoryStream();
        await _engine.Store.ReadAsync(reader => reader.CopyAttachment("1959", attachment, content), default);
        return content.ToArray();
    }

    private static byte[] Oru(string controlId, int minute, params string[] segments) => TestEngine.Message(
        [$"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(minute)}||ORU^R01|{controlId}|P|2.3|", .. segments]);

    private static string Patient(string id = "12345", string family = "DOE") => $"PID|1||{id}^^^ATHENA^MRN||{family}^JOHN||19800515|M";

    private static string Request(string status = "F") => $"OBR|1|ORD-1|LAB-1|CHEM^Chemistry^L|||20260105080000||||||||||||||||||{status}";

    private static string Follows(string parent) => $"OBR|1|ORD-1|LAB-1|SUSC^Susceptibility^L|||20260105080000||||||||||||||||||F|{parent}";

    private static string List(params string[] values) => string.Join(FieldValue.ListSeparator, values);

    private static string Value(string code, string text, string status) => $"OBX|1|NM|{code}^Test^L||{text}|mmol/L|||||{status}";

    private static string Sub(string code, string sub, string text, string status = "F") => $"OBX|1|ST|{code}^Test^L|{sub}|{text}||||||{status}";

    private static IEnumerable<IReadOnlyList<int>> Orders(IReadOnlyList<int> items) =>
        items.Count <= 1 ? [items] : items.SelectMany((item, index) => Orders([.. items.Where((_, other) => other != index)]).Select(rest => (IReadOnlyList<int>)[item, .. rest]));
}
