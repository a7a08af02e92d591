using System.Net;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Sources.Mllp;

/// <summary>Batches and strict listeners over a real socket, with a real store behind it.</summary>
public sealed class BatchOverMllpTests : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private TestEngine _engine = null!;
    private MllpSource _source = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        var numbers = new SourceNumbers(await _engine.Store.Ledger.BeginRunAsync("guide-feed", 256, default), _engine.Time);
        _source = new MllpSource(TestEngine.Guide with { Strict = true }, numbers, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits(), MllpAccess.Plain, _engine.Time, new RecordingLogger<MllpSource>());
        _source.Bind();
        _running = _source.RunAsync(_engine.Core.Intake, _stop.Token);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _engine.DisposeAsync();
    }

    public void Dispose()
    {
        _source.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_frame_with_a_batch_is_answered_by_one_frame_with_a_batch()
    {
        var reply = await SendAsync($"BHS|^~\\&|A|B|C|D|20260105||N||BATCH-9\r{Patient("P1", "1", Doe("1"))}{Patient("P2", "1", "2^^^ATHENA^MRN||||Jan 1|M")}BTS|2\r");

        reply.Where(segment => segment.StartsWith("MSA") || segment.StartsWith("ERR") || segment.StartsWith("BTS")).Select(segment => segment.Split('|')).Select(fields => string.Join('|', fields.Take(3))).Should().Equal(
            "MSA|AA|P1",
            "MSA|AE|P2",
            "ERR|PID^1^5^101&Required field missing&HL70357~PID^1^7^102&Data type error&HL70357",
            "BTS|2");
        reply[0].Should().StartWith("BHS|^~\\&|C|D|A|B|").And.EndWith("|BATCH-9");
        (await _engine.Store.ReadAsync(reader => reader.Batches(EngineId.None, 10), default)).Should().ContainSingle().Which.Found.Should().Be(2);
    }

    [Fact]
    public async Task Two_messages_in_one_frame_are_two_messages()
    {
        var reply = await SendAsync(Patient("P1", "1", Doe("1")) + Patient("P2", "1", Doe("2")));

        reply.Count(segment => segment.StartsWith("MSA|AA")).Should().Be(2);
        (await _engine.Store.ReadAsync(reader => reader.MessageCounts(), default)).Should().Contain(("guide-feed", MessageState.Applied, 2));
    }

    private static string Patient(string controlId, string minute, string pid) =>
        Encoding.UTF8.GetString(Adt("A04", controlId, int.Parse(minute), pid, "PV1|1|O"));

    private async Task<string[]> SendAsync(string body)
    {
        using var sender = await RawSender.ConnectAsync(_source.Bind());
        return (await sender.AskAsync(body))!.TrimEnd('\r').Split('\r');
    }
}
