namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>The codes reading gives. Reconciliation's own (MAP512, 520, 522–524, 540–546) are beside it.</summary>
public static class MappingCodes
{
    /// <summary>Bytes that are no text in the message's character set, or a character set that is not known.</summary>
    public const string Undecodable = "MAP500";

    /// <summary>Not a date.</summary>
    public const string Date = "MAP501";

    /// <summary>Not a date with a time.</summary>
    public const string Instant = "MAP502";

    /// <summary>Not a length in minutes from 1 to 1440.</summary>
    public const string Minutes = "MAP503";

    /// <summary>Not a telephone number.</summary>
    public const string Phone = "MAP504";

    /// <summary>A telephone extension, which the number is stored without.</summary>
    public const string Extension = "MAP505";

    /// <summary>Not an e-mail address.</summary>
    public const string Email = "MAP506";

    /// <summary>Not a number.</summary>
    public const string Number = "MAP507";

    /// <summary>Neither yes nor no.</summary>
    public const string Bool = "MAP508";

    /// <summary>Text with control characters.</summary>
    public const string ControlCharacter = "MAP509";

    /// <summary>A code that is not in its table.</summary>
    public const string UnknownCode = "MAP510";

    /// <summary>A code that is not in its table, which rejects such.</summary>
    public const string RejectedCode = "MAP511";

    /// <summary>Longer than the rule <c>max</c>.</summary>
    public const string Length = "MAP513";

    /// <summary>Does not fit the rule <c>matches</c>.</summary>
    public const string Pattern = "MAP514";

    /// <summary>Not one of the rule <c>one of</c>.</summary>
    public const string Choice = "MAP515";

    /// <summary><c>""</c> in a component: HL7 defines it for whole fields only. It is honoured.</summary>
    public const string ComponentNull = "MAP516";

    /// <summary>A telephone number that the numbering plan has not given out.</summary>
    public const string UnassignedPhone = "MAP517";

    /// <summary>A provider or location that is in no reference table: stored as sent.</summary>
    public const string UnknownReference = "MAP518";

    /// <summary>Further sub-components of which only the first was read.</summary>
    public const string SubcomponentsLeft = "MAP519";

    /// <summary>A sum and its parts disagree.</summary>
    public const string Equation = "MAP521";

    /// <summary>A local time that a clock change skips: moved forward by the gap.</summary>
    public const string SkippedTime = "MAP525";

    /// <summary>A local time that happens twice: the reading nearer to the receipt was taken.</summary>
    public const string RepeatedTime = "MAP526";

    /// <summary>A local time at a location that no table has, in a practice of several zones: a guess, for which a visit is held.</summary>
    public const string ClockUnknown = "MAP566";

    /// <summary>An event time more than five minutes ahead: the time of receipt was taken.</summary>
    public const string EventAhead = "MAP527";

    /// <summary>No readable event time: the time of receipt was taken.</summary>
    public const string EventTimeMissing = "MAP528";

    /// <summary>No identifier of the record.</summary>
    public const string KeyMissing = "MAP530";

    /// <summary>An item of a list without what identifies it: it was left out.</summary>
    public const string ItemKeyMissing = "MAP531";

    /// <summary>A segment of a list for which the header <c>when:</c> does not hold, though it says more than its number: no record was made of it.</summary>
    public const string SegmentSkipped = "MAP532";

    /// <summary>An id that does not fit its frame (<c>like '…'</c>).</summary>
    public const string Frame = "MAP533";

    /// <summary>A row of a file whose cells can't be told apart with certainty.</summary>
    public const string Row = "MAP534";

    /// <summary>An id or a number as a spreadsheet writes a long one (1.23457E+11): its digits are lost, and the row is refused.</summary>
    public const string SpreadsheetNumber = "MAP553";

    /// <summary>A ZIP code without the zeros it begins with: they were put back.</summary>
    public const string PaddedZip = "MAP554";

    /// <summary>Embedded binary content that is not written as it says: it is not kept beside the message.</summary>
    public const string Content = "MAP535";

    /// <summary>The message holds nothing of what its event tells of.</summary>
    public const string NothingTold = "MAP552";

    /// <summary>Not a time of day.</summary>
    public const string Time = "MAP536";

    /// <summary>Two items of one message with one id or key.</summary>
    public const string IdRepeated = "MAP537";

    /// <summary>A value of a JSON document that is not of the shape that the row reads: an object where one value is expected, a reference to something else.</summary>
    public const string JsonShape = "MAP539";

    /// <summary>A JSON document in which no object makes a record.</summary>
    public const string NoObject = "MAP529";

    /// <summary>A deletion that names no type and id: which resource is meant can't be known.</summary>
    public const string DeletedWhich = "MAP563";

    /// <summary>A resource was deleted of which the map says no way to withdraw it: a person decides.</summary>
    public const string DeletedHow = "MAP564";

    /// <summary>A row of <c>Checks</c> does not hold.</summary>
    public const string Check = "MAP550";
}
