using System.Buffers;
using System.IO.Pipelines;
using InterfaceEngine.Core.Csv;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// The objects of a JSON file: an array of them, or one after the other (a line each). Objects are told apart by their braces, so that one
/// which is wrong within is refused alone; what stands between them must be white space, commas and the array's brackets.
/// </summary>
internal sealed class JsonRows : IRowReader
{
    /// <summary>The fault of a file that holds nothing.</summary>
    public const string Empty = "it is empty.";

    private readonly PipeReader _pipe;
    private byte[] _row = [];
    private bool _isInArray;
    private bool _hasArrayEnded;

    /// <param name="rows">The file's text, UTF-8. Not disposed of.</param>
    public JsonRows(Stream rows) => _pipe = PipeReader.Create(rows, new StreamPipeReaderOptions(leaveOpen: true, bufferSize: 64 * 1024));

    public long Number { get; private set; }

    public ReadOnlySpan<byte> Raw => _row;

    public static async ValueTask<RowSurvey> SurveyAsync(Stream rows, CancellationToken cancellationToken)
    {
        using var objects = new JsonRows(rows);
        var survey = new RowSurvey { Content = default, Size = 0, Rows = 0 };
        try
        {
            while (await objects.ReadAsync(cancellationToken))
            {
            }

            return survey with { Rows = objects.Number, Fault = objects.Number == 0 && !objects._isInArray ? Empty : null };
        }
        catch (CsvFormatException wrong)
        {
            return survey with { Rows = objects.Number, Fault = wrong.Message };
        }
    }

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _pipe.ReadAsync(cancellationToken);
            if (TryTake(read.Buffer, out var consumed))
            {
                _pipe.AdvanceTo(consumed);
                Number++;
                return true;
            }

            var rest = read.Buffer.Slice(consumed);
            if (rest.Length > CsvTable.RowBytesMax)
            {
                throw Wrong($"is longer than {CsvTable.RowBytesMax} bytes.");
            }

            _pipe.AdvanceTo(consumed, read.Buffer.End);
            if (read.IsCompleted)
            {
                return rest.IsEmpty && _isInArray == _hasArrayEnded ? false : throw Wrong("is not closed: the file was cut off.");
            }
        }
    }

    public void Dispose() => _pipe.Complete();

    /// <summary>Takes one whole object. What stands before it is consumed either way.</summary>
    private bool TryTake(ReadOnlySequence<byte> buffer, out SequencePosition consumed)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryPeek(out var first) && first != '{')
        {
            Between(first);
            reader.Advance(1);
        }

        consumed = reader.Position;
        if (_hasArrayEnded && !reader.End)
        {
            throw Wrong("stands behind the end of the array.");
        }

        var (start, depth, isText) = (reader.Position, 0, false);
        while (reader.TryRead(out var character))
        {
            if (isText)
            {
                isText = character != '"';
                if (character == '\\' && !reader.TryRead(out _))
                {
                    return false;
                }
            }
            else if (character == '"')
            {
                isText = true;
            }
            else if (character == '{')
            {
                depth++;
            }
            else if (character == '}' && --depth == 0)
            {
                _row = buffer.Slice(start, reader.Position).ToArray();
                consumed = reader.Position;
                return true;
            }
        }

        return false;
    }

    private void Between(byte character)
    {
        var isWhite = character is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',' or 0xEF or 0xBB or 0xBF;
        if (character == '[' && !_isInArray && Number == 0)
        {
            _isInArray = true;
        }
        else if (character == ']' && _isInArray && !_hasArrayEnded)
        {
            _hasArrayEnded = true;
        }
        else if (!isWhite || (_hasArrayEnded && character == ','))
        {
            throw Wrong("is expected, and something else stands there: it must be an array of objects, or an object a line.");
        }
    }

    private CsvFormatException Wrong(string what) => new((int)Number + 1, $"object {Number + 1} {what}");
}
