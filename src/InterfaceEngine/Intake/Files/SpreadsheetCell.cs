using System.Globalization;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// A cell of a file that people open in a spreadsheet, which takes what begins with <c>=</c>, <c>+</c>, <c>-</c>, <c>@</c>, a tab or a line
/// break for a formula and runs it. An apostrophe before it makes it text. A plain number such as <c>-5</c> or <c>+15551234567</c> runs nothing and
/// stays as it is.
/// </summary>
internal static class SpreadsheetCell
{
    public static string Harmless(string cell) =>
        cell is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..] && !IsNumber(cell) ? "'" + cell : cell;

    private static bool IsNumber(string cell) =>
        decimal.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
}
