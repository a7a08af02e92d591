using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using InterfaceEngine.Cli.Servers;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Destinations.Mllp;

public sealed class MllpClientTests : IDisposable
{
    private readonly Socket _receiver = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly FakeTimeProvider _time = new();
    private readonly MllpClient _client;

    public MllpClientTests()
    {
        _receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _receiver.Listen();
        var port = ((IPEndPoint)_receiver.LocalEndPoint!).Port;

        // What is sent is taken at once; how long that takes by a clock that a test moves on must end no test.
        _client = new MllpClient(new MllpClientOptions { Port = port, ReplyBytesMax = 2048, SendTimeout = TimeSpan.FromDays(30) }, _time);
    }

    public void Dispose()
    {
        _client.Dispose();
        _receiver.Dispose();
    }

    [Theory]
    [InlineData("\u000bMSA|AA|1\u001c\r")]
    [InlineData("\r\n\u000bMSA|AA|1\u001c\r")]
    [InlineData("\u000bMSA|AA|1\u001c\r\r\n")]
    public async Task A_reply_is_read_on_one_connection_for_all_messages(string reply)
    {
        var first = Send("MSH|1");
        using var peer = await _receiver.AcceptAsync();
        (await ReadFrameAsync(peer)).Should().Be("\u000bMSH|1\u001c\r");
        await peer.SendAsync(Encoding.UTF8.GetBytes(reply));
        (await first).Should().Be("MSA|AA|1");

        var second = Send("MSH|2");
        (await ReadFrameAsync(peer)).Should().Be("\u000bMSH|2\u001c\r");
        await peer.SendAsync(Encoding.UTF8.GetBytes(reply));
        (await second).Should().Be("MSA|AA|1");
    }

    [Fact]
    public async Task A_reply_in_single_bytes_is_read_whole_and_timed()
    {
        var sending = _client.SendAsync("MSH|1"u8.ToArray(), CancellationToken.None);
        using var peer = await _receiver.AcceptAsync();
        await ReadFrameAsync(peer);
        _time.Advance(TimeSpan.FromSeconds(5));
        foreach (var part in Encoding.UTF8.GetBytes("\u000bMSA|AA\u001c\r"))
        {
            await peer.SendAsync(new[] { part });
        }

        var reply = await sending;

        reply.Body.ToArray().Should().Equal("MSA|AA"u8.ToArray());
        reply.Elapsed.Should().Be(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task After_a_time_out_a_late_reply_is_not_taken_for_the_next()
    {
        var first = Send("MSH|1");
        using var late = await _receiver.AcceptAsync();
        await ReadFrameAsync(late);

        // The frame may be here before the client has begun to wait for its reply.
        await Soon.HoldsAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            first.IsCompleted.Should().BeTrue();
        });
        (await first).Should().Be("NoReply");

        var second = Send("MSH|2");
        using var peer = await _receiver.AcceptAsync();
        await TrySendAsync(late, "\u000bMSA|AA|1\u001c\r");
        (await ReadFrameAsync(peer)).Should().Be("\u000bMSH|2\u001c\r");
        await TrySendAsync(peer, "\u000bMSA|AA|2\u001c\r");

        (await second).Should().Be("MSA|AA|2");
    }

    [Theory]
    [InlineData("", MllpFailure.Closed)]
    [InlineData("junk", MllpFailure.Closed)]
    [InlineData("\u000bMSA|A", MllpFailure.Closed)]
    [InlineData("\u000bMSA|A\u001c", MllpFailure.Closed)]
    [InlineData("\u000bMSA|A\u000bMSA|AA\u001c\r", MllpFailure.BrokenReply)]
    [InlineData("oversize", MllpFailure.BrokenReply)]
    public async Task A_reply_that_is_not_whole_is_a_failure_and_the_next_message_goes_over_a_new_connection(
        string reply, object failure)
    {
        var first = Send("MSH|1");
        using (var peer = await _receiver.AcceptAsync())
        {
            await ReadFrameAsync(peer);
            await TrySendAsync(peer, reply == "oversize" ? "\u000b" + new string('x', 3000) + "\u001c\r" : reply);
        }

        (await first).Should().Be(failure.ToString());
        var second = Send("MSH|2");
        using var next = await _receiver.AcceptAsync();
        await ReadFrameAsync(next);
        await TrySendAsync(next, "\u000bMSA|AA|2\u001c\r");
        (await second).Should().Be("MSA|AA|2");
    }

