using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Nothing is silent (architecture, "What may never break"): a message of which nothing, or not all, becomes a record says so.</summary>
public sealed class UntoldMessagesTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData("MDM^T02", "TXA|1|DS|TX|202601050900||||||||", "OBX|1|TX|N^Note||text")]
    public async Task A_document_without_its_number_is_refused(string @event, params string[] segments)
    {
        (await SendAsync(@event, 1, segments)).State.Should().Be(MessageState.Refused);
        (await _engine.RecordsAsync("1959", "document")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("ORU^R01")]
    [InlineData("DFT^P03")]
    public async Task A_message_that_holds_nothing_of_what_its_event_tells_of_is_noted(string @event)
    {
        (await NotesAsync(await SendAsync(@event, 1))).Should().Contain("MAP552");
        (await NotesAsync(await _engine.AcceptAsync(Adt("A08", "2", 2, Doe())))).Should().NotContain("MAP552");
    }

    [Fact]
    public async Task A_merge_whose_retired_id_is_not_one_of_ours_is_refused()
    {
        (await _engine.AcceptAsync(Adt("A40", "1", 1, Doe(), "MRG|77^^^OTHER^PI"))).State.Should().Be(MessageState.Refused);
    }

    [Fact]
    public async Task Every_retired_id_of_a_merge_is_retired()
    {
        await _engine.AcceptAsync(Adt("A40", "1", 1, Doe(), "MRG|77^^^ATHENA^MRN~X^^^OTHER^PI~78^^^ATHENA^MRN"));

        var survivor = (await _engine.RecordAsync("1959", "patient", "12345"))!.Id.ToString();
        (await _engine.RecordAsync("1959", "patient", "77"))!["merged_into"].Should().Be(survivor);
        (await _engine.RecordAsync("1959", "patient", "78"))!["merged_into"].Should().Be(survivor);
    }

    private Task<Receipt> SendAsync(string @event, int minute, params string[] segments) => _engine.AcceptAsync(TestEngine.Message(
        [$"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(minute)}||{@event}|M{minute}|P|2.3|", $"PID|1||{Doe()}", .. segments]));

    private async Task<IEnumerable<string>> NotesAsync(Receipt receipt) =>
        MessageDetail.FromJson((await _engine.MessageAsync(receipt)).Detail).Notes.Select(note => note.Code);
}
