using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace InterfaceEngine.Tests.Support;

/// <summary>A line to a server on loopback that a test can cut: its clients see their connections end, the server what had been sent before.</summary>
internal sealed class CutLine : IAsyncDisposable
{
    private readonly IPEndPoint _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _ends = [];
    private readonly Task _accepting;

    public CutLine(int serverPort)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>So many bytes of what the server says on a connection get through, and then nothing until it is cut; null for all.</summary>
    public long? HoldsAfter { get; set; }

    /// <summary>Nothing gets through, either way, until it has ended.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends what is connected. Who connects again gets through.</summary>
    public void Cut()
    {
        while (_ends.TryTake(out var end))
        {
            end.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await server.ConnectAsync(_server);
                _ends.Add(client);
                _ends.Add(server);
                _ = PassAsync(client, server, null);
                _ = PassAsync(server, client, HoldsAfter);
            }
        }
        catch (SocketException)
        {
            // The listener was stopped.
        }
        catch (ObjectDisposedException)
        {
            // The same, a moment earlier.
        }
    }

    private async Task PassAsync(Socket from, Socket to, long? most)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            for (var left = most ?? long.MaxValue; await from.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length))) is > 0 and var length; left -= length)
            {
                await Held;
                await to.SendAsync(buffer.AsMemory(0, length));
                if (left == length)
                {
                    return;
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
        }
    }
}
