using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Tests.Core.Mapping.Values;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>Files that went through a spreadsheet on their way: it takes ids and ZIP codes for numbers.</summary>
public sealed class SpreadsheetFilesTests
{
    private static readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("1959")!);

    [Theory]
    [InlineData("PatientID", "1.23457E+11")]
    [InlineData("Phone", "1.55512E+10")]
    [InlineData("MemberID", "9E+15")]
    [InlineData("GroupNumber", "4.2e+12")]
    public void A_number_that_was_shortened_refuses_its_row(string column, string found)
    {
        var read = Read("PatientID,FirstName,LastName,DOB,Phone,InsuranceProvider,MemberID,GroupNumber", column, found);

        read.IsRejected.Should().BeTrue();
        var note = read.Notes.First(note => note.Severity == NoteSeverity.Reject);
        note.Code.Should().Be("MAP553");
        note.Path.Should().Be($"column {column}");
        note.Reason.Should().Be("a number as a spreadsheet shortens it (1.23457E+11): its digits are lost. Format the column as text and export it again.");
        note.Found.Should().Be(found);
    }

    [Theory]
    [InlineData("PatientID", "123457000000")]
    [InlineData("PatientID", "A1E+11B")]
    [InlineData("PatientID", "12E+11")]
    [InlineData("MemberID", "1E5")]
    [InlineData("LastName", "1.23457E+11")]
    public void What_only_looks_a_little_like_one_is_taken(string column, string found) =>
        Read("PatientID,FirstName,LastName,DOB,InsuranceProvider,MemberID", column, found).IsRejected.Should().BeFalse();

    [Theory]
    [InlineData("2134", "02134")]
    [InlineData("601", "00601")]
    public void A_ZIP_code_gets_its_zeros_back_and_it_is_said(string sent, string stored)
    {
        var reader = new Reader(MapFormat.Csv);

        reader.Read(new PostcodeType("US"), sent).Should().Be(stored);
        reader.OnlyNote.Code.Should().Be("MAP554");
        reader.OnlyNote.Severity.Should().Be(NoteSeverity.Warning);
        reader.OnlyNote.Reason.Should().Be($"a ZIP code of {sent.Length} digits: a spreadsheet ate what it begins with. It was taken as one of five.");
    }

    [Theory]
    [InlineData(MapFormat.Csv, "US", "02134")]
    [InlineData(MapFormat.Csv, "US", "62701-1234")]
    [InlineData(MapFormat.Csv, "US", "K1A")]
    [InlineData(MapFormat.Csv, "US", "12")]
    [InlineData(MapFormat.Csv, "NO", "0150")]
    [InlineData(MapFormat.Csv, "CH", "8001")]
    [InlineData(MapFormat.Hl7, "US", "2134")]
    public void Every_other_postcode_stays_as_it_was_sent(MapFormat format, string region, string sent)
    {
        var reader = new Reader(format);

        reader.Read(new PostcodeType(region), sent).Should().Be(sent);
        reader.Codes.Should().BeEmpty();
    }

    private static MappedMessage Read(string header, string column, string cell)
    {
        var cells = header.Split(',').Select(name => name == column ? cell : name switch
        {
            "PatientID" => "12345",
            "DOB" => "1980-05-15",
            "Phone" => "6175550142",
            _ => "Sample",
        });
        using var table = new CsvTable(new StringReader($"{header}\n{string.Join(',', cells)}\n"));
        return _reader.Read(table.Rows().Single(), "Patients file", new ReadContext(Instant.FromUtc(2026, 2, 1, 12, 0)));
    }
}
