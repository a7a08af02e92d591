using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace InterfaceEngine.Core.Hl7;

/// <summary>What a reply says.</summary>
/// <param name="Code">MSA-1.</param>
/// <param name="ControlId">MSA-2: the MSH-10 of the message it answers.</param>
/// <param name="Text">MSA-3; empty for none.</param>
/// <param name="ErrorCodes">The codes of ERR and MSA-6, each once, in order; codes of table 0357 mostly.</param>
public sealed record AcknowledgementReply(AcknowledgementCode Code, string ControlId, string Text, IReadOnlyList<string> ErrorCodes)
{
    /// <summary>Only AA and CA are deliveries.</summary>
    public bool IsAccepted => Code is AcknowledgementCode.AA or AcknowledgementCode.CA;

    /// <summary>AR and CR: the receiver does not serve this, or is in trouble.</summary>
    public bool IsRejected => Code is AcknowledgementCode.AR or AcknowledgementCode.CR;
}

/// <summary>Reads the reply to a message we sent.</summary>
public static class AcknowledgementReader
{
    private const int ErrorSegmentsMax = 100;

    /// <summary>Reads a reply.</summary>
    /// <param name="body">The body of the frame.</param>
    /// <param name="reply">What it says.</param>
    /// <param name="reason">Why it is no reply.</param>
    public static bool TryRead(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out AcknowledgementReply? reply, [NotNullWhen(false)] out string? reason)
    {
        if (Hl7Message.TryParse(body, out var message, out var error))
        {
            return TryRead(message, out reply, out reason);
        }

        reply = null;
        reason = error.Message;
        return false;
    }

    /// <summary>Reads a reply that is parsed already.</summary>
    public static bool TryRead(Hl7Message message, [NotNullWhen(true)] out AcknowledgementReply? reply, [NotNullWhen(false)] out string? reason)
    {
        reply = null;
        reason = null;
        var msa = message.Find("MSA");
        if (!msa.IsPresent)
        {
            reason = "no MSA segment: not an acknowledgement";
            return false;
        }

        if (CodeOf(msa.Field(1).Decode().Trim()) is not { } code)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"MSA-1 at byte {msa.Range.Offset}: expected AA, AE, AR, CA, CE or CR");
            return false;
        }

        reply = new AcknowledgementReply(code, msa.Field(2).Decode(), msa.Field(3).Decode(), ErrorCodes(message, msa));
        return true;
    }

    private static AcknowledgementCode? CodeOf(string text) => text switch
    {
        "AA" => AcknowledgementCode.AA,
        "AE" => AcknowledgementCode.AE,
        "AR" => AcknowledgementCode.AR,
        "CA" => AcknowledgementCode.CA,
        "CE" => AcknowledgementCode.CE,
        "CR" => AcknowledgementCode.CR,
        _ => null,
    };

    private static List<string> ErrorCodes(Hl7Message message, Hl7Segment msa)
    {
        var codes = new List<string>();
        foreach (var segment in message.FindAll("ERR").Take(ErrorSegmentsMax))
        {
            // Up to 2.4 the code is ERR-1.4.1, from 2.5 on ERR-3.1.
            foreach (var repetition in segment.Field(1).EnumerateRepetitions())
            {
                Add(repetition.Component(4).SubComponent(1));
            }

            Add(segment.Field(3).Component(1).SubComponent(1));
        }

        Add(msa.Field(6).Component(1).SubComponent(1));
        return codes;

        void Add(Hl7Element code)
        {
            if (code.HasValue && !codes.Contains(code.Decode()))
            {
                codes.Add(code.Decode());
            }
        }
    }
}
