using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Capture;

/// <summary>One message that becomes a case of a test.</summary>
public abstract record CapturedInput
{
    /// <summary>The language of its block: <c>hl7</c>, <c>csv</c> or <c>json</c>.</summary>
    internal abstract string Language { get; }

    /// <summary>The case's heading; it holds nothing of a patient.</summary>
    internal abstract string Title { get; }

    /// <summary>Everything it says, as text: no word of it is used as a fake.</summary>
    public abstract string Original { get; }

    /// <summary>The day on which it says it was sent; null when it does not.</summary>
    public virtual LocalDate? Sent => null;

    internal abstract string Fake(MessageFaker faker);

    /// <summary>Reads it, or the fake that stands for it.</summary>
    internal abstract MappedMessage Read(PracticeReader reader, string? fake);

    /// <summary>The first record type that takes it; null when none does.</summary>
    internal string? Type(PracticeMaps maps) => maps.Maps.FirstOrDefault(map => map.Messages.Any(rule => rule.Message.Equals(Title, StringComparison.OrdinalIgnoreCase)))?.Type;

    /// <summary>When a fake counts as received: later than all it says.</summary>
    private protected static readonly ReadContext Context = new(Instant.FromUtc(2100, 1, 1, 12, 0), Instant.FromUtc(2100, 1, 1, 12, 0));
}

/// <summary>A message of HL7 v2.</summary>
public sealed record CapturedMessage(Hl7Message Message) : CapturedInput
{
    internal override string Language => "hl7";

    internal override string Title => Message.EventType;

    public override LocalDate? Sent => FakeDates.DayOf(Message.GetSegment(0).Field(7).Component(1).Decode());

    public override string Original
    {
        get
        {
            var text = new StringBuilder();
            for (var index = 0; index < Message.SegmentCount; index++)
            {
                var segment = Message.GetSegment(index);
                for (var number = 1; number <= segment.FieldCount; number++)
                {
                    text.Append(segment.Field(number).Decode()).Append('\n');
                }
            }

            return text.ToString();
        }
    }

    internal override string Fake(MessageFaker faker) => faker.Hl7(Message);

    internal override MappedMessage Read(PracticeReader reader, string? fake) => reader.Read(fake is null ? Message : Hl7Message.Parse(Encoding.UTF8.GetBytes(fake)), Context);
}

/// <summary>A row of a file.</summary>
/// <param name="Kind">The kind of file, as the tables call it.</param>
public sealed record CapturedRow(CsvHeader Header, CsvRow Row, string Kind) : CapturedInput
{
    internal override string Language => "csv";

    internal override string Title => Kind;

    public override string Original => string.Join('\n', Header.Columns.Select(column => Row.TryGet(column, out var cell) ? cell : ""));

    internal override string Fake(MessageFaker faker) => faker.Csv(Header, Row);

    internal override MappedMessage Read(PracticeReader reader, string? fake)
    {
        using var table = fake is null ? null : new CsvTable(new StringReader(fake));
        return reader.Read(table?.Rows().First() ?? Row, Kind, Context);
    }
}

/// <summary>A JSON document.</summary>
/// <param name="Call">The call it answers, or the resource it is, as the tables call it.</param>
public sealed record CapturedDocument(JsonBody Body, string Call) : CapturedInput
{
    internal override string Language => "json";

    internal override string Title => Call;

    public override string Original => Encoding.UTF8.GetString(Body.Bytes.Span);

    internal override string Fake(MessageFaker faker) => faker.Json(Body);

    internal override MappedMessage Read(PracticeReader reader, string? fake) => reader.Read(fake is null ? Body : JsonBody.Parse(Encoding.UTF8.GetBytes(fake)), Call, Context);
}
