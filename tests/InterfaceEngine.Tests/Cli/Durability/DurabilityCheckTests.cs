using InterfaceEngine.Cli;
using InterfaceEngine.Cli.Durability;

namespace InterfaceEngine.Tests.Cli.Durability;

/// <summary>The check itself, against receivers that are as good or as bad as each test wants them.</summary>
public sealed class DurabilityCheckTests : IDisposable
{
    private const int Messages = 60;
    private const int Concerned = 42;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"durability-{Guid.NewGuid():N}");

    public static TheoryData<int, string> Faults => new()
    {
        { (int)Fault.Forget, "Lost: acknowledged, and not in the store" },
        { (int)Fault.AlterBody, "Altered: in the store with other bytes than were sent" },
        { (int)Fault.StoreTwice, "Twice: accepted 2 times" },
        { (int)Fault.Refuse, "WrongReply: answered AE" },
        { (int)Fault.AnswerForAnother, "WrongReply: answered AA for another message" },
    };

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_receiver_that_stores_everything_passes()
    {
        var report = await RunAsync(_ => Fault.None, kills: 2);

        report.Findings.Kept.Should().BeEmpty();
        report.IsPassed.Should().BeTrue();
        report.Sending.Acknowledged.Should().Be(Messages);
        report.Sending.Starts.Should().HaveCount(3);
        report.Sending.AtKills.Should().HaveCount(2).And.OnlyContain(unanswered => unanswered > 0, "no kill comes when there is nothing to lose");
        report.Stored.Current.Should().Be(report.Stored.Patients).And.BeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_is_wrong_with_a_message_is_reported_under_its_control_id(int fault, string finding)
    {
        var report = await RunAsync(number => number == Concerned ? (Fault)fault : Fault.None);

        report.IsPassed.Should().BeFalse();
        report.Findings.Kept.Where(found => found.ControlId == "V000000042").Select(found => $"{found.Kind}: {found.Reason}")
            .Should().Contain(finding);
    }

    [Fact]
    public async Task A_record_that_is_not_current_is_reported()
    {
        var newest = new NumberedMessages(Messages, 1, DateTimeOffset.UnixEpoch) is var messages
            ? Enumerable.Range(1, Messages).Last(number => messages.PatientOf(number) == 0)
            : 0;

        var report = await RunAsync(number => number == newest ? Fault.LeaveRecord : Fault.None);

        report.Findings.Kept.Should().ContainSingle(finding => finding.Kind == FindingKind.Stale && finding.ControlId == NumberedMessages.ControlId(newest));
    }

    [Fact]
    public async Task A_receiver_that_gives_no_answer_ends_the_check()
    {
        var report = await RunAsync(number => number == Concerned ? Fault.StaySilent : Fault.None);

        report.IsPassed.Should().BeFalse();
        report.Findings.Kept.Should().Contain(finding => finding.Kind == FindingKind.Engine && finding.Reason.StartsWith("V000000042", StringComparison.Ordinal));
        report.Findings.Kept.Should().Contain(finding => finding.Kind == FindingKind.Unaccounted && finding.ControlId == "V000000042");
    }

    [Fact]
    public async Task A_receiver_that_forgets_everything_loses_everything()
    {
        var report = await RunAsync(_ => Fault.Forget);

        report.Findings.CountOf(FindingKind.Lost).Should().Be(Messages);
    }

    [Fact]
    public async Task The_figures_end_with_the_verdict_and_the_findings()
    {
        var passed = Shown(await RunAsync(_ => Fault.None));
        Directory.Delete(_folder, recursive: true);
        var failed = Shown(await RunAsync(number => number == Concerned ? Fault.Forget : Fault.None));

        passed.Should().Contain("PASSED: all 60 messages were acknowledged, each is stored exactly once and with its bytes, and every record is current.");
        failed.Should().Contain("V000000042: acknowledged, and not in the store").And.Contain("FAILED: ").And.Contain($"Kept: {_folder}");
    }

    [Fact]
    public void Messages_are_the_same_each_time_and_say_their_number()
    {
        var messages = new NumberedMessages(1000, 7, DateTimeOffset.UnixEpoch);

        messages.Body(17).Should().Equal(messages.Body(17));
        NumberedMessages.NumberOf(NumberedMessages.ControlId(17)).Should().Be(17);
        Enumerable.Range(1, 1000).Select(messages.PatientOf).Distinct().Should().HaveCountGreaterThan(90).And.OnlyContain(patient => patient >= 0 && patient < 100);
    }

    [Theory]
    [InlineData(240, 4, 6)]
    [InlineData(10, 10, 3)]
    [InlineData(7, 3, 256)]
    public void Each_kill_has_messages_that_wait_for_it_and_may_come_before_them(int messages, int kills, int connections)
    {
        var plan = new KillPlan(messages, kills, connections, new Random(5));

        Enumerable.Range(1, messages).Select(plan.PartOf).Should().BeInAscendingOrder().And.OnlyContain(part => part >= 0 && part < kills);
        for (var kill = 0; kill < kills; kill++)
        {
            var part = Enumerable.Range(1, messages).Where(number => plan.PartOf(number) == kill).ToList();
            var kept = part.Count(plan.IsKept);
            kept.Should().Be(Math.Min(connections, part.Count)).And.BePositive();
            part[^1].Should().Be(plan.EndOf(kill));
            plan.CountBefore(kill).Should().BeInRange(part[0] - 1, plan.EndOf(kill) - kept, "it must be reached without those that wait");
        }

        new KillPlan(messages, 0, connections, new Random(5)).IsKept(1).Should().BeFalse();
    }

    [Theory]
    [InlineData(0, 1, 0, "--messages must be between 1 and 10000000")]
    [InlineData(10, 0, 0, "--connections must be between 1 and 256")]
    [InlineData(10, 1, 11, "--kills must be between 0 and the number of messages")]
    public void Options_out_of_range_are_refused(int messages, int connections, int kills, string problem) =>
        new DurabilityOptions { Messages = messages, Connections = connections, Kills = kills, Mappings = "mappings" }.Problem().Should().Be(problem);

    [Fact]
    public void A_folder_in_use_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "something"));

        new DurabilityOptions { Folder = _folder, Mappings = "mappings" }.Problem().Should().Be($"{_folder} is not empty");
    }

    private static string Shown(DurabilityReport report)
    {
        using var text = new StringWriter();
        VerifyDurabilityCommand.Show(report, new Terminal(text, TextWriter.Null, isInteractive: false));
        return text.ToString();
    }

    private Task<DurabilityReport> RunAsync(Func<int, Fault> fault, int kills = 0) => new DurabilityCheck(
        new DurabilityOptions { Messages = Messages, Connections = 3, Kills = kills, Deliveries = 0, Folder = _folder, Mappings = "mappings" },
        folder => new StandInEngine(folder, fault),
        TimeProvider.System).RunAsync(() => { }, CancellationToken.None);
}
