using System.Text.Json;
using InterfaceEngine.Control;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary>What <c>map diff</c> and <c>map deploy</c> promise on every kind of store: real messages, real sets, real deployments.</summary>
public abstract class MapDiffConformance : MapStoreConformance
{
    private const string Override = "practices/1959/patient.map.md";
    private const string Mobile = "| phone_mobile    | PID-14 ";

    [StoreFact]
    public async Task Stored_messages_are_read_by_both_sets_and_nothing_is_stored()
    {
        await ReceiveByThePackAsync(A04(1), A04(2, "SAME"), A04(3, "x214"), A04(4));
        var before = await Place.ReadAsync(reader => (reader.MessageCounts(), reader.RecordCounts("1959"), reader.Audit(null, 100).Count));

        var ran = await Place.RunAsync("map", "diff", "deployed", "working", "--practice", "1959");

        ran.Code.Should().Be(0, ran.Out + ran.Error);
        ran.Out.Should().StartWith("4 messages   0 same   2 changed   2 newly fail   0 newly pass\npatient\n")
            .And.MatchRegex(@"\n +2  \(empty\) → value\n +practices/1959/patient\.map\.md:\d+:\d+ HL7 v2: PID-13\[2:=ORN,3=CP\] → PID-14\n")
            .And.MatchRegex(@"\n  phone_mobile +2  \(empty\) → MAP504   at PID-14   ← fails by MAP504\n")
            .And.MatchRegex(@"looks like \(empty\) → MAP504 XXX… \(1\), \(empty\) → MAP504 x### \(1\)\n +e\.g\. [0-9A-Z]{13}, [0-9A-Z]{13}\n")
            .And.MatchRegex(@"written out +2  phone_mobile: .*athenaNet mobilephone would be sent\n");
        (await Place.ReadAsync(reader => (reader.MessageCounts(), reader.RecordCounts("1959"), reader.Audit(null, 100).Count))).Should().BeEquivalentTo(before);
    }

