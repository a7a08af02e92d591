using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

public sealed class MessageDraftTests
{
    private static readonly string[] Paths =
    [
        "PID-5.1", "PID-5.2", "PID-7", "PID-3[4=ATHENA?,5=MRN?].1", "PID-13[3=CP]", "PID-13[2=PRN?,3=PH?].1", "PID-13[#3].4", "PID-11[7=H?].1.2", "PID-30",
        "OBX[3.1=8480-6]-5", "OBX[#2]-5", "OBX[4:=1]-3", "PV1-8.1", "MSH-18", "NTE-3",
    ];

    private static readonly string?[] Values = ["x", "", null, "a|b^c&d~e\\f", "line\nline", "5551234567", "Zoë", "\"\""];

    private static readonly string[] Messages =
    [
        "MSH|^~\\&|A|B|C|D|20260105||ORU^R01|1|P|2.3\rPID|1||7^^^ATHENA~8^^^X^PI||DOE^JOHN||19800101|||||||5551^PRN~5552^^CP\rPV1|1|O\rOBR|1\rOBX|1|NM|8480-6^SYS||120\rOBX|2|NM|8462-4||80\rNTE|1||note\r",
        "  MSH|^~\\&|A|B|C|D|20260105||ADT^A08|1|P|2.3||||||8859/1\r\nPID|1||\"\"||\"\"||\r\n\r\n NTE|1||\r\nPV1|1|O||||||12345^\r\nOBX|1|TX|1||a~b\r\nOBX|2|TX|8480-6\r\n",
        "MSH|^~\\&|A|B|C|D|20260105||ADT^A08|1|P|2.3\nPID|1\nPV1|1|O|\nOBX|1|||\nOBX|2\nNTE|1|",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(20261126)]
    public void What_is_there_is_written_over_as_a_path_sets_it_byte_for_byte(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var message = Hl7Message.Parse(Encoding.Latin1.GetBytes(Messages[random.Next(Messages.Length)]));
            var draft = new MessageDraft(message, isFresh: false);
            for (var step = 0; step < 6; step++)
            {
                var (path, value) = (Hl7Path.Parse(Paths[random.Next(Paths.Length)]), Values[random.Next(Values.Length)]);
                if (!draft.Find(path, null).IsPresent)
                {
                    continue;
                }

                var before = draft.Mark();
                var (set, put) = (ReasonOf(() => message = path.Set(message, value)), ReasonOf(() => draft.Set(path, null, value)));
                put.Should().Be(set, "seed {0}, round {1}, {2}", seed, round, path);
                if (put is not null)
                {
                    draft.GoBack(before);
                }

                Text(draft.Message).Should().Be(Text(message), "seed {0}, round {1}, {2}", seed, round, path);
                draft.Get(path, null).Decode().Should().Be(path.Get(message).Decode(), "seed {0}, round {1}, {2}", seed, round, path);
            }
        }
    }

    [Fact]
    public void A_draft_goes_back_to_what_it_was()
    {
        var draft = new MessageDraft(Hl7Message.Parse(Encoding.ASCII.GetBytes(Messages[0])), isFresh: false);
        var mark = draft.Mark();

        draft.Set(Hl7Path.Parse("PID-5.1"), null, "SMITH");
        draft.Set(Hl7Path.Parse("ZPT-4"), null, "x");
        draft.GoBack(mark);

        Text(draft.Message).Should().Be(Messages[0]);
        draft.Find(Hl7Path.Parse("ZPT"), null).IsPresent.Should().BeFalse();
    }

    [Fact]
    public void A_message_that_would_grow_past_its_bytes_is_refused()
    {
        var message = Hl7Message.Parse(Encoding.ASCII.GetBytes(Messages[2]), new Hl7ParseOptions { MessageBytesMax = 200 });
        var set = () => new MessageDraft(message, isFresh: false).Set(Hl7Path.Parse("PID-5.1"), null, new string('x', 200));

        set.Should().Throw<Hl7WriteException>().Which.Reason.Should().Contain("at most 200 are taken (MessageBytesMax)");
    }

    private static string? ReasonOf(Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (Hl7WriteException refusal)
        {
            return refusal.Reason;
        }
    }

    private static string Text(Hl7Message message) => Encoding.Latin1.GetString(message.Bytes.Span);
}
