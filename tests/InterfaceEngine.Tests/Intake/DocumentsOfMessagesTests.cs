using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Documents (MDM) in the store: their text, versions and replacement, and the binaries beside them.</summary>
public sealed class DocumentsOfMessagesTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task The_lines_make_one_text_in_their_order()
    {
        await SendAsync("T02", 1, "D1", "DO", "OBX|1|TX|N^Note||One", "OBX|2|TX|N^Note||", "OBX|3|FT|N^Note||Two\\.br\\three", "OBX|4|ST|N^Note||four");

        (await DocumentAsync("D1"))["content.text"].Should().Be("One\n\nTwo\nthree\nfour");
    }

    [Fact]
    public async Task The_same_number_again_is_a_new_version_and_the_history_has_each()
    {
        await SendAsync("T02", 1, "D1", "DO", "OBX|1|TX|N^Note||One");
        await SendAsync("T04", 2, "D1", "AU", "OBX|1|TX|N^Note||One");
        await SendAsync("T08", 3, "D1", "AU", "OBX|1|TX|N^Note||Two");
        await SendAsync("T08", 3, "D1", "AU", "OBX|1|TX|N^Note||Two");

        var document = await DocumentAsync("D1");
        (document["version"], document["status"], document["content.text"]).Should().Be(("2", "authenticated", "Two"), "a change of status alone is no version");
        var changes = await _engine.Store.ReadAsync(reader => reader.Changes("1959", document, 10), default);
        changes.SelectMany(change => change.Fields).Where(field => field.Name == "content.text").Select(field => (field.Before, field.After)).Should().Equal(("One", "Two"), (null, "One"));
    }

    [Fact]
    public async Task Versions_in_any_order_of_arrival_and_told_twice_are_counted_once_each()
    {
        (string Trigger, int Minute, string Status, string Text)[] told = [("T02", 1, "IP", "One"), ("T08", 2, "AU", "Two"), ("T08", 3, "AU", "Three"), ("T04", 4, "LA", "Three")];
        int[][] orders = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]];
        foreach (var order in orders)
        {
            var id = $"D{string.Join("", order)}";
            foreach (var (trigger, minute, status, text) in order.Concat(order).Select(index => told[index]))
            {
                await SendAsync(trigger, minute, id, status, $"OBX|1|TX|N^Note||{text}");
            }

            var document = await DocumentAsync(id);
            (document["version"], document["content.text"], document["status"]).Should().Be(("3", "Three", "legally_authenticated"), id);
        }
    }

    [Fact]
    public async Task What_is_not_authenticated_never_replaces_what_is_whatever_its_time()
    {
        await SendAsync("T02", 1, "D1", "AU", "OBX|1|TX|N^Note||Signed");
        var draft = await SendAsync("T08", 5, "D1", "IP", "OBX|1|TX|N^Note||Draft");
        await SendAsync("T08", 4, "D1", "LA", "OBX|1|TX|N^Note||Signed for good");

        draft.State.Should().Be(MessageState.Applied, "it is counted as a version");
        MessageDetail.FromJson((await _engine.MessageAsync(draft)).Detail).Notes.Should().Contain(note => note.Code == "MAP546");
        var document = await DocumentAsync("D1");
        (document["content.text"], document["version"]).Should().Be(("Signed for good", "3"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replaced_document_is_kept_and_says_by_what_whichever_comes_first(bool originalFirst)
    {
        var original = () => SendAsync("T02", 1, "D1", "AU", "OBX|1|TX|N^Note||One");
        var replacement = () => SendReplacingAsync("D1", 2, "D2", "OBX|1|TX|N^Note||Two");
        await (originalFirst ? original() : replacement());
        await (originalFirst ? replacement() : original());

        var (first, second) = (await DocumentAsync("D1"), await DocumentAsync("D2"));
        (first["replaced_by"], first["content.text"]).Should().Be(("D2", "One"));
        (second["replaces"], second["replaced_by"], second["content.text"]).Should().Be(("D1", null, "Two"));
    }

    [Fact]
    public async Task Of_a_chain_of_replacements_each_names_the_next_and_one_that_names_itself_is_left()
    {
        await SendAsync("T02", 1, "D1", "AU", "OBX|1|TX|N^Note||One");
        await SendReplacingAsync("D1", 2, "D2", "OBX|1|TX|N^Note||Two");
        await SendReplacingAsync("D2", 3, "D3", "OBX|1|TX|N^Note||Three");
        await SendReplacingAsync("D9", 4, "D9", "OBX|1|TX|N^Note||Nine");

        foreach (var (id, by) in new[] { ("D1", "D2"), ("D2", "D3"), ("D3", null), ("D9", null) })
        {
            (await DocumentAsync(id))["replaced_by"].Should().Be(by);
        }
    }

    [Fact]
    public async Task A_cancellation_is_a_state_and_takes_nothing_away()
    {
        await SendAsync("T02", 1, "D1", "IP", "OBX|1|TX|N^Note||One");
        await SendAsync("T11", 2, "D1", "IP");

        var document = await DocumentAsync("D1");
        (document["availability"], document["content.text"]).Should().Be(("cancelled", "One"));
    }

    [Theory]
    [InlineData("DO", true)]
    [InlineData("IN", true)]
    [InlineData("DO", false)]
    public async Task A_cancellation_holds_whatever_status_it_names_and_whichever_comes_first(string status, bool originalFirst)
    {
        var original = () => SendAsync("T02", 1, "D1", "AU", "OBX|1|TX|N^Note||Signed");
        var cancellation = () => SendAsync("T11", 2, "D1", status);
        await (originalFirst ? original() : cancellation());
        await (originalFirst ? cancellation() : original());

        var document = await DocumentAsync("D1");
        (document["availability"], document["status"], document["content.text"]).Should().Be(("cancelled", "authenticated", "Signed"));
    }

    [Fact]
    public async Task Among_the_authenticated_the_later_edit_holds()
    {
        await SendAsync("T02", 1, "D1", "LA", "OBX|1|TX|N^Note||Signed for good");
        await SendAsync("T08", 2, "D1", "AU", "OBX|1|TX|N^Note||Signed again");

        var document = await DocumentAsync("D1");
        (document["status"], document["content.text"]).Should().Be(("authenticated", "Signed again"));
    }

    [Fact]
    public async Task A_PDF_is_kept_outside_the_record_once_however_often_it_comes()
    {
        var pdf = new byte[200_000];
        new Random(3).NextBytes(pdf);
        var obx = $"OBX|1|ED|N^Scan||^AP^PDF^Base64^{Convert.ToBase64String(pdf)}";
        await SendAsync("T02", 1, "D1", "AU", obx);
        await SendAsync("T02", 2, "D2", "AU", obx);

        AttachmentValue.TryParse((await DocumentAsync("D1"))["content.files"], out var value).Should().BeTrue();
        (value.MediaType, value.Size).Should().Be(("application/pdf", 200_000L));
        (await DocumentAsync("D2"))["content.files"].Should().Be(value.ToString());
        using var copy = new MemoryStream();
        await _engine.Store.ReadAsync(reader => reader.CopyAttachment("1959", value.Id, copy), default);
        copy.ToArray().Should().Equal(pdf);
    }

    [Fact]
    public async Task Broken_base64_is_applied_with_a_warning_and_stays_in_the_message()
    {
        var receipt = await SendAsync("T02", 1, "D1", "AU", "OBX|1|ED|N^Scan||^AP^PDF^Base64^JVBERi0*");

        receipt.State.Should().Be(MessageState.Applied);
        (await DocumentAsync("D1"))["content.files"].Should().Be("unreadable application/pdf");
        var message = await _engine.MessageAsync(receipt);
        MessageDetail.FromJson(message.Detail).Notes.Should().Contain(note => note.Code == "MAP535" && note.Severity == "warning" && note.Place == "OBX[2=ED]-5");
        Encoding.UTF8.GetString(message.Body.Span).Should().Contain("JVBERi0*");
    }

    private async Task<StoredRecord> DocumentAsync(string id) => (await _engine.RecordAsync("1959", "document", id))!;

    private Task<Receipt> SendAsync(string trigger, int minute, string id, string status, params string[] content) => SendAsync(trigger, minute, id, status, parent: "", content);

    private Task<Receipt> SendReplacingAsync(string parent, int minute, string id, string content) => SendAsync("T10", minute, id, "AU", parent, [content]);

    private Task<Receipt> SendAsync(string trigger, int minute, string id, string status, string parent, string[] content) =>
        _engine.AcceptAsync(TestEngine.Message(
        [
            $"MSH|^~\\&|ATHENA|ATHENANET|PS|PS|202601060900{minute:00}||MDM^{trigger}|{id}-{minute}-{content.Length}|P|2.3",
            $"EVN|{trigger}|202601060900{minute:00}",
            "PID|1||12345^^^ATHENA^MRN||DOE^JOHN||19800515|M",
            $"TXA|1|CN|TX|||||||||{id}|{parent}||||{status}",
            .. content,
        ]));
}
