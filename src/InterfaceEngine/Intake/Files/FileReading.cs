using System.Threading.Channels;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Files;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// Reads a file's rows into chunks, ahead of whoever takes them, and holds the file to its survey: other bytes, or another number of rows,
/// mean that it was changed meanwhile. Rows that were committed before the run broke off are passed over.
/// </summary>
/// <param name="survey">What the first look found.</param>
/// <param name="run">The run as it stood when it was taken up.</param>
/// <param name="fingerprints">Tell rows apart.</param>
internal sealed class FileReading(RowSurvey survey, FileRun run, RowFingerprints fingerprints)
{
    /// <summary>Chunks that are read ahead of the one that is committed.</summary>
    private const int ChunksAhead = 2;

    private readonly Channel<FileRowChunk> _chunks = Channel.CreateBounded<FileRowChunk>(new BoundedChannelOptions(ChunksAhead) { SingleWriter = true, SingleReader = true });
    private readonly bool _isCsv = FileRow.IsCsv(run.Kind);
    private readonly string _header = CsvHeader.LineOf(survey.Columns, survey.Dialect.Separator);
    private readonly HashSet<long> _pending = [.. run.Pending.Rows()];

    /// <summary>The chunks in the order of the file; throws what the reading throws.</summary>
    public IAsyncEnumerable<FileRowChunk> ChunksAsync(CancellationToken cancellationToken) => _chunks.Reader.ReadAllAsync(cancellationToken);

    /// <summary>The message that a row of the file makes.</summary>
    public byte[] BodyOf(ReadOnlySpan<byte> raw) => _isCsv ? RowBody.Write(_header, raw) : raw.ToArray();

    /// <summary>Reads the file to its end. Whatever it throws, whoever takes the chunks is told.</summary>
    /// <param name="file">It, as it lies there.</param>
    /// <param name="unpack">What makes rows of it; null where it is not packed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task RunAsync(Stream file, Func<Stream, Stream>? unpack, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            var hashed = new HashedStream(file);
            await using var unpacked = new UnpackedRows(hashed, unpack);
            var rows = await ReadAsync(unpacked.Stream, cancellationToken);
            await unpacked.EndAsync(cancellationToken);
            if (rows != survey.Rows || !(await hashed.EndAsync(cancellationToken)).Span.SequenceEqual(survey.Content.Span))
            {
                throw Changed();
            }
        }
        catch (CsvFormatException)
        {
            // It could be read to its end when it was surveyed.
            failure = Changed();
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }
        finally
        {
            _chunks.Writer.Complete(failure);
        }
    }

    private async Task<long> ReadAsync(Stream rows, CancellationToken cancellationToken)
    {
        using IRowReader reader = _isCsv ? new CsvRows(await CsvTable.OpenAsync(rows, survey.Dialect, cancellationToken)) : new JsonRows(rows);
        FileRowChunk? chunk = null;
        while (reader.Number < survey.Rows && await reader.ReadAsync(cancellationToken))
        {
            var isPending = reader.Number <= run.Position;
            if (isPending && !_pending.Contains(reader.Number))
            {
                continue;
            }

            if (chunk is not null && (chunk.IsFull || chunk.IsPending != isPending))
            {
                await _chunks.Writer.WriteAsync(chunk, cancellationToken);
                chunk = null;
            }

            chunk ??= new FileRowChunk(isPending);
            chunk.Add(reader.Number, reader.Raw, fingerprints);
        }

        if (chunk is not null)
        {
            await _chunks.Writer.WriteAsync(chunk, cancellationToken);
        }

        return reader.Number;
    }

    private static FileFaultException Changed() => new(
        FileFault.Changed, "The file was changed while it was read. It is taken as a new one when it is offered again; rows that are on disk do no harm a second time.");
}