    [StoreFact]
    public async Task No_value_of_a_message_is_printed_and_asking_for_them_is_audited_before()
    {
        await ReceiveByThePackAsync(A04(1), A04(2, "SAME"));
        Place.Edit("athenahealth/patient.map.md", "| PID-5.2 ", "| PID-5.1 ");
        Place.Edit("athenahealth/patient.map.md", "| last_name           | PID-5.1 ", "| last_name           | PID-5.2 ");

        var masked = await Place.RunAsync("map", "diff", "deployed", "working");
        var json = await Place.RunAsync("map", "diff", "deployed", "working", "--json");
        var shown = await Place.RunAsync("map", "diff", "deployed", "working", "--show-values", "--reason", "ticket 4471");

        foreach (var value in new[] { "ZEBEDEE", "QUIGLEYSON", "2175235678", "523-5678", "SAME", "770001", "1948" })
        {
            (masked.Out + masked.Error + json.Out).Should().NotContain(value);
        }

        shown.Out.Should().Contain("ZEBEDEE → QUIGLEYSON").And.Contain("MAP504 SAME").And.Contain("+12175235678");
        var audits = await Place.ReadAsync(reader => reader.Audit(null, 100).Where(entry => entry.Action == "map diff").ToList());
        audits.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Actor = "maria", Reason = "ticket 4471" });
    }

    [StoreFact]
    public async Task The_gate_is_shut_while_something_newly_fails_that_nobody_accepted()
    {
        await ReceiveByThePackAsync(A04(1), A04(2, "SAME"));

        var shut = await Place.RunAsync("map", "diff", "deployed", "working", "--gate");
        var other = await Place.RunAsync("map", "diff", "deployed", "working", "--gate", "--accept", "MAP510", "--because", "x");
        var open = await Place.RunAsync("map", "diff", "deployed", "working", "--gate", "--accept", "MAP504", "--because", "they write SAME there", "--json");
        var back = await Place.RunAsync("map", "diff", "working", "deployed", "--gate");

        shut.Code.Should().Be(1);
        shut.Out.Should().EndWith("Gate: shut, 1 newly fail: 1 by MAP504. To go on all the same, accept them with a reason: --accept MAP504 --because \"...\".\n");
        other.Code.Should().Be(1);
        open.Code.Should().Be(0);
        var json = JsonDocument.Parse(open.Out).RootElement;
        json.GetProperty("gate").GetProperty("isOpen").GetBoolean().Should().BeTrue();
        json.GetProperty("report").GetProperty("newlyFailing").GetInt64().Should().Be(1);
        back.Out.Should().StartWith("2 messages   0 same   2 changed   0 newly fail   0 newly pass\n").And.EndWith("Gate: open, nothing newly fails.\n");
        back.Code.Should().Be(0);
    }

    [StoreFact]
    public async Task A_set_is_found_by_the_beginning_of_its_hash_and_only_the_last_messages_are_read_when_there_are_more()
    {
        await ReceiveByThePackAsync(A04(1), A04(2), A04(3));
        var hash = (await Place.ReadAsync(reader => reader.DeployedSets(1)))[0].Hash;

        var ran = await Place.RunAsync("map", "diff", hash[..6], "working", "--limit", "2", "--corpus", "1h");
        var early = await Place.RunAsync("map", "diff", "live", "working", "--corpus", "2001-01-01..2001-02-01");
        var none = await Place.RunAsync("map", "diff", "0000abcd0000", "working");

        ran.Out.Should().StartWith("only the last 2 messages of that time were read: --limit says how many\n2 messages   0 same   2 changed ");
        early.Out.Should().StartWith("0 messages ");
        (none.Code, none.Error.Split('\n')[0]).Should().Match<(int Code, string Error)>(told => told.Code == 2 && told.Error.StartsWith("0000abcd0000: no mapping set is called so."));
    }

    [StoreFact]
    public async Task Messages_that_can_not_be_compared_are_counted_with_the_reason()
    {
        await ReceiveByThePackAsync(A04(1), "this is no message", A04(2).Replace("|ATHENANET|", "|195900|", StringComparison.Ordinal).Replace("ATHENA|195900", "X|195900", StringComparison.Ordinal));

        var ran = await Place.RunAsync("map", "diff", "deployed", "working");

        ran.Out.Should().MatchRegex("^[12] messages ").And.MatchRegex("\n  not compared: [12] of no practice of the settings\n");
    }

    [StoreFact]
    public async Task A_deployment_is_refused_by_what_newly_fails_and_goes_on_with_a_reason_that_is_kept()
    {
        await ReceiveByThePackAsync(A04(1), A04(2, "SAME"));

        var refused = await Place.RunAsync("map", "deploy");
        var stays = await Place.ReadAsync(reader => reader.DeployedSets(10).Count);
        var unreasoned = await Place.RunAsync("map", "deploy", "--accept", "MAP504");
        var accepted = await Place.RunAsync("map", "deploy", "--accept", "MAP504", "--because", "they write SAME there", "--reason", "ticket 4471");

        refused.Code.Should().Be(1);
        refused.Out.Should().Contain(" 1 newly fail ").And.Contain("Tests: ");
        refused.Error.Should().Contain("Gate: shut, 1 newly fail: 1 by MAP504.").And.Contain("--accept MAP504 --because").And.EndWith("Nothing was deployed.\n");
        stays.Should().Be(1);
        (unreasoned.Code, unreasoned.Error.Split('\n')[0]).Should().Be((2, "--accept needs a reason: --because \"...\"."));
        accepted.Code.Should().Be(0, accepted.Out + accepted.Error);
        accepted.Out.Should().Contain("is deployed, as number 2.");
        (await Place.ReadAsync(reader => reader.Audit(null, 100).First(entry => entry.Action == "map deploy"))).Reason.Should().Be("ticket 4471; accepted MAP504: they write SAME there");
    }

    [StoreFact]
    public async Task A_deployment_is_refused_when_none_of_the_messages_could_be_compared()
    {
        await ReceiveByThePackAsync("this is no message", "this is none either");

        var refused = await Place.RunAsync("map", "deploy");
        var accepted = await Place.RunAsync("map", "deploy", "--accept", "not-compared", "--because", "the feed was broken");

        refused.Code.Should().Be(1);
        refused.Out.Should().Contain("\n0 messages ").And.Contain("\n  not compared: 2 of no practice of the settings\n").And.NotContain("nothing to compare");
        refused.Error.Should().Contain("Gate: shut, 2 not compared.").And.EndWith("Nothing was deployed.\n");
        accepted.Code.Should().Be(0, accepted.Out + accepted.Error);
        accepted.Out.Should().Contain("is deployed, as number 2.");
    }

    [StoreFact]
    public async Task A_deployment_is_refused_by_a_test_that_fails_and_by_nothing_else_that_is_accepted()
    {
        await Place.ReceiveAsync();
        Place.Edit(Override, "PID-14", "PID-13[3=CP]");

        var refused = await Place.RunAsync("map", "deploy", "--no-diff");
        var accepted = await Place.RunAsync("map", "deploy", "--no-diff", "--accept", "tests", "--because", "mended tomorrow");

        refused.Code.Should().Be(1);
        refused.Out.Should().MatchRegex(@"mappings/tests/\S+\.test\.md:\d+: phone_mobile: expected ");
        refused.Error.Should().Contain("--accept tests --because");
        accepted.Code.Should().Be(0, accepted.Out + accepted.Error);
        accepted.Out.Should().Contain("Not compared with the set in use.").And.Contain("is deployed, as number 2.");
    }

    [StoreFact]
    public async Task A_deployment_on_a_store_without_messages_has_nothing_to_compare()
    {
        await Place.ReceiveAsync();
        var again = await Place.RunAsync("map", "deploy");
        Place.Write("practices/1959/codes/extra.codes.md", "---\ncodes: extra\npractice: 1959\n---\n\n| Practice Studio | HL7 v2 |\n|---|---|\n| a | b |\n");

        var ran = await Place.RunAsync("map", "deploy");

        again.Out.Should().MatchRegex("Set [0-9a-f]{12} is in use already: there is nothing to compare\\.");
        ran.Code.Should().Be(0, ran.Out + ran.Error);
        ran.Out.Should().Contain("No message of that time is stored: there is nothing to compare.").And.Contain("is deployed, as number 2.");
    }

    [StoreFact]
    public async Task What_changed_between_comparing_and_deploying_is_not_deployed()
    {
        await ReceiveByThePackAsync(A04(1));
        var inForce = (await Place.ReadAsync(reader => reader.DeployedSets(1)))[0].Hash;

        var changed = await Place.AskAsync(new DeployMappingsRequest(null) { Actor = "maria", Checked = "0123456789ab", InPlaceOf = inForce });
        var overtaken = await Place.AskAsync(new DeployMappingsRequest(null) { Actor = "maria", InPlaceOf = "0123456789ab" });

        changed.Should().BeOfType<FailureAnswer>().Which.Message.Should().StartWith("The mapping folder was changed while set 0123456789ab was checked: it holds set ");
        overtaken.Should().BeOfType<FailureAnswer>().Which.Message.Should().Match($"* deployed set {inForce} meanwhile, and this one was compared with set 0123456789ab. Nothing was deployed: ask again.");
        (await Place.ReadAsync(reader => reader.DeployedSets(10))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task A_set_that_was_examined_before_any_was_in_use_takes_thePlace_of_none()
    {
        await ReceiveByThePackAsync();
        var inForce = (await Place.ReadAsync(reader => reader.DeployedSets(1)))[0].Hash;

        var overtaken = await Place.AskAsync(new DeployMappingsRequest(null) { Actor = "maria", InPlaceOf = "none" });

        overtaken.Should().BeOfType<FailureAnswer>().Which.Message.Should().Be($"start deployed set {inForce} meanwhile, and this one was compared with no set. Nothing was deployed: ask again.");
        (await Place.ReadAsync(reader => reader.DeployedSets(10))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task What_is_not_the_set_that_was_compared_is_not_deployed()
    {
        await ReceiveByThePackAsync(A04(1, "SAME"));
        var table = Place.Read(Override);
        var former = string.Join('\n', table.Split('\n').Where(line => !line.StartsWith(Mobile, StringComparison.Ordinal)));

        // While the engine compares, somebody has the former files in the folder: nothing is different then.
        var ran = await Place.RunAsync(asked => Place.Write(Override, asked is > 0 and < 4 ? former : table), "map", "deploy");

        ran.Code.Should().Be(1, ran.Out + ran.Error);
        ran.Error.Should().MatchRegex("^Sets ([0-9a-f]{12}) and \\1 were compared, not \\1 and [0-9a-f]{12}: the folder .+ was changed meanwhile, or is another one where the engine runs\\. Ask again\\.\nNothing was deployed\\.\n$");
        (await Place.ReadAsync(reader => reader.DeployedSets(10))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task InPlace_of_a_set_that_this_version_can_not_read_a_set_is_deployed_by_a_persons_decision_alone()
    {
        await Place.ReceiveAsync(A04(1));
        var unreadable = await Place.DeployOfAnotherVersionAsync();

        var refused = await Place.RunAsync("map", "deploy");
        var stays = (await Place.ReadAsync(reader => reader.DeployedSets(1)))[0].Hash;
        var accepted = await Place.RunAsync("map", "deploy", "--accept", "not-compared", "--because", "the update of Monday");

        (refused.Code, stays).Should().Be((1, unreadable), refused.Out + refused.Error);
        refused.Out.Should().Contain($"Not compared with set {unreadable}, which is in use: athenahealth/patient.map.md:");
        refused.Error.Should().Contain("--accept not-compared --because").And.EndWith("Nothing was deployed.\n");
        accepted.Code.Should().Be(0, accepted.Out + accepted.Error);
        accepted.Out.Should().Contain("Accepted because the update of Monday.").And.Contain("is deployed, as number 3.");
        (await Place.ReadAsync(reader => reader.Audit(null, 100).First(entry => entry.Action == "map deploy"))).Reason.Should().Be("accepted not-compared: the update of Monday");
    }

    [StoreFact]
    public async Task Two_names_of_one_set_have_nothing_to_compare()
    {
        await Place.ReceiveAsync(A04(1));

        var ran = await Place.RunAsync("map", "diff", "deployed", "working", "--gate");

        (ran.Code, ran.Out).Should().Match<(int Code, string Out)>(told => told.Code == 0 && told.Out.StartsWith("Both are mapping set ") && told.Out.EndsWith("Gate: open, nothing newly fails.\n"));
    }

    private static string A04(int number, string mobile = "(217)523-5678") => MapDiffStore.A04(number, mobile);

    /// <summary>Gives an engine messages whose set lacks the override of PID-14; then the folder has it again.</summary>
    private async Task ReceiveByThePackAsync(params string[] messages)
    {
        var table = Place.Read(Override);
        table.Should().Contain(Mobile);
        Place.Write(Override, string.Join('\n', table.Split('\n').Where(line => !line.StartsWith(Mobile, StringComparison.Ordinal))));
        await Place.ReceiveAsync(messages);
        Place.Write(Override, table);
    }
}

public sealed class SqliteMapDiffTests : MapDiffConformance
{
    protected override Task<string> StoreSettingsAsync() => Task.FromResult("");
}

[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresMapDiffTests : MapDiffConformance
{
    protected override async Task<string> StoreSettingsAsync() =>
        $$""" "Store": { "Kind": "postgres", "Connection": "{{await (await PostgresServer.SharedAsync()).NewDatabaseAsync()}}" }, "Node": { "Name": "node-1" }, """;
}
