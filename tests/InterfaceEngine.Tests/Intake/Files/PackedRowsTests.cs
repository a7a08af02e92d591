using System.IO.Compression;
using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>What unpacks a file reads it alone, and never outlives the reading.</summary>
public sealed class PackedRowsTests
{
    [Fact]
    public async Task It_is_brought_to_its_end_and_closed_before_the_file_is_read_on()
    {
        var unpackers = new List<Unpacker>();
        await using var engine = await TestEngine.StartAsync();
        var packed = Gzip(DroppedRows.Patients(Enumerable.Range(1, 1_500)) + "TRAILER,1500\n");
        var file = DroppedRows.File(packed) with { Unpack = Unpack };

        var run = (await engine.Intake(new RowFileRules { Trailer = "TRAILER" }).TakeAsync(file, default)).Run;

        (run.State, run.Counts).Should().Be((FileRunState.Done, new RowCounts { Created = 1_500 }));
        unpackers.Should().HaveCount(2).And.OnlyContain(one => one.HasEnded && one.IsClosed);

        Stream Unpack(Stream stream)
        {
            unpackers.Add(new Unpacker(stream));
            return unpackers[^1];
        }
    }

    [Fact]
    public async Task It_is_closed_when_the_rows_are_none()
    {
        Unpacker? unpacker = null;
        var text = "no JSON" + new string(' ', 1_000_000);

        var survey = await RowSurvey.ReadAsync(new MemoryStream(Gzip(text)), stream => unpacker = new Unpacker(stream), isCsv: false, null, default);

        survey.Fault.Should().StartWith("line 1: object 1 is expected");
        unpacker.Should().Match<Unpacker>(one => one.HasEnded && one.IsClosed);
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    /// <summary>Remembers how it was treated.</summary>
    private sealed class Unpacker(Stream packed) : HashedStream(new GZipStream(packed, CompressionMode.Decompress))
    {
        public bool IsClosed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            base.Dispose(disposing);
        }
    }
}
