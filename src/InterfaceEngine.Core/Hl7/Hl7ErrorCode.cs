using System.Globalization;

namespace InterfaceEngine.Core.Hl7;

/// <summary>Table 0357, message error condition codes. 1xx goes with AE mostly, 200 to 203 with AR.</summary>
public static class Hl7ErrorCode
{
    public const int Accepted = 0;
    public const int SegmentSequence = 100;
    public const int RequiredFieldMissing = 101;
    public const int DataType = 102;
    public const int TableValueNotFound = 103;
    public const int UnsupportedMessageType = 200;
    public const int UnsupportedEvent = 201;
    public const int UnsupportedProcessingId = 202;
    public const int UnsupportedVersion = 203;
    public const int UnknownKeyIdentifier = 204;
    public const int DuplicateKeyIdentifier = 205;
    public const int RecordLocked = 206;
    public const int InternalError = 207;

    /// <summary>The table's text for a code, or the number for one the table lacks.</summary>
    public static string TextOf(int code) => code switch
    {
        Accepted => "Message accepted",
        SegmentSequence => "Segment sequence error",
        RequiredFieldMissing => "Required field missing",
        DataType => "Data type error",
        TableValueNotFound => "Table value not found",
        UnsupportedMessageType => "Unsupported message type",
        UnsupportedEvent => "Unsupported event code",
        UnsupportedProcessingId => "Unsupported processing id",
        UnsupportedVersion => "Unsupported version id",
        UnknownKeyIdentifier => "Unknown key identifier",
        DuplicateKeyIdentifier => "Duplicate key identifier",
        RecordLocked => "Application record locked",
        InternalError => "Application internal error",
        _ => code.ToString(CultureInfo.InvariantCulture),
    };
}
