using System.Text;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>Bytes that are no text in the declared set are told and never stored with a sign in their place. A ÿ below is the byte FF.</summary>
public sealed class UndecodableTests
{
    private const char ReplacementSign = '\uFFFD';

    [Fact]
    public void Bytes_that_no_row_reads_are_told_with_place_and_without_content()
    {
        var read = Read("PID|1||34772||DOE\nNTE|1||One\nNTE|2||Two|Zÿ");

        read.Notes.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            Severity = NoteSeverity.Warning,
            Code = MappingCodes.Undecodable,
            Path = "NTE[2]-4",
            Reason = "a byte that means nothing in UNICODE UTF-8.",
            Found = (string?)null,
            Field = (string?)null,
        });
        read.Notes[0].Place.Length.Should().Be(1);
        read.Records[0]["notes"].Text.Should().Be("One\nTwo");
    }

    [Fact]
    public void A_character_set_nobody_knows_is_told()
    {
        var read = Read("PID|1||34772||MÜLLER", "KLINGON");

        var note = read.Notes.Should().ContainSingle().Subject;
        (note.Code, note.Path).Should().Be((MappingCodes.Undecodable, "MSH-18"));
        note.Reason.Should().StartWith("a character set that is not known").And.NotContain("KLINGON");
    }

    [Theory]
    [InlineData("PID|1||34772||DÿE", "last_name")]
    [InlineData("PID|1||34772||DOE\nNTE|1||One\nNTE|2||Twÿ", "notes")]
    [InlineData("PID|1||34772||DOE|||||||||20230101|ÿ", "joined")]
    [InlineData("PID|1||34772||DOE||||A|||ÿ", "formula")]
    [InlineData("PID|1||34772||DOE||||||ÿ", "set")]
    public void The_value_is_refused_and_told_once(string rest, string field)
    {
        var read = Read(rest);

        var note = read.Notes.Should().ContainSingle().Subject;
        (note.Severity, note.Code, note.Field, note.Consequence).Should().Be((NoteSeverity.Warning, MappingCodes.Undecodable, field, $"{field} kept."));
        note.Place.IsNone.Should().BeFalse();
        read.Records[0][field].IsAbsent.Should().BeTrue();
        read.Records[0].Fields.Should().NotContain(said => said.Value.Text!.Contains(ReplacementSign));
    }

    [Fact]
    public void A_message_of_good_text_has_no_such_note() => Read("PID|1||34772||MUELLER\nNTE|1||One").Notes.Should().BeEmpty();

    private static MappedMessage Read(string rest, string set = "UNICODE UTF-8") => new TestMap("patient")
        .Row("external_id", "PID-3.1", key: true)
        .Row("last_name", "PID-5.1", @as: "name")
        .Row("joined", "PID-14 + PID-15")
        .Row("formula", read: "HL7:PID-9 & HL7:PID-12")
        .Row("set")
        .Row("notes", "NTE-3", @as: "lines")
        .On("ADT^A08", sets: "set = HL7:PID-11")
        .ReadBytes(Encoding.Latin1.GetBytes($"MSH|^~\\&|A|B|||202301050930||ADT^A08|1|P|2.5||||||{set}\n{rest}".ReplaceLineEndings("\r")));
}
