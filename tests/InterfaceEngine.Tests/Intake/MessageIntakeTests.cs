using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>The path of one message with the shipped mappings and a real store: what a sender and an analyst would see.</summary>
public class MessageIntakeTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await StartAsync(settings => settings);

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    /// <summary>On which store the tests run: a subclass has another.</summary>
    private protected virtual Task<TestEngine> StartAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes) => TestEngine.StartAsync(change, changes);

    [StoreFact]
    public async Task The_guides_A04_is_stored_before_its_AA_and_makes_the_guides_patient()
    {
        var body = TestEngine.Sample("guide-a04.hl7");

        var receipt = await _engine.AcceptAsync(body);

        Reply(receipt).Should().Contain("MSA|AA|12345");
        receipt.State.Should().Be(MessageState.Applied);
        var message = await _engine.MessageAsync(receipt);
        message.Body.ToArray().Should().Equal(body);
        message.Event.Should().Be("ADT^A04");
        message.ControlId.Should().Be("12345");

        var patient = await _engine.RecordAsync("1959", "patient", "12345");
        var expected = new Dictionary<string, string?>
        {
            ["external_id"] = "12345",
            ["first_name"] = "JOHN",
            ["last_name"] = "DOE",
            ["date_of_birth"] = "1980-05-15",
            ["gender"] = "male",
            ["address.line1"] = "123 MAIN ST",
            ["address.line2"] = null,
            ["address.city"] = "SPRINGFIELD",
            ["address.state"] = "IL",
            ["address.postal_code"] = "62701",
            ["phone_home"] = "+15555551234",
            ["phone_mobile"] = "+15555555678",
            ["preferred_language"] = "en",
            ["race"] = "2106-3",
            ["ethnicity"] = null,
        };
        foreach (var (field, value) in expected)
        {
            patient![field].Should().Be(value, field);
        }

        (await _engine.RecordsAsync("1959", "coverage")).Should().ContainSingle().Which["patient_id"].Should().Be(patient!.Id.ToString());
        (await _engine.RecordsAsync("1959", "contact")).Should().ContainSingle();
        (await _engine.RecordsAsync("1959", "encounter")).Should().ContainSingle();
    }

    [StoreFact]
    public async Task A_resent_message_gets_the_stored_reply_and_nothing_else_happens()
    {
        var first = await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        _engine.Time.Advance(TimeSpan.FromMinutes(1));

        var again = await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));

        again.State.Should().Be(MessageState.Duplicate);
        again.Reply.ToArray().Should().Equal(first.Reply.ToArray());
        (await _engine.RecordAsync("1959", "patient", "12345"))!.Version.Should().Be(1);
    }

    [StoreFact]
    public async Task A_resend_with_another_sending_time_is_a_resend()
    {
        await _engine.AcceptAsync(Adt("A04", "7", 1, Doe()));
        var later = Encoding.UTF8.GetString(Adt("A04", "7", 1, Doe())).Replace("PSSERVER|20260105090100", "PSSERVER|20260105093000", StringComparison.Ordinal);

        (await _engine.AcceptAsync(Encoding.UTF8.GetBytes(later))).State.Should().Be(MessageState.Duplicate);
    }

    [StoreFact]
    public async Task A_control_id_used_again_for_another_message_is_processed_and_reported()
    {
        var first = await _engine.AcceptAsync(Adt("A04", "7", 1, Doe()));

        var second = await _engine.AcceptAsync(Adt("A08", "7", 2, Doe(given: "JACK")));

        second.State.Should().Be(MessageState.Applied);
        var detail = MessageDetail.FromJson((await _engine.MessageAsync(second)).Detail);
        detail.Earlier.Should().Be(first.Message.ToString());
        detail.Notes.Should().Contain(note => note.Place == "MSH-10");
        (await _engine.RecordAsync("1959", "patient", "12345"))!["first_name"].Should().Be("JACK");
    }

    [StoreFact]
    public async Task Without_a_control_id_the_body_is_the_id()
    {
        (await _engine.AcceptAsync(Adt("A04", "", 1, Doe()))).State.Should().Be(MessageState.Applied);
        (await _engine.AcceptAsync(Adt("A04", "", 1, Doe()))).State.Should().Be(MessageState.Duplicate);
        (await _engine.AcceptAsync(Adt("A08", "", 2, Doe(given: "JACK")))).State.Should().Be(MessageState.Applied);
    }

    [StoreFact]
    public async Task A_resent_refusal_is_a_new_attempt()
    {
        var bad = TestEngine.Sample("guide-a04-bad-birth-date.hl7");

        (await _engine.AcceptAsync(bad)).State.Should().Be(MessageState.Refused);
        (await _engine.AcceptAsync(bad)).State.Should().Be(MessageState.Refused);
    }

    [StoreFact]
    public async Task Bad_content_is_answered_AE_with_every_problem_and_no_value()
    {
        var receipt = await _engine.AcceptAsync(Adt("A04", "9", 1, "555^^^ATHENA^MRN||^JOHN||19801345|M"));

        receipt.State.Should().Be(MessageState.Refused);
        var reply = Reply(receipt);
        reply.Should().Contain("MSA|AE|9");
        reply.Should().Contain("PID^1^7").And.Contain("PID^1^5");
        reply.Should().NotContain("19801345").And.NotContain("JOHN");
        (await _engine.RecordAsync("1959", "patient", "555")).Should().BeNull();
        MessageDetail.FromJson((await _engine.MessageAsync(receipt)).Detail).Notes.Should().Contain(note => note.Found == "19801345");
    }

    [StoreFact]
    public async Task Bad_content_of_an_athena_feed_is_accepted_and_quarantined()
    {
        var receipt = await _engine.AcceptAsync(TestEngine.Sample("athena-a04-bad-birth-date.hl7"), TestEngine.Athena);

        receipt.State.Should().Be(MessageState.Quarantined);
        Reply(receipt).Should().Contain("MSA|AA|").And.NotContain("ERR|");
    }

    [StoreFact]
    public async Task A_setting_of_the_source_wins_over_the_profile()
    {
        var strict = TestEngine.Athena with { BadContent = BadContentPolicy.Refuse, UnmappedEvent = UnmappedEventPolicy.Refuse };

        Reply(await _engine.AcceptAsync(TestEngine.Sample("athena-a04-bad-birth-date.hl7"), strict)).Should().Contain("MSA|AE|");
        Reply(await _engine.AcceptAsync(TestEngine.Sample("athena-a20-unmapped.hl7"), strict)).Should().Contain("MSA|AR|");
    }

    [StoreFact]
    public async Task An_event_that_nobody_maps_is_refused_by_one_profile_and_ignored_by_another()
    {
        var refused = await _engine.AcceptAsync(TestEngine.Sample("guide-a20-unmapped.hl7"));
        var ignored = await _engine.AcceptAsync(TestEngine.Sample("athena-a20-unmapped.hl7"), TestEngine.Athena);

        refused.State.Should().Be(MessageState.Refused);
        Reply(refused).Should().Contain("MSA|AR|").And.Contain("201");
        ignored.State.Should().Be(MessageState.Ignored);
        Reply(ignored).Should().Contain("MSA|AA|");
    }

    [StoreTheory]
    [InlineData("|P|2.3|", "|D|2.3|", "202")]
    [InlineData("|P|2.3|", "|P|3.0|", "203")]
    [InlineData("|ATHENANET|", "|195900|", "204")]
    public async Task Version_processing_id_and_practice_are_refused_with_AR_and_kept(string before, string after, string condition)
    {
        var body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Adt("A04", "9", 1, Doe())).Replace(before, after, StringComparison.Ordinal));

        var receipt = await _engine.AcceptAsync(body);

        receipt.State.Should().Be(MessageState.Refused);
        Reply(receipt).Should().Contain("MSA|AR|9").And.Contain(condition);
        (await _engine.MessageAsync(receipt)).Body.ToArray().Should().Equal(body);
        (await _engine.RecordsAsync("1959", "patient")).Should().BeEmpty();
        (await _engine.RecordsAsync("195900", "patient")).Should().BeEmpty();
    }

    [StoreFact]
    public async Task What_is_no_message_is_refused_and_kept()
    {
        var receipt = await _engine.AcceptAsync("hello"u8.ToArray());

        receipt.State.Should().Be(MessageState.Refused);
        Reply(receipt).Should().Contain("MSA|AR");
        (await _engine.MessageAsync(receipt)).Body.ToArray().Should().Equal("hello"u8.ToArray());
    }

    [StoreFact]
    public async Task An_oversize_frame_is_refused_with_its_own_control_id_and_its_head_is_kept()
    {
        var receipt = await _engine.AcceptAsync(Adt("A04", "BIG", 1, Doe()), fault: new FrameFault("frame is larger than 16 MiB"));

        receipt.State.Should().Be(MessageState.Refused);
        Reply(receipt).Should().Contain("MSA|AR|BIG|frame is larger than 16 MiB");
        (await _engine.RecordsAsync("1959", "patient")).Should().BeEmpty();
    }

    [StoreFact]
    public async Task An_acknowledgement_is_never_acknowledged()
    {
        var receipt = await _engine.AcceptAsync(TestEngine.Message("MSH|^~\\&|A|B|C|D|20260105||ACK|77|P|2.3", "MSA|AA|1"));

        receipt.Reply.IsEmpty.Should().BeTrue();
        receipt.State.Should().Be(MessageState.Ignored);
    }

    [StoreFact]
    public async Task The_reply_speaks_the_senders_delimiters_and_version()
    {
        var body = TestEngine.Message("MSH#*~\\&#ATHENA#ATHENANET#PS#X#20260105090000##ADT*A04#55#P#2.5.1", "PID#1##900***ATHENA*MRN##DOE*ANN##19800101#F");

        Reply(await _engine.AcceptAsync(body)).Should().StartWith("MSH#*~\\&#PS#X#ATHENA#ATHENANET#").And.Contain("#ACK*A04*ACK#").And.Contain("MSA#AA#55");
    }

    [StoreFact]
    public async Task A_body_that_makes_the_engine_fail_is_met_with_silence_once_and_then_quarantined_and_the_log_quotes_nothing()
    {
        var logger = new RecordingLogger<MessageIntake>();
        var intake = new MessageIntake(
            new FailingStore(_engine.Store, new InvalidOperationException("the input 'DOE' is bad")),
            _engine.Core.Mappings,
            new InterfaceEngine.Core.Practices.PracticeDirectory(_engine.Settings.Practices),
            new InterfaceEngine.Core.Records.IdSource(_engine.Time, new Random(1)),
            _engine.Time,
            logger);
        var message = new IncomingMessage(TestEngine.Sample("guide-a04.hl7"), TestEngine.Guide);

        await intake.Invoking(one => one.AcceptAsync(message, default).AsTask()).Should().ThrowAsync<InvalidOperationException>();
        var second = await intake.AcceptAsync(message, default);

        second.State.Should().Be(MessageState.Quarantined);
        Reply(second).Should().Contain("MSA|AE|12345").And.Contain("207");
        logger.Lines.Should().Contain(line => line.Level == LogLevel.Critical && line.Text.Contains("InvalidOperationException"))
            .And.NotContain(line => line.Text.Contains("DOE"));
    }

    [StoreFact]
    public async Task When_our_own_store_fails_there_is_no_receipt()
    {
        var intake = new MessageIntake(
            new FailingStore(_engine.Store, new StoreUnavailableException("disk full")),
            _engine.Core.Mappings,
            new InterfaceEngine.Core.Practices.PracticeDirectory(_engine.Settings.Practices),
            new InterfaceEngine.Core.Records.IdSource(_engine.Time, new Random(1)),
            _engine.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<MessageIntake>.Instance);
        var message = new IncomingMessage(TestEngine.Sample("guide-a04.hl7"), TestEngine.Guide);

        for (var attempt = 0; attempt < 3; attempt++)
        {
            await intake.Invoking(one => one.AcceptAsync(message, default).AsTask()).Should().ThrowAsync<StoreUnavailableException>();
        }
    }

    [StoreTheory]
    [InlineData("WINDOWS-1252", 0x8A)]
    [InlineData("8859/2", 0xA9)]
    public async Task The_practice_says_how_bytes_are_read_that_do_not_say_so_themselves(string set, byte caron)
    {
        var practices = _engine.Settings.Practices.Select(practice => practice with { FallbackCharacterSet = Hl7CharacterSet.Find(set)! }).ToList();
        await using var engine = await StartAsync(settings => settings with { Practices = practices });
        var body = Adt("A04", "1", 1, Doe(given: "X"));
        body[body.AsSpan().IndexOf("DOE^X"u8) + 4] = caron;

        await engine.AcceptAsync(body);

        (await engine.RecordAsync("1959", "patient", "12345"))!["first_name"].Should().Be("Š");
    }

    [StoreFact]
    public async Task What_was_accepted_is_there_after_a_restart_and_a_resend_is_still_recognised()
    {
        var receipt = await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        await _engine.RestartAsync();

        (await _engine.RecordAsync("1959", "patient", "12345")).Should().NotBeNull();
        (await _engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"))).Reply.ToArray().Should().Equal(receipt.Reply.ToArray());
    }

    private static string Reply(Receipt receipt) => Encoding.UTF8.GetString(receipt.Reply.Span);
}

/// <summary>The same on a PostgreSQL database.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresIntakeTests : MessageIntakeTests
{
    private protected override Task<TestEngine> StartAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes) => TestEngine.StartOnPostgresAsync(change, changes);
}
