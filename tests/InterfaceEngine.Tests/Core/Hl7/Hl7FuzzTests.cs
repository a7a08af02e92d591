using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

/// <summary>
/// Mutates good messages (bytes changed, inserted, cut, pieces doubled) and holds the parser to its promises: nothing
/// is thrown but the documented error; no byte and no segment is lost; every element can be read and decoded; and what
/// a path writes, it reads. The seed is in the failure text.
/// </summary>
public sealed class Hl7FuzzTests
{
    private const int Rounds = 4_000;

    private static readonly string[] Seeds =
    [
        Sample.A08,
        "\u00EF\u00BB\u00BFMSH|^~\\&#|A|B|C|D|20260105||ORU^R01|1|P|2.5.1||||||UNICODE UTF-8\r\nOBX|1|TX|a&b||\\.br\\x\\XC3BC\\~\\H\\b\\N\\\r\n\r\nZZZ|1|\"\"",
        "MSH*:;!+*A*B\nPID*!F!!Z1!*\u00FC:\"\"::+;\nNTE***!C2D42!x!M2442!\n",
    ];

    private static readonly byte[] Telling = Encoding.Latin1.GetBytes("|^~\\&#\r\n\"MSHPIDFZXC.0 \t\0\u000B\u001C\u001B\u00FF\u00C3\u00BC");

    private static readonly Hl7Path[] Paths =
    [
        .. new[] { "PID-3[4=ATHENA?,5=MRN?].1", "PID-13[3=CP]", "OBX[3.1=8480-6]-5", "MSH-9.2", "PID-5.1.1", "IN1[#2]-2[1!=x]", "NK1-2[1=D*].1" }.Select(Hl7Path.Parse),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(20260105)]
    [InlineData(987654321)]
    public void A_mutated_message_loses_nothing_and_throws_nothing_unknown(int seed)
    {
        var random = new Random(seed);
        var parsed = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var body = Mutate(Sample.Bytes(Seeds[random.Next(Seeds.Length)]), random);
            try
            {
                if (Hl7Message.TryParse(body, out var message, out var error))
                {
                    parsed++;
                    Check(message, body);
                }
                else
                {
                    error.Offset.Should().BeInRange(0, body.Length);
                    _ = Hl7Message.TryParseHeader(body, out _);
                }
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}, round {round}: {failure}");
            }
        }

        parsed.Should().BeInRange(Rounds / 10, Rounds - 1, "seed {0} must try both outcomes", seed);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(20260105)]
    public void What_a_path_writes_into_a_mutated_message_it_reads(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds / 4; round++)
        {
            var body = Mutate(Sample.Bytes(Seeds[random.Next(Seeds.Length)]), random);
            if (!Hl7Message.TryParse(body, out var message, out _))
            {
                continue;
            }

            foreach (var path in Paths)
            {
                try
                {
                    path.Set(message, "Dx|\n1").SegmentCount.Should().BeGreaterThanOrEqualTo(message.SegmentCount);
                    path.Set(message, null);
                }
                catch (Hl7WriteException refusal)
                {
                    refusal.Reason.Should().NotBeEmpty();
                }
                catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
                {
                    throw new Xunit.Sdk.XunitException($"seed {seed}, round {round}, {path}: {failure}");
                }
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20260105)]
    public void A_mutated_path_is_read_or_refused(int seed)
    {
        var random = new Random(seed);
        const string alphabet = "PID-13[2=PRN?,#!:*.]'0 \u00E9";
        for (var round = 0; round < Rounds * 5; round++)
        {
            var text = new StringBuilder(Paths[random.Next(Paths.Length)].ToString());
            for (var change = random.Next(4); change >= 0; change--)
            {
                text[random.Next(text.Length)] = alphabet[random.Next(alphabet.Length)];
            }

            if (Hl7Path.TryParse(text.ToString(), out var path, out var error))
            {
                path.ToString().Should().Be(text.ToString());
                path.Get(Sample.Parse(Sample.A08));
            }
            else
            {
                error.Column.Should().BeInRange(0, text.Length, "'{0}' of seed {1}", text, seed);
            }
        }
    }

    private static void Check(Hl7Message message, byte[] body)
    {
        Hl7MessageTests.Whole(message).SequenceEqual(body).Should().BeTrue("the segments and their ends are the body");
        ReadEverything(message);
        foreach (var path in Paths)
        {
            path.Get(message).TryDecode(out _);
            path.Get(message, message.GetSegment(message.SegmentCount - 1)).TryDecode(out _);
            path.GetAll(message).Count.Should().BeGreaterThanOrEqualTo(0);
        }

        Hl7Fingerprint.Of(message).Should().HaveCount(32);
        var answer = Acknowledgement.Build(message, AcknowledgementCode.AE, "no", [new Hl7Fault("PID", 1, 3, null, 102, "no")], "1", DateTimeOffset.UnixEpoch);
        AcknowledgementReader.TryRead(answer, out _, out var reason).Should().BeTrue(reason);
        var returned = Hl7Message.Parse(answer).Find("MSA").Field(2);
        returned.Raw.SequenceEqual(message.GetSegment(0).Field(10).Raw).Should().BeTrue("MSA-2 is MSH-10 exactly");
    }

    private static void ReadEverything(Hl7Message message)
    {
        // Every separator divides, so the pieces and the separators between them are all of the segment.
        for (var index = 0; index < message.SegmentCount; index++)
        {
            var segment = message.GetSegment(index);
            var length = segment.Name.Length;
            for (var number = 1; number <= segment.FieldCount; number++)
            {
                var field = segment.Field(number);
                field.IsPresent.Should().BeTrue();
                length += index == 0 && number <= 1 ? 0 : field.Range.Length + 1;
                field.TryDecode(out _);
                ReadInside(field);
            }

            length.Should().Be(segment.Range.Length);
            segment.Field(segment.FieldCount + 1).IsPresent.Should().BeFalse();
        }
    }

    private static void ReadInside(Hl7Element field)
    {
        for (var repetition = 1; repetition <= field.RepetitionCount; repetition++)
        {
            for (var component = 1; component <= field.Repetition(repetition).ComponentCount; component++)
            {
                var element = field.Repetition(repetition).Component(component);
                element.TryDecode(out _);
                for (var sub = 1; sub <= element.SubComponentCount; sub++)
                {
                    element.SubComponent(sub).IsPresent.Should().BeTrue();
                    element.SubComponent(sub).TryDecode(out _);
                }
            }
        }
    }

    private static byte[] Mutate(byte[] message, Random random)
    {
        var bytes = message.ToList();
        for (var change = random.Next(6); change >= 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = Telling[random.Next(Telling.Length)];
                    break;
                case 1:
                    bytes.Insert(at, Telling[random.Next(Telling.Length)]);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }
}
