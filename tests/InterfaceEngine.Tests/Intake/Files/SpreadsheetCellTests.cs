using InterfaceEngine.Intake.Files;

namespace InterfaceEngine.Tests.Intake.Files;

public sealed class SpreadsheetCellTests
{
    [Theory]
    [InlineData("=1+2", "'=1+2")]
    [InlineData("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "'\r=1")]
    [InlineData("-5", "-5")]
    [InlineData("+15551234567", "+15551234567")]
    [InlineData("-1.50", "-1.50")]
    [InlineData("Müller", "Müller")]
    [InlineData("a=b", "a=b")]
    [InlineData("", "")]
    public void What_a_spreadsheet_would_run_becomes_text_and_a_number_stays_one(string cell, string written) =>
        SpreadsheetCell.Harmless(cell).Should().Be(written);
}
