namespace InterfaceEngine.Protection;

/// <summary>What kind of row something sealed belongs to. The numbers are part of the stored format: never change one.</summary>
internal enum SealedKind : byte
{
    MessageBody = 1,
    MessageNotes = 2,
    Record = 3,
    Change = 4,
    Review = 5,
    Audit = 6,
    DeliveryNotes = 7,
    DeliveryBody = 8,
    Attachment = 9,
    Cause = 10,
    Batch = 11,
    Acceptance = 12,
    FileRun = 13,
    Connection = 14,
}

/// <summary>
/// The row something sealed belongs to. It is authenticated with the content, so that content copied to another
/// row, version or practice does not open.
/// </summary>
/// <param name="Kind">The table and column.</param>
/// <param name="Row">The row's id.</param>
/// <param name="Version">The row's version, where it has one; otherwise 0.</param>
internal readonly record struct RowIdentity(SealedKind Kind, long Row, long Version = 0);
