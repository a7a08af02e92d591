using System.Runtime.CompilerServices;
using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Intake.Batches;

namespace InterfaceEngine.Cli;

/// <summary>One message of a file.</summary>
/// <param name="File">The file, as it was named on the command line.</param>
/// <param name="Number">Counts the messages of the file, from 1.</param>
/// <param name="Body">Its bytes as they stand in the file, without framing and without what lies between messages.</param>
internal sealed record FileMessage(string File, int Number, ReadOnlyMemory<byte> Body)
{
    /// <summary><c>feed.hl7 message 2</c>, for reports.</summary>
    public override string ToString() => $"{Path.GetFileName(File)} message {Number}";
}

/// <summary>
/// Finds the messages in a file of any form that people keep them in: one after the other with any line ends, with
/// blank lines between, framed as MLLP sends them, or in a batch (the envelope of FHS, BHS, BTS and FTS is left out).
/// What is no message is given as one, so that it gets its verdict like any other; so is an empty file.
/// </summary>
internal static class MessageFile
{
    /// <summary>More than any parser takes: an oversize message is to be refused there.</summary>
    private const int MessageBytesMax = 512 * 1024 * 1024;

    /// <summary>Reads a file, one message at a time.</summary>
    /// <param name="file">The whole path.</param>
    /// <param name="name">Its name for people.</param>
    /// <param name="envelope">Counts what the file holds and compares it with what its envelope states; ended when all was read.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    /// <exception cref="CommandFailedException">It can't be read.</exception>
    public static async IAsyncEnumerable<FileMessage> ReadAsync(string file, string name, BatchTally envelope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = Open(file, name);
        await foreach (var message in ReadAsync(stream, name, envelope, cancellationToken))
        {
            yield return message;
        }
    }

    internal static async IAsyncEnumerable<FileMessage> ReadAsync(Stream stream, string name, BatchTally envelope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new BatchReader(stream, MessageBytesMax);
        var number = 0;
        var isEmpty = true;
        while (await reader.ReadAsync(cancellationToken) is { } part)
        {
            isEmpty = false;
            envelope.Add(part);
            if (part.IsOversize)
            {
                throw new CommandFailedException($"{name} message {number + 1} is larger than {MessageBytesMax} bytes.");
            }

            if (part.Kind == BatchPartKind.Message)
            {
                yield return new FileMessage(name, ++number, part.Bytes);
            }
        }

        envelope.End();
        if (isEmpty)
        {
            yield return new FileMessage(name, 1, ReadOnlyMemory<byte>.Empty);
        }
    }

    /// <exception cref="CommandFailedException">It can't be read.</exception>
    public static FileStream Open(string file, string name)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{name} can't be read: {failure.Message}");
        }
    }
}