    [Fact]
    public async Task A_connection_that_the_receiver_closed_meanwhile_is_opened_again_before_sending()
    {
        var first = Send("MSH|1");
        using (var peer = await _receiver.AcceptAsync())
        {
            await ReadFrameAsync(peer);
            await TrySendAsync(peer, "\u000bMSA|AA|1\u001c\r");
            (await first).Should().Be("MSA|AA|1");
        }

        // The client's side has heard of it, which takes a moment.
        var port = ((IPEndPoint)_receiver.LocalEndPoint!).Port;
        await Soon.HoldsAsync(() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Should().Contain(one => one.RemoteEndPoint.Port == port && one.State == TcpState.CloseWait));
        var second = Send("MSH|2");
        using var next = await _receiver.AcceptAsync();
        await ReadFrameAsync(next);
        await TrySendAsync(next, "\u000bMSA|AA|2\u001c\r");
        (await second).Should().Be("MSA|AA|2");
    }

    [Fact]
    public async Task A_reply_nobody_asked_for_is_not_taken_for_the_next_messages()
    {
        var first = Send("MSH|1");
        using var peer = await _receiver.AcceptAsync();
        await ReadFrameAsync(peer);
        await TrySendAsync(peer, "\u000bMSA|AA|1\u001c\r\u000bMSA|AA|unasked\u001c\r");
        (await first).Should().Be("MSA|AA|1");

        var second = Send("MSH|2");
        using var next = await _receiver.AcceptAsync();
        await ReadFrameAsync(next);
        await TrySendAsync(next, "\u000bMSA|AA|2\u001c\r");
        (await second).Should().Be("MSA|AA|2");
    }

    [Fact]
    public async Task Where_nobody_listens_the_message_was_not_sent()
    {
        // One that was closed may be another test's by now.
        using var client = new MllpClient(new MllpClientOptions { Port = Ports.Free() }, _time);

        var sending = async () => await client.SendAsync("MSH|1"u8.ToArray(), CancellationToken.None);

        (await sending.Should().ThrowAsync<MllpClientException>()).Which.Failure.Should().Be(MllpFailure.NotConnected);
    }

    [Fact]
    public async Task A_cancelled_send_closes_the_connection()
    {
        using var cancel = new CancellationTokenSource();
        var first = _client.SendAsync("MSH|1"u8.ToArray(), cancel.Token);
        using var peer = await _receiver.AcceptAsync();
        await ReadFrameAsync(peer);

        await cancel.CancelAsync();

        await first.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        (await ReadFrameAsync(peer)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("MSH|\u000b")]
    [InlineData("MSH|\u001c")]
    public async Task A_body_that_no_frame_can_carry_is_not_sent(string body)
    {
        var send = () => _client.SendAsync(Encoding.UTF8.GetBytes(body), CancellationToken.None);

        await send.Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task A_second_message_may_not_be_sent_while_the_first_waits()
    {
        var first = Send("MSH|1");
        var second = () => _client.SendAsync("MSH|2"u8.ToArray(), CancellationToken.None);

        await second.Should().ThrowAsync<InvalidOperationException>();
        using var peer = await _receiver.AcceptAsync();
        await ReadFrameAsync(peer);
        await TrySendAsync(peer, "\u000bMSA|AA|1\u001c\r");
        (await first).Should().Be("MSA|AA|1");
    }

    private async Task<string> Send(string body)
    {
        try
        {
            return Encoding.UTF8.GetString((await _client.SendAsync(Encoding.UTF8.GetBytes(body), CancellationToken.None)).Body.Span);
        }
        catch (MllpClientException exception)
        {
            return exception.Failure.ToString();
        }
    }

    private static async Task<string> ReadFrameAsync(Socket peer)
    {
        var buffer = new byte[1024];
        var length = 0;
        while (length == 0 || buffer[length - 1] != '\r')
        {
            var read = await peer.ReceiveAsync(buffer.AsMemory(length)).AsTask().WaitAsync(TimeSpan.FromMinutes(1));
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static async Task TrySendAsync(Socket peer, string text)
    {
        try
        {
            await peer.SendAsync(Encoding.UTF8.GetBytes(text));
        }
        catch (SocketException)
        {
            // The client has closed already.
        }
    }
}
