namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// Codes of what can be wrong in a mapping file, found when it is loaded. (Codes from 500 on are of messages.)
/// </summary>
public static class MappingFileCodes
{
    /// <summary>A header line is not <c>key: value</c>, the header has no end, or a key is unknown or stands twice.</summary>
    public const string Header = "MAP101";

    /// <summary>A header's value can't be used.</summary>
    public const string HeaderValue = "MAP102";

    /// <summary>The file's folder or name says nothing, or its header says something else.</summary>
    public const string Place = "MAP103";

    /// <summary>There is no such vendor pack, profile, practice or base map.</summary>
    public const string Base = "MAP104";

    /// <summary>A needed table or block is missing, or is not written as one.</summary>
    public const string Table = "MAP110";

    /// <summary>A column or section is unknown, stands twice or is missing.</summary>
    public const string Column = "MAP111";

    /// <summary>More than a mapping file may hold (<see cref="Files.MapLimits"/>).</summary>
    public const string TooMuch = "MAP112";

    /// <summary>The file is no text.</summary>
    public const string NoText = "MAP113";

    /// <summary>A row has more or fewer cells than its header.</summary>
    public const string RaggedRow = "MAP120";

    /// <summary>A needed cell is empty.</summary>
    public const string EmptyCell = "MAP121";

    /// <summary>A path names a segment or field that does not exist.</summary>
    public const string NoSuchPlace = "MAP201";

    /// <summary>A cell is not written as a place of its format.</summary>
    public const string PlaceForm = "MAP202";

    /// <summary>Not a field of the record.</summary>
    public const string NoSuchField = "MAP203";

    /// <summary>A field's name is not written as one.</summary>
    public const string FieldName = "MAP204";

    /// <summary>Two rows of one field, without a <c>When</c> that tells them apart.</summary>
    public const string FieldTwice = "MAP205";

    /// <summary>There is no such shortcut, or it can't be used.</summary>
    public const string Shortcut = "MAP206";

    /// <summary>A row says no <c>As</c>.</summary>
    public const string NoAs = "MAP210";

    /// <summary>An <c>As</c> that does not exist or is not complete.</summary>
    public const string As = "MAP211";

    /// <summary>Rows of one field have different types, or an override changes the type of what is stored.</summary>
    public const string AsDiffers = "MAP213";

    /// <summary>There is no such code table.</summary>
    public const string NoSuchTable = "MAP220";

    /// <summary>Not a code of the table.</summary>
    public const string NoSuchCode = "MAP221";

    /// <summary>A reference to a kind of record that does not exist.</summary>
    public const string NoSuchKind = "MAP223";

    /// <summary>A rule that does not exist, is not complete, or stands twice.</summary>
    public const string Rule = "MAP230";

    /// <summary>The record has no identity, or two.</summary>
    public const string Key = "MAP234";

    /// <summary>A list does not say whose it is.</summary>
    public const string Owner = "MAP236";

    /// <summary>Two rows would write one place.</summary>
    public const string SamePlace = "MAP310";

    /// <summary>A code can be read but not written.</summary>
    public const string CodeNotWritten = "MAP330";

    /// <summary>A foreign code has two meanings.</summary>
    public const string CodeTwice = "MAP331";

    /// <summary>Two references share a name, or a cell of one can't be used.</summary>
    public const string Reference = "MAP333";

    /// <summary>An override of a sealed row, or of what identifies a record.</summary>
    public const string Sealed = "MAP341";

    /// <summary>An override that changes nothing, or removes what is not there.</summary>
    public const string NoEffect = "MAP342";

    /// <summary>The types of a formula do not go together.</summary>
    public const string FormulaTypes = "MAP350";

    /// <summary>Not written as a formula.</summary>
    public const string Formula = "MAP351";

    /// <summary>There is no such function, or it is called wrongly.</summary>
    public const string Function = "MAP352";

    /// <summary>A pattern or a zone in a formula can't be used.</summary>
    public const string FunctionArgument = "MAP353";

    /// <summary>A format has no place for a field, and an equation finds it.</summary>
    public const string FoundByEquation = "MAP360";

    /// <summary>A row of <c>Messages</c> that can't be understood.</summary>
    public const string Message = "MAP370";

    /// <summary>A row of <c>Checks</c> that can't be understood.</summary>
    public const string Check = "MAP371";

    /// <summary>A row of <c>Not mapped</c> that can't be understood, or names what a row of the same file maps.</summary>
    public const string NotMapped = "MAP380";

    /// <summary>A test file that can't be run.</summary>
    public const string Test = "MAP401";
}
