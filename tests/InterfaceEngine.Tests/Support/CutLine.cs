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
                _ = PassAsync(client, server);
                _ = PassAsync(server, client);
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

    private static async Task PassAsync(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReceiveAsync(buffer) is > 0 and var length)
            {
                await to.SendAsync(buffer.AsMemory(0, length));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
        }
    }
}
