using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Charges (DFT P03) in the store: what is a charge of its own, what is the same one again, and what they come to.</summary>
public sealed class ChargesOfMessagesTests : IAsyncLifetime
{
    private TestEngine _engine = null!;
    private int _sent;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_credit_and_a_negative_repeat_stand_beside_the_charge_they_reverse()
    {
        await SendAsync("FT1|1|T1||20260105||CG|99213|||1|100.00");
        await SendAsync("FT1|1|T1||20260105||CD|99213|||1|100.00");
        await SendAsync("FT1|1|T1||20260105||CG|99213|||-1|-100.00");

        (await ChargesAsync()).Should().BeEquivalentTo([("T1/CG/+", "charge", "100.00"), ("T1/CD/+", "credit", "100.00"), ("T1/CG/-", "charge", "-100.00")]);
    }

    [Fact]
    public async Task The_same_charge_told_again_is_the_same_and_a_later_word_corrects_it()
    {
        await SendAsync("FT1|1|T1||20260105||CG|99213|||1|100.00");
        var again = await SendAsync("FT1|1|T1||20260105||CG|99213|||1|100.00");
        await SendAsync("FT1|1|T1||20260105||CG|99213|||1|110.00");

        again.State.Should().Be(MessageState.Unchanged);
        (await ChargesAsync()).Should().Equal(("T1/CG/+", "charge", "110.00"));
    }

    [Fact]
    public async Task Without_a_transaction_number_equal_charges_of_one_message_are_two_and_stay_two()
    {
        string[] twice = ["FT1|1|||20260105||CG|97110|||1|40.00", "FT1|2|||20260105||CG|97110|||1|40.00"];
        await SendAsync(twice);
        var again = await SendAsync(twice);
        await SendAsync("FT1|1|||20260106||CG|97110|||1|40.00", "FT1|2|||20260105||CG|97110|||-1|-40.00");

        again.State.Should().Be(MessageState.Unchanged);
        (await ChargesAsync()).Select(charge => charge.Amount).Should().BeEquivalentTo(["40.00", "40.00", "40.00", "-40.00"]);
    }

    /// <summary>Many senders put a claim's number into FT1-2.</summary>
    [Fact]
    public async Task Two_charges_of_one_message_with_one_number_are_two_and_stay_two()
    {
        string[] claim = ["FT1|1|T1||20260105||CG|99213|||1|100.00|||||||||||||||25~59", "FT1|2|T1||20260105||CG|87880|||1|25.00"];
        var first = await SendAsync(claim);
        var again = await SendAsync(claim);

        again.State.Should().Be(MessageState.Unchanged);
        first.Charges.Should().Equal(new ChargeTotal("charge", null, 2, 125m));
        (await _engine.RecordsAsync("1959", "charge")).Select(charge => (charge.ExternalId, charge["procedure_code"], charge["amount"], charge["modifiers"])).Should().BeEquivalentTo(
            [("T1/CG/+", "99213", "100.00", $"25{FieldValue.ListSeparator}59"), ("T1/CG/+/2", "87880", "25.00", (string?)null)]);
        MessageDetail.FromJson((await _engine.MessageAsync(first)).Detail).Notes.Should().ContainSingle(note => note.Code == "MAP537");
    }

    [Fact]
    public async Task A_later_word_on_one_of_two_charges_with_one_number_is_put_before_a_person()
    {
        await SendAsync("FT1|1|T1||20260105||CG|99213|||1|100.00", "FT1|2|T1||20260105||CG|87880|||1|25.00");

        await SendAsync("FT1|1|T1||20260105||CG|87880|||1|30.00");

        (await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default)).Should().ContainSingle(review => review.Detail!.Contains("order only", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_charge_that_changes_its_patient_is_held()
    {
        await SendAsync("FT1|1|T1||20260105||CG|99213|||1|100.00");

        var held = await _engine.AcceptAsync(Dft("PID|1||777^^^ATHENA^MRN||POE^MARY||19900101|F", "FT1|1|T1||20260105||CG|99213|||1|100.00"));

        held.State.Should().Be(MessageState.Held);
    }

    [Fact]
    public async Task A_message_tells_what_its_charges_come_to_by_kind_and_a_batch_adds_them_up()
    {
        var first = await SendAsync("FT1|1|T1||20260105||CG|99213|||1|100.10&USD", "FT1|2|T2||20260105||CG|36415|||3||10.05&USD", "FT1|3|T3||20260105||PY|COPAY||||25");
        var second = await SendAsync("FT1|1|T1||20260105||CG|99213|||-1|-100.10&USD");

        first.Charges.Should().Equal(new ChargeTotal("charge", "USD", 2, 130.25m), new ChargeTotal("payment", null, 1, 25m));
        MessageDetail.FromJson((await _engine.MessageAsync(first)).Detail).Charges.Should().Equal(first.Charges);
        ChargeTotals.Sum([first.Charges, second.Charges]).Should().Equal(new ChargeTotal("charge", "USD", 3, 30.15m), new ChargeTotal("payment", null, 1, 25m));
    }

    [Fact]
    public async Task A_kind_that_is_in_no_table_is_refused_since_its_sign_would_be_a_guess()
    {
        var refused = await SendAsync("FT1|1|T1||20260105||ZZ|99213|||1|100.00");

        refused.State.Should().Be(MessageState.Refused);
        refused.Charges.Should().BeEmpty();
        (await ChargesAsync()).Should().BeEmpty();
    }

    private async Task<IEnumerable<(string Id, string? Type, string? Amount)>> ChargesAsync() =>
        (await _engine.RecordsAsync("1959", "charge")).Select(charge => (charge.ExternalId, charge["type"], charge["amount"]));

    private Task<Receipt> SendAsync(params string[] charges) => _engine.AcceptAsync(Dft("PID|1||12345^^^ATHENA^MRN||DOE^JOHN||19800515|M", charges));

    private byte[] Dft(string person, params string[] charges)
    {
        var sent = ++_sent;
        return TestEngine.Message([$"MSH|^~\\&|ATHENA|ATHENANET|PS|PS|2026010609{sent:00}00||DFT^P03|D{sent}|P|2.3", $"EVN|P03|2026010609{sent:00}00", person, .. charges]);
    }
}
