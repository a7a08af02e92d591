using System.Globalization;

namespace InterfaceEngine.Core.Hl7;

/// <summary>Table 0008, MSA-1.</summary>
public enum AcknowledgementCode
{
    /// <summary>Application accept.</summary>
    AA,

    /// <summary>Application error: the content is wrong, sending it again unchanged does not help.</summary>
    AE,

    /// <summary>Application reject: MSH-9, 11 or 12 is not served, or the receiver is in trouble.</summary>
    AR,

    /// <summary>Commit accept (enhanced mode).</summary>
    CA,

    /// <summary>Commit error.</summary>
    CE,

    /// <summary>Commit reject.</summary>
    CR,
}

/// <summary>What an answer says.</summary>
/// <param name="Code">MSA-1.</param>
public sealed record AcknowledgementContent(AcknowledgementCode Code)
{
    /// <summary>
    /// MSA-3; null for none. Cut at <see cref="Acknowledgement.TextLengthMax"/> characters; left out from 2.7 on, which has none.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>One ERR (up to 2.4: one repetition) each.</summary>
    public IReadOnlyList<Hl7Fault> Faults { get; init; } = [];

    /// <summary>MSA-4; null for none.</summary>
    public long? SequenceNumber { get; init; }

    /// <summary>
    /// MSH-15 of the answer: whether we want to hear that it was taken. An application's answer of enhanced mode is a
    /// message of that mode itself, whose MSH-16 is always NE. Null for every other answer, which asks for nothing.
    /// </summary>
    public AcknowledgementCondition? Asks { get; init; }
}

/// <summary>
/// Builds the answer to a message: MSH, MSA and, for faults, ERR, in the delimiters and after the rules of the version of
/// the message that is answered. Fields of the sender's MSH are copied as they were sent. What is built holds reasons
/// and places only, no patient's data.
/// </summary>
public static class Acknowledgement
{
    /// <summary>The longest MSA-3 of the versions that have it.</summary>
    public const int TextLengthMax = 80;

    /// <summary>The longest ERR-8.</summary>
    public const int FaultTextLengthMax = 250;

    private static readonly Hl7Version VersionAssumed = Hl7Version.V23;

    /// <summary>Builds an answer of original mode.</summary>
    /// <inheritdoc cref="Build(Hl7Message?, AcknowledgementContent, string, DateTimeOffset)"/>
    public static byte[] Build(Hl7Message? incoming, AcknowledgementCode code, string? text, IReadOnlyList<Hl7Fault> faults, string controlId, DateTimeOffset sentAt) =>
        Build(incoming, new AcknowledgementContent(code) { Text = text, Faults = faults }, controlId, sentAt);

    /// <summary>Builds the answer.</summary>
    /// <param name="incoming">The message, or as much of it as could be read (<see cref="Hl7Message.TryParseHeader"/>); null when not even its MSH could be.</param>
    /// <param name="controlId">MSH-10 of the answer.</param>
    /// <param name="sentAt">MSH-7 of the answer, in the local time it is given in; written without an offset, which old receivers can't read.</param>
    public static byte[] Build(Hl7Message? incoming, AcknowledgementContent content, string controlId, DateTimeOffset sentAt)
    {
        var writer = new AcknowledgementWriter(incoming);
        var version = Hl7Version.TryParse(incoming?.Version, out var said) ? said : VersionAssumed;
        WriteHeader(writer, incoming, version, content.Asks, controlId, sentAt);
        WriteMsa(writer, content, version);
        if (content.Faults.Count > 0)
        {
            if (version >= Hl7Version.V25)
            {
                WriteErrorSegments(writer, content.Faults);
            }
            else
            {
                WriteErrorRepetitions(writer, content.Faults);
            }
        }

        return writer.ToArray();
    }

    private static void WriteHeader(AcknowledgementWriter writer, Hl7Message? incoming, Hl7Version version, AcknowledgementCondition? asks, string controlId, DateTimeOffset sentAt)
    {
        writer.Segment("MSH");
        writer.EncodingCharacters();
        foreach (var number in (ReadOnlySpan<int>)[5, 6, 3, 4])
        {
            writer.FieldSeparator();
            writer.Copy(number);
        }

        writer.Field(sentAt.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture));
        writer.FieldSeparator();
        writer.Field("ACK");
        if (incoming?.TriggerEvent is { Length: > 0 } trigger && version >= Hl7Version.V231)
        {
            writer.Component(trigger);
            if (version >= Hl7Version.V24)
            {
                writer.Component("ACK");
            }
        }

