using System.Collections.Concurrent;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Cli;

/// <summary>What became of one message that was sent.</summary>
/// <param name="Code">MSA-1, or <c>?</c> where no reply came that can be read.</param>
/// <param name="Text">MSA-3 and the error codes, or why there is no reply.</param>
internal sealed record SentMessage(string File, int Number, string Event, string ControlId, string Code, string Text, double Milliseconds)
{
    public bool IsAccepted => Code is "AA" or "CA";
}

/// <summary>Sends messages over several connections, each patient's in their order on one of them.</summary>
/// <param name="tls">Null for plain MLLP.</param>
internal sealed class MessageSender(MllpClientOptions options, SenderTls? tls, TimeProvider time)
{
    /// <param name="templates">What is sent, in order.</param>
    /// <param name="copies">How often the whole is sent; more than one numbers each copy anew.</param>
    /// <param name="sent">Called after each message, by several tasks at once.</param>
    /// <param name="cancellationToken">Ends after the messages in flight.</param>
    public Task SendAsync(IReadOnlyList<MessageTemplate> templates, int copies, int connections, Action<SentMessage> sent, CancellationToken cancellationToken)
    {
        var run = Convert.ToString(time.GetUtcNow().ToUnixTimeSeconds() & 0xFFFFFFF, 16);
        var lanes = Enumerable.Range(0, connections).Select(lane => Task.Run(
            async () =>
            {
                using var client = new MllpClient(options, time, tls);
                foreach (var (template, copy) in Lane(templates, copies, connections, lane))
                {
                    sent(await SendAsync(client, template, template.Copy(run, copy), cancellationToken));
                }
            },
            cancellationToken));
        return Task.WhenAll(lanes);
    }

    private static IEnumerable<(MessageTemplate Template, int Copy)> Lane(IReadOnlyList<MessageTemplate> templates, int copies, int connections, int lane)
    {
        for (var copy = copies == 1 ? 0 : 1; copy <= (copies == 1 ? 0 : copies); copy++)
        {
            foreach (var template in templates)
            {
                if ((uint)(Hash(template.Lane) + copy) % (uint)connections == lane)
                {
                    yield return (template, copy);
                }
            }
        }
    }

    private static async Task<SentMessage> SendAsync(MllpClient client, MessageTemplate template, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        SentMessage Result(string code, string text, TimeSpan elapsed)
        {
            var controlId = Hl7Message.TryParseHeader(body, out var header) ? header.ControlId : template.ControlId;
            return new SentMessage(template.Source.File, template.Source.Number, template.Event, controlId, code, text, elapsed.TotalMilliseconds);
        }

        try
        {
            var reply = await client.SendAsync(body, cancellationToken);
            return AcknowledgementReader.TryRead(reply.Body, out var acknowledgement, out var reason)
                ? Result(acknowledgement.Code.ToString(), string.Join(' ', acknowledgement.ErrorCodes.Append(acknowledgement.Text).Where(text => text.Length > 0)), reply.Elapsed)
                : Result("?", reason, reply.Elapsed);
        }
        catch (MllpClientException failure)
        {
            return Result("?", failure.Message, TimeSpan.Zero);
        }
        catch (ArgumentException failure)
        {
            return Result("?", failure.Message, TimeSpan.Zero);
        }
    }

    /// <summary>The same in every run, unlike the framework's.</summary>
    private static int Hash(string text) => text.Aggregate(17, (hash, character) => unchecked((hash * 31) + character));
}

/// <summary>The tally of a run.</summary>
internal sealed class SentTally
{
    private readonly ConcurrentDictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<double> _times = [];

    public int Count => _times.Count;

    public bool IsAllAccepted => _codes.Keys.All(code => code is "AA" or "CA");

    public void Add(SentMessage message)
    {
        _codes.AddOrUpdate(message.Code, 1, (_, count) => count + 1);
        _times.Add(message.Milliseconds);
    }

    /// <summary><c>200 sent in 0.4 s (500/s): AA 190, AE 10; reply p50 1.2 ms, p99 8.0 ms</c></summary>
    public string Describe(TimeSpan elapsed)
    {
        var times = _times.Order().ToList();
        var codes = string.Join(", ", _codes.OrderBy(code => code.Key, StringComparer.Ordinal).Select(code => $"{code.Key} {code.Value}"));
        return FormattableString.Invariant(
            $"{Count} sent in {elapsed.TotalSeconds:0.0} s ({Count / Math.Max(elapsed.TotalSeconds, 0.001):0}/s): {codes}; reply p50 {At(times, 0.50):0.0} ms, p99 {At(times, 0.99):0.0} ms");
    }

    private static double At(List<double> times, double share) => times.Count == 0 ? 0 : times[(int)Math.Min(times.Count - 1, times.Count * share)];
}
