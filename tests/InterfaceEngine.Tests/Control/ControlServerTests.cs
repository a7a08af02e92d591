using System.Net.Sockets;
using System.Text;
using InterfaceEngine.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Control;

public sealed class ControlServerTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("ctl").FullName;
    private readonly Answering _engine = new();

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_request_gets_its_answer()
    {
        await using var server = Start(_data);
        await using var client = await ConnectAsync(_data);

        var answer = await client.AskAsync(new ShowMessageRequest("01KDRX5Q0G00A") { Actor = "maria", Reason = "ticket 7" }, default);

        answer.Should().Be(new BackupAnswer("maria asks for 01KDRX5Q0G00A: ticket 7"));
    }

    [Fact]
    public async Task One_connection_takes_several_requests()
    {
        await using var server = Start(_data);
        await using var client = await ConnectAsync(_data);

        for (var count = 0; count < 3; count++)
        {
            (await client.AskAsync(new ShowMessageRequest($"{count}") { Actor = "m" }, default)).Should().Be(new BackupAnswer($"m asks for {count}: "));
        }
    }

    [Fact]
    public async Task A_long_question_ends_when_the_one_who_asked_goes_away()
    {
        await using var server = Start(_data);
        var client = await ConnectAsync(_data);
        using var impatient = new CancellationTokenSource();
        var asking = client.AskAsync(new CoverageRequest(DateTimeOffset.UnixEpoch, 1) { Actor = "m" }, impatient.Token);
        await _engine.Begun.Task.WaitAsync(TimeSpan.FromMinutes(1));

        await impatient.CancelAsync();
        await FluentActions.Awaiting(() => asking).Should().ThrowAsync<OperationCanceledException>();
        await client.DisposeAsync();

        await _engine.Ended.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await using var next = await ConnectAsync(_data);
        (await next.AskAsync(new StatusRequest { Actor = "m" }, default)).Should().BeOfType<BackupAnswer>();
    }

    [Fact]
    public async Task A_connection_goes_on_after_a_long_question()
    {
        await using var server = Start(_data);
        await using var client = await ConnectAsync(_data);
        _engine.Answer.SetResult();

        for (var count = 0; count < 3; count++)
        {
            (await client.AskAsync(new CoverageRequest(DateTimeOffset.UnixEpoch, 1) { Actor = "m" }, default)).Should().BeOfType<BackupAnswer>();
            (await client.AskAsync(new StatusRequest { Actor = "m" }, default)).Should().BeOfType<BackupAnswer>();
        }
    }

    [Fact]
    public void One_long_question_is_answered_at_a_time_and_the_next_hears_of_whom_it_is()
    {
        var questions = new LongQuestions();
        var first = questions.Begin("map diff", "maria");
        var second = () => questions.Begin("map coverage", "paul");

        second.Should().Throw<RequestException>().WithMessage("The engine works on a map diff of maria: it answers one such question at a time. Ask again when that has ended.");
        first.Dispose();
        second.Should().NotThrow();
        second.Should().Throw<RequestException>().WithMessage("*a map coverage of paul*");
    }

    [Fact]
    public async Task Only_the_owner_can_open_the_socket()
    {
        await using var server = Start(_data);

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(ControlPath.Find(_data)!).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Without_an_engine_there_is_nobody_to_ask() =>
        (await ControlClient.TryConnectAsync(_data, default)).Should().BeNull();

    [Fact]
    public async Task A_socket_that_a_killed_engine_left_is_no_engine_and_does_not_hinder_the_next()
    {
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(Path.Combine(_data, "elsewhere.sock")));
            File.Move(Path.Combine(_data, "elsewhere.sock"), Path.Combine(_data, "control.sock"));
        }

        (await ControlClient.TryConnectAsync(_data, default)).Should().BeNull();
        await using var server = Start(_data);
        await using var client = await ConnectAsync(_data);
        (await client.AskAsync(new StatusRequest { Actor = "m" }, default)).Should().BeOfType<BackupAnswer>();
    }

    [Fact]
    public async Task A_stopped_engine_leaves_nothing_behind()
    {
        await using (Start(_data))
        {
        }

        Directory.EnumerateFileSystemEntries(_data).Should().BeEmpty();
    }

    [Fact]
    public async Task A_data_folder_with_a_long_path_has_its_socket_elsewhere()
    {
        var data = Directory.CreateDirectory(Path.Combine(_data, new string('d', 150))).FullName;
        string folder;
        await using (Start(data))
        {
            folder = Path.GetDirectoryName(ControlPath.Find(data))!;
            await using var client = await ConnectAsync(data);
            (await client.AskAsync(new StatusRequest { Actor = "m" }, default)).Should().BeOfType<BackupAnswer>();
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(folder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        Directory.Exists(folder).Should().BeFalse();
        Directory.EnumerateFileSystemEntries(data).Should().BeEmpty();
    }

    [Theory]
    [InlineData("no JSON at all\n")]
    [InlineData("{\"ask\":\"dance\",\"actor\":\"m\"}\n")]
    [InlineData("{\"actor\":\"m\"}\n")]
    [InlineData("{\"ask\":\"status\"}\n")]
    public async Task A_request_that_is_not_known_is_answered_as_such(string line)
    {
        await using var server = Start(_data);

        (await SendAsync(line)).Should().StartWith("{\"answer\":\"failure\",\"kind\":\"usage\",");
        (await SendAsync("{\"ask\":\"status\",\"actor\":\"m\"}\n")).Should().StartWith("{\"answer\":\"backup\"", "the next one is served");
    }

    [Fact]
    public async Task A_request_without_an_end_is_cut_off()
    {
        await using var server = Start(_data);

        // The server closes while the line is still on its way, so either side of this may be the one to notice.
        var send = async () => await SendAsync(new string('x', 4 * 1024 * 1024));
        var outcome = await Record.ExceptionAsync(send);
        (outcome is null or IOException).Should().BeTrue();
        (await SendAsync("{\"ask\":\"status\",\"actor\":\"m\"}\n")).Should().StartWith("{\"answer\":\"backup\"");
    }

    [Fact]
    public async Task A_failing_request_is_answered_and_the_engine_goes_on()
    {
        await using var server = Start(_data);
        await using var client = await ConnectAsync(_data);

        var failure = (await client.AskAsync(new BackupRequest("throws") { Actor = "m" }, default)).Should().BeOfType<FailureAnswer>().Subject;

        failure.Kind.Should().Be(FailureKind.Failed);
        failure.Message.Should().NotContain("secret");
        (await client.AskAsync(new StatusRequest { Actor = "m" }, default)).Should().BeOfType<BackupAnswer>();
    }

    [Fact]
    public async Task An_engine_that_goes_away_before_it_answers_is_reported()
    {
        var server = Start(_data);
        await using var client = await ConnectAsync(_data);
        (await client.AskAsync(new StatusRequest { Actor = "m" }, default)).Should().NotBeNull();
        await server.DisposeAsync();

        var ask = () => client.AskAsync(new StatusRequest { Actor = "m" }, default);

        (await ask.Should().ThrowAsync<ControlException>()).WithMessage("*closed the connection before it answered*");
    }

    [Fact]
    public async Task An_engine_that_does_not_answer_in_time_is_reported()
    {
        using var mute = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        mute.Bind(new UnixDomainSocketEndPoint(Path.Combine(_data, "control.sock")));
        mute.Listen();
        await using var client = await ConnectAsync(_data);

        var ask = () => client.AskAsync(new StatusRequest { Actor = "m", AnswersWithin = TimeSpan.FromMilliseconds(50) }, default);

        (await ask.Should().ThrowAsync<ControlException>()).WithMessage($"The engine on {_data} did not answer within*");
    }

    /// <summary>A vendor lets everybody wait for a turn, and a whole practice takes hours.</summary>
    [Fact]
    public void What_asks_a_vendor_is_waited_for()
    {
        new EhrSyncRequest("conn_123") { Actor = "m" }.AnswersWithin.Should().BeGreaterThan(TimeSpan.FromDays(1));
        new EhrChangedRequest("conn_123") { Actor = "m" }.AnswersWithin.Should().BeGreaterThan(TimeSpan.FromDays(1));
        new EhrSlotsRequest("conn_123") { Actor = "m" }.AnswersWithin.Should().Be(TimeSpan.FromMinutes(10));
        new BookAppointmentRequest("1959", "12345") { Actor = "m" }.AnswersWithin.Should().Be(TimeSpan.FromMinutes(10));
        new CreatePatientRequest("1959") { Actor = "m" }.AnswersWithin.Should().Be(TimeSpan.FromMinutes(10));
    }

    private ControlServer Start(string data) => ControlServer.Start(() => _engine, data, NullLogger<ControlServer>.Instance);

    private static async Task<ControlClient> ConnectAsync(string data) =>
        await ControlClient.TryConnectAsync(data, default) ?? throw new InvalidOperationException("nobody listens");

    private async Task<string> SendAsync(string text)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(ControlPath.Find(_data)!));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync() ?? "";
    }

    /// <summary>Repeats what it is asked; throws on request, and takes its time over a long question.</summary>
    private sealed class Answering : IControl
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken) => request switch
        {
            BackupRequest => throw new InvalidOperationException("secret"),
            ShowMessageRequest show => Task.FromResult<ControlAnswer>(new BackupAnswer($"{show.Actor} asks for {show.Id}: {show.Reason}")),
            CoverageRequest => WorkAsync(cancellationToken),
            _ => Task.FromResult<ControlAnswer>(new BackupAnswer("ok")),
        };

        private async Task<ControlAnswer> WorkAsync(CancellationToken cancellationToken)
        {
            Begun.TrySetResult();
            try
            {
                await Answer.Task.WaitAsync(cancellationToken);
                return new BackupAnswer("looked at");
            }
            catch (OperationCanceledException)
            {
                Ended.SetResult();
                throw;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