        writer.Field(controlId);
        writer.FieldSeparator();
        writer.CopyOr(11, "P");
        writer.FieldSeparator();
        writer.CopyOr(12, VersionAssumed.ToString());
        var hasCharacterSet = incoming is not null && incoming.GetSegment(0).Field(18).HasValue;
        if (asks is not null)
        {
            writer.Skip(2);
            writer.Field(asks == AcknowledgementCondition.Always ? "AL" : "NE");
            writer.Field("NE");
        }
        else if (hasCharacterSet)
        {
            writer.Skip(4);
        }

        if (hasCharacterSet)
        {
            writer.Skip(1);
            writer.FieldSeparator();
            writer.Copy(18);
        }

        writer.End();
    }

    private static void WriteMsa(AcknowledgementWriter writer, AcknowledgementContent content, Hl7Version version)
    {
        writer.Segment("MSA");
        writer.Field(content.Code.ToString());
        writer.FieldSeparator();
        writer.Copy(10);
        var says = version >= Hl7Version.V27 ? null : Cut(content.Text, TextLengthMax);
        var condition = content.Faults.Count > 0 && version >= Hl7Version.V23 && version < Hl7Version.V25 ? content.Faults[0] : null;
        if (says is not null || content.SequenceNumber is not null || condition is not null)
        {
            writer.Field(says ?? string.Empty);
        }

        if (content.SequenceNumber is not null || condition is not null)
        {
            writer.Field(content.SequenceNumber?.ToString(CultureInfo.InvariantCulture) ?? string.Empty);
        }

        if (condition is not null)
        {
            writer.Skip(1);
            writer.FieldSeparator();
            WriteCode(writer, condition.Code);
        }

        writer.End();
    }

    /// <summary>Up to 2.4: ERR-1, a repetition for each fault: <c>PID^1^7^102&amp;Data type error&amp;HL70357</c>.</summary>
    private static void WriteErrorRepetitions(AcknowledgementWriter writer, IReadOnlyList<Hl7Fault> faults)
    {
        writer.Segment("ERR");
        writer.FieldSeparator();
        for (var index = 0; index < faults.Count; index++)
        {
            // Where MSH-2 leaves repetition out there is room for one.
            if (index > 0 && !writer.TryRepetition())
            {
                break;
            }

            var fault = faults[index];
            writer.Value(fault.Segment ?? string.Empty);
            writer.Component(fault.Segment is null ? string.Empty : Number(fault.Occurrence));
            writer.Component(Number(fault.Field));
            writer.Component(Number(fault.Code));
            writer.SubComponent(Hl7ErrorCode.TextOf(fault.Code));
            writer.SubComponent("HL70357");
        }

        writer.End();
    }

    /// <summary>From 2.5 on: an ERR for each fault, with location, code, severity and text for people.</summary>
    private static void WriteErrorSegments(AcknowledgementWriter writer, IReadOnlyList<Hl7Fault> faults)
    {
        foreach (var fault in faults)
        {
            writer.Segment("ERR");
            writer.Skip(1);
            writer.FieldSeparator();
            if (fault.Segment is not null)
            {
                writer.Value(fault.Segment);
                writer.Component(Number(fault.Occurrence));
                if (fault.Field is not null)
                {
                    writer.Component(Number(fault.Field));
                    if (fault.Component is not null)
                    {
                        writer.Component("1");
                        writer.Component(Number(fault.Component));
                    }
                }
            }

            writer.FieldSeparator();
            WriteCode(writer, fault.Code);
            writer.Field("E");
            if (fault.Text is not null)
            {
                writer.Skip(3);
                writer.Field(Cut(fault.Text, FaultTextLengthMax)!);
            }

            writer.End();
        }
    }

    private static void WriteCode(AcknowledgementWriter writer, int code)
    {
        writer.Value(Number(code));
        writer.Component(Hl7ErrorCode.TextOf(code));
        writer.Component("HL70357");
    }

    private static string? Cut(string? text, int lengthMax) =>
        text is null || text.Length <= lengthMax ? text : $"{text.AsSpan(0, lengthMax - 3)}...";

    private static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? string.Empty;
}
