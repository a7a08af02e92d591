using System.Globalization;
using System.Net;
using System.Text;
using System.Threading.Channels;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>
/// Tells of a booking again, as athenahealth does: the same event with the sides of MSH changed over, a control id of its
/// own, and in SCH-2 the number that athenahealth gave to the appointment, the same for every message about it.
/// </summary>
internal sealed class BookingEcho : IAsyncDisposable
{
    private const int FirstNumber = 700_001;
    private const char Field = '|';

    private readonly bool _isOwnNumberInBoth;
    private readonly Dictionary<string, string> _numbers = [];
    private readonly Channel<FeedMessage> _waiting = Channel.CreateUnbounded<FeedMessage>();
    private readonly FeedConnection _connection;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private int _count;

    /// <param name="to">Who is told.</param>
    /// <param name="isOwnNumberInBoth">SCH-1 has athenahealth's number too.</param>
    /// <param name="time">Counts time-outs.</param>
    public BookingEcho(EndPoint to, bool isOwnNumberInBoth, TimeProvider time)
    {
        _isOwnNumberInBoth = isOwnNumberInBoth;
        var tally = new FeedTally();
        _connection = new FeedConnection(new FeedClientOptions { To = to }, new FaultPlan(FaultOptions.None, time), tally, time);
        _running = RunAsync();
    }

    /// <summary>Takes a message that was kept; what is no SIU is none of its business.</summary>
    public void Add(Arrival message)
    {
        if (message.Event.StartsWith("SIU^", StringComparison.Ordinal))
        {
            lock (_numbers)
            {
                var controlId = string.Create(CultureInfo.InvariantCulture, $"E{++_count}");
                _waiting.Writer.TryWrite(new FeedMessage(controlId, message.Event, "", Echo(message.Body, controlId)));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.Complete();
        await _stopping.CancelAsync();
        await _running;
        _connection.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var message in _waiting.Reader.ReadAllAsync(_stopping.Token))
            {
                await _connection.SendAsync(message, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private byte[] Echo(ReadOnlyMemory<byte> body, string controlId)
    {
        var segments = Encoding.Latin1.GetString(body.Span).Split('\r').Select(segment => segment.StartsWith("MSH", StringComparison.Ordinal)
            ? TurnedOver(segment.Split(Field), controlId)
            : segment.StartsWith("SCH", StringComparison.Ordinal) ? Numbered(segment.Split(Field)) : segment);
        return Encoding.Latin1.GetBytes(string.Join('\r', segments));
    }

    // MSH-1 is the separator itself, so MSH-3 is the third of the parts, at 2.
    private static string TurnedOver(string[] msh, string controlId)
    {
        (msh[2], msh[3], msh[4], msh[5]) = (msh[4], msh[5], msh[2], msh[3]);
        msh[9] = controlId;
        return string.Join(Field, msh);
    }

    private string Numbered(string[] sch)
    {
        var fields = sch.Length > 2 ? sch : [.. sch, .. Enumerable.Repeat("", 3 - sch.Length)];
        if (fields[2].Length == 0)
        {
            if (!_numbers.TryGetValue(fields[1], out var number))
            {
                number = (FirstNumber + _numbers.Count).ToString(CultureInfo.InvariantCulture);
                _numbers.Add(fields[1], number);
            }

            fields[2] = number;
        }

        if (_isOwnNumberInBoth)
        {
            fields[1] = fields[2];
        }

        return string.Join(Field, fields);
    }
}
