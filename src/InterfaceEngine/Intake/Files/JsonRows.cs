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

    /// <summary>The longest object, in bytes: a resource with a document in it is long.</summary>
    public const int ObjectBytesMax = 32 * 1024 * 1024;

    private readonly PipeReader _pipe;
    private byte[] _row = [];
    private Scan _scan;
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
            if (rest.Length > ObjectBytesMax)
            {
                throw Wrong($"is longer than {ObjectBytesMax} bytes.");
            }

            _pipe.AdvanceTo(consumed, read.Buffer.End);
            if (read.IsCompleted)
            {
                return rest.IsEmpty && _isInArray == _hasArrayEnded ? false : throw Wrong("is not closed: the file was cut off.");
            }
        }
    }

    public void Dispose() => _pipe.Complete();

    /// <summary>Takes one whole object. What stands before it is consumed either way; of one that is not whole it is kept how far it was looked at.</summary>
    private bool TryTake(ReadOnlySequence<byte> buffer, out SequencePosition consumed)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (_scan.Length == 0 && reader.TryPeek(out var first) && first != '{')
        {
            Between(first);
            reader.Advance(1);
        }

        consumed = reader.Position;
        if (_hasArrayEnded && !reader.End)
        {
            throw Wrong("stands behind the end of the array.");
        }

        var start = reader.Position;
        reader.Advance(_scan.Length);
        while (reader.TryRead(out var character))
        {
            if (_scan.Ends(character))
            {
                _row = buffer.Slice(start, reader.Position).ToArray();
                (consumed, _scan) = (reader.Position, default);
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

    /// <summary>How far an object was looked at.</summary>
    private struct Scan
    {
        private int _depth;
        private bool _isText;
        private bool _isEscaped;

        /// <summary>So many of its bytes.</summary>
        public long Length { get; private set; }

        /// <summary>Whether a byte is its last one.</summary>
        public bool Ends(byte character)
        {
            Length++;
            if (_isEscaped)
            {
                _isEscaped = false;
            }
            else if (_isText)
            {
                (_isText, _isEscaped) = (character != '"', character == '\\');
            }
            else if (character == '"')
            {
                _isText = true;
            }
            else if (character is (byte)'{')
            {
                _depth++;
            }
            else if (character is (byte)'}')
            {
                return --_depth == 0;
            }

            return false;
        }
    }
}
