using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Store;

/// <summary>
/// Documents come back as they were, whatever they hold; bytes that are no document say so. The records are made
/// from a seed, which a failure prints.
/// </summary>
public sealed class StoredDocumentTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_record_comes_back_as_it_was(int seed)
    {
        var record = Record(new Random(seed));

        var (aliases, fields) = RecordDocument.Decode(Encode(record));

        aliases.Should().Equal(record.Aliases, "seed {0}", seed);
        fields.Should().Equal(record.Fields, "seed {0}", seed);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_change_comes_back_as_it_was(int seed)
    {
        var random = new Random(seed);
        var writes = Enumerable.Range(0, random.Next(4)).Select(_ => Write(random)).ToArray();

        using var writer = ChangeDocument.Encode(writes);
        var decoded = ChangeDocument.Decode(writer.Written.ToArray());

        var expected = writes.Where(write => write.Changes.Count > 0).ToArray();
        decoded.Should().HaveCount(expected.Length);
        for (var index = 0; index < expected.Length; index++)
        {
            decoded[index].Should().BeEquivalentTo(new { Record = expected[index].Next.Id, expected[index].Next.Type, Previous = expected[index].Next.ChangedSequence }, "seed {0}", seed);
            decoded[index].Fields.Should().Equal(expected[index].Changes, "seed {0}", seed);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Damaged_bytes_say_so_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var document = Encode(Record(random));
        for (var round = 0; round < 200; round++)
        {
            var damaged = document[..random.Next(document.Length + 1)];
            for (var change = 0; change < 3 && damaged.Length > 0; change++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                RecordDocument.Decode(damaged);
            }
            catch (InvalidDataException failure)
            {
                failure.Message.Should().StartWith("A stored document", "seed {0}", seed);
            }
        }
    }

    [Fact]
    public void Every_cut_of_a_document_says_so()
    {
        var document = Encode(Record(new Random(7)));

        for (var length = 0; length < document.Length; length++)
        {
            var cut = document[..length];
            new Action(() => RecordDocument.Decode(cut)).Should().Throw<InvalidDataException>();
        }

        new Action(() => RecordDocument.Decode([.. document, 0])).Should().Throw<InvalidDataException>();
    }

    [Fact]
    public void A_document_of_another_format_is_named()
    {
        var document = Encode(Record(new Random(7)));
        document[0] = 9;

        new Action(() => RecordDocument.Decode(document)).Should().Throw<InvalidDataException>().WithMessage("*format 9*format 1*");
    }

    [Fact]
    public void Names_are_one_object_in_all_documents()
    {
        var document = Encode(Record(new Random(7)));

        var (first, second) = (RecordDocument.Decode(document).Fields[0], RecordDocument.Decode(document).Fields[0]);

        first.Name.Should().BeSameAs(second.Name);
    }

    [Fact]
    public void Notes_and_audit_come_back_as_they_were()
    {
        using var notes = new MessageNotes("C1", null, new byte[] { 1, 2, 3 }).Encode();
        using var audit = new AuditDocument("patient 7", null, [new EngineId(5), new EngineId(long.MaxValue)]).Encode();

        var decoded = MessageNotes.Decode(notes.Written);
        (decoded.ControlId, decoded.Detail).Should().Be(("C1", null));
        decoded.Reply.ToArray().Should().Equal(1, 2, 3);
        AuditDocument.Decode(audit.Written).Should().BeEquivalentTo(new AuditDocument("patient 7", null, [new EngineId(5), new EngineId(long.MaxValue)]));
    }

    [Fact]
    public void Notes_hold_both_replies_and_those_of_before_enhanced_mode_are_still_read()
    {
        using var notes = new MessageNotes("C1", "{}", new byte[] { 1 }, new byte[] { 2, 3 }).Encode();

        var decoded = MessageNotes.Decode(notes.Written);
        var former = MessageNotes.Decode([1, 2, (byte)'C', (byte)'1', 0, 2, 7, 8]);

        (decoded.Reply.ToArray(), decoded.ApplicationReply.ToArray()).Should().BeEquivalentTo((new byte[] { 1 }, new byte[] { 2, 3 }));
        (former.ControlId, former.Detail, former.ApplicationReply.Length).Should().Be(("C1", null, 0));
        former.Reply.ToArray().Should().Equal(7, 8);
    }

    private static byte[] Encode(StoredRecord record)
    {
        using var writer = RecordDocument.Encode(record);
        return writer.Written.ToArray();
    }

    private static StoredRecord Record(Random random)
    {
        var causes = Enumerable.Range(0, 3)
            .Select(_ => new Cause(new EngineId(random.NextInt64()), random.NextInt64(long.MinValue, long.MaxValue), Text(random, 12), Text(random, 70)) { Rank = -random.Next(3) })
            .ToArray();
        return new StoredRecord
        {
            Id = new EngineId(random.NextInt64()),
            Practice = "1959",
            Type = "patient",
            Version = 1,
            ChangedSequence = random.NextInt64(),
            Aliases = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new RecordAlias("patient", Text(random, 10), Text(random, 40)))],
            Fields = [.. Enumerable.Range(0, 1 + random.Next(40)).Select(index => new StoredField(
                $"field.{index}",
                random.Next(4) == 0 ? null : Text(random, random.Next(8) == 0 ? 5000 : 60),
                random.Next(4) == 0 ? null : causes[random.Next(causes.Length)],
                random.Next(4) == 0 ? null : new CellReference($"pack/{random.Next(3)}.map.md", random.Next(1, 5000), random.Next(1, 300)),
                random.Next(4) == 0 ? ByteRange.None : new ByteRange(random.Next(), random.Next(2000))))],
        };
    }

    private static RecordWrite Write(Random random)
    {
        var record = Record(random);
        return new RecordWrite
        {
            Next = record,
            ExpectedVersion = 0,
            Changes = [.. record.Fields.Take(random.Next(5)).Select(field => new FieldChange(field.Name, random.Next(2) == 0 ? null : Text(random, 30), field.Value, field.Cell, field.Place))],
        };
    }

    private static string Text(Random random, int lengthMax) => string.Create(random.Next(lengthMax), random, static (text, random) =>
    {
        foreach (ref var character in text)
        {
            character = (char)(random.Next(6) == 0 ? random.Next(0x80, 0xD000) : random.Next(1, 0x7F));
        }
    });
}
