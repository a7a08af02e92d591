namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>The codes writing gives.</summary>
public static class WritingCodes
{
    /// <summary>No map writes this event, or none of its records has a map that does.</summary>
    public const string Event = "MAP600";

    /// <summary>A code that the format has not.</summary>
    public const string Code = "MAP601";

    /// <summary>A provider or location without an id of the receiver's.</summary>
    public const string Reference = "MAP602";

    /// <summary>A patient without an id of the receiver's.</summary>
    public const string PatientId = "MAP603";

    /// <summary>A required field that holds nothing.</summary>
    public const string Required = "MAP604";

    /// <summary>A row of <c>Checks</c> does not hold.</summary>
    public const string Check = "MAP605";

    /// <summary>The event says something that the record contradicts (<c>Sets</c>).</summary>
    public const string Contradiction = "MAP606";

    /// <summary>What would be written is not read back as what is stored.</summary>
    public const string ReadBack = "MAP607";

    /// <summary>A value that is not of its type's form.</summary>
    public const string Value = "MAP608";

    /// <summary>A place or the message's character set can't hold the value.</summary>
    public const string Place = "MAP609";

    /// <summary>A header that can't be sent: the control id is empty or longer than 20 characters, an application is not named.</summary>
    public const string Header = "MAP610";

    /// <summary>Digits of a time that HL7 has no room for were left out.</summary>
    public const string Rounded = "MAP611";

    /// <summary>The event's structure has no such segment in the message's version.</summary>
    public const string Segment = "MAP612";

    /// <summary>The field has no room for the value in the message's version: it is too long, or may not repeat.</summary>
    public const string Room = "MAP613";

    /// <summary>R4 requires an element, and nothing is there.</summary>
    public const string R4Required = "MAP614";

    /// <summary>Two of a choice (<c>value[x]</c>), or two elements that R4 does not allow beside each other.</summary>
    public const string R4Choice = "MAP615";

    /// <summary>A code that R4's binding of the element has not.</summary>
    public const string R4Code = "MAP616";

    /// <summary>A value of another shape than R4 asks for: a list where one is expected, an object where a text is; or what is written over is no single object.</summary>
    public const string R4Shape = "MAP617";

    /// <summary>What is written over has parts that are records of their own (header <c>each:</c>), and the record is not that of the whole.</summary>
    public const string Whole = "MAP618";
}
