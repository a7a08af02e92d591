using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>One mapping set for all nodes.</content>
public abstract partial class EngineStoreConformance
{
    [StoreFact]
    public async Task The_set_that_was_deployed_last_is_in_force_and_those_before_are_remembered()
    {
        (await DeployedAsync()).Should().BeEmpty();
        await KeepAsync("set-1", "set-2");

        (await Store.DeployMappingSetAsync(ByMaria("set-1"), None)).Should().BeEquivalentTo(new { Number = 1, Hash = "set-1", Actor = "maria" });
        await Store.DeployMappingSetAsync(ByMaria("set-2"), None);
        await Store.DeployMappingSetAsync(ByMaria("set-1"), None);

        (await DeployedAsync()).Should().Equal("3 set-1", "2 set-2", "1 set-1");
        (await ReadAsync(reader => reader.DeployedSets(1))).Should().ContainSingle().Which.Number.Should().Be(3);
        await ReopenAsync();
        (await DeployedAsync()).Should().HaveCount(3);
    }

    [StoreFact]
    public async Task A_set_that_is_in_force_is_not_deployed_again_and_nobody_is_told()
    {
        await KeepAsync("set-1");
        var signals = new List<StoreSignal>();
        Store.Signals.Raised += signals.Add;

        await Store.DeployMappingSetAsync(ByMaria("set-1"), None);
        (await Store.DeployMappingSetAsync(ByMaria("set-1"), None)).Number.Should().Be(1);

        (await DeployedAsync()).Should().Equal("1 set-1");
        signals.Should().Equal(StoreSignal.Mapping);
    }

    [StoreFact]
    public async Task An_engine_that_starts_deploys_its_set_only_where_none_was_deployed_before()
    {
        await KeepAsync("set-1", "set-2");

        (await Store.DeployMappingSetAsync(new SetDeployment("set-1") { InPlaceOf = SetDeployment.NoSet }, None)).Actor.Should().Be("start");
        (await Store.DeployMappingSetAsync(new SetDeployment("set-2") { InPlaceOf = SetDeployment.NoSet }, None)).Hash.Should().Be("set-1");

        (await DeployedAsync()).Should().Equal("1 set-1");
        (await ReadAsync(reader => reader.Audit(null, 10))).Should().BeEmpty("no person did it");
    }

    [StoreFact]
    public async Task A_set_that_takes_the_place_of_one_takes_no_other_place()
    {
        await KeepAsync("set-1", "set-2", "set-3");
        await Store.DeployMappingSetAsync(ByMaria("set-1"), None);

        // Both were compared with set-1: the one that comes later was not compared with what it would replace.
        (await Store.DeployMappingSetAsync(ByMaria("set-2") with { InPlaceOf = "set-1" }, None)).Hash.Should().Be("set-2");
        (await Store.DeployMappingSetAsync(ByMaria("set-3") with { InPlaceOf = "set-1" }, None)).Hash.Should().Be("set-2");

        (await DeployedAsync()).Should().Equal("2 set-2", "1 set-1");
        (await ReadAsync(reader => reader.Audit(null, 10))).Should().HaveCount(2, "what was not done is not audited as done");
    }

    [StoreFact]
    public async Task A_set_that_is_not_kept_is_not_deployed()
    {
        await KeepAsync("set-1");
        await Store.DeployMappingSetAsync(ByMaria("set-1"), None);

        var deploy = () => Store.DeployMappingSetAsync(ByMaria("set-9"), None);

        (await deploy.Should().ThrowAsync<ArgumentException>()).WithMessage("No mapping set set-9 is kept.*");
        (await DeployedAsync()).Should().Equal("1 set-1");
        (await ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task Who_deployed_a_set_and_why_is_audited()
    {
        await KeepAsync("set-1");

        await Store.DeployMappingSetAsync(ByMaria("set-1"), None);

        (await ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle()
            .Which.Should().BeEquivalentTo(new { Actor = "maria", Action = "map deploy", Practice = (string?)null, Subject = "set-1", Reason = "new codes" });
        (await ReadAsync(reader => reader.FirstAlteredAudit())).Should().BeNull();
    }

    private static SetDeployment ByMaria(string hash) => new(hash) { Audit = new AuditEntry("maria", "map deploy", null, hash, "new codes") };

    private async Task KeepAsync(params string[] hashes)
    {
        foreach (var hash in hashes)
        {
            await Store.KeepMappingSetAsync(hash, StoreSamples.Bytes("{}"), None);
        }
    }

    private async Task<IEnumerable<string>> DeployedAsync() => (await ReadAsync(reader => reader.DeployedSets(10))).Select(set => $"{set.Number} {set.Hash}");
}
