using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Keys of programs, and the calls that were made.</content>
public abstract partial class EngineStoreConformance
{
    private static long _lastKey = 1_000;

    private static AuditEntry KeyAudit { get; } = new("maria", "keys create", null, "practice-studio", "new program");

    [StoreFact]
    public async Task A_key_is_kept_until_it_is_revoked_and_both_are_audited()
    {
        var key = Key("practice-studio") with { Practices = ["1959", "1960"], ExpiresAt = 9_000_000_000_000 };
        await Store.ApiKeys.AddAsync(key, KeyAudit, None);
        await ReopenAsync();

        var kept = (await Store.ApiKeys.ListAsync(None)).Should().ContainSingle().Subject;
        kept.Should().BeEquivalentTo(key, options => options.Excluding(one => one.CreatedAt).Excluding(one => one.Hash));
        kept.Hash.ToArray().Should().Equal(key.Hash.ToArray());

        (await Store.ApiKeys.RevokeAsync("practice-studio", KeyAudit with { Action = "keys revoke" }, None)).Should().BeTrue();
        (await Store.ApiKeys.RevokeAsync("practice-studio", KeyAudit with { Action = "keys revoke" }, None)).Should().BeFalse();
        (await Store.ApiKeys.ListAsync(None)).Single().RevokedAt.Should().NotBeNull();
        (await ReadAsync(reader => reader.Audit(null, 10))).Select(row => row.Action).Should().Equal("keys revoke", "keys create");
    }

    [StoreFact]
    public async Task A_name_is_of_one_key_that_is_in_force()
    {
        await Store.ApiKeys.AddAsync(Key("front"), KeyAudit, None);

        var again = () => Store.ApiKeys.AddAsync(Key("front"), KeyAudit, None);

        (await again.Should().ThrowAsync<ArgumentException>()).WithMessage("A key of the name front is in force.*");
        await Store.ApiKeys.RevokeAsync("front", KeyAudit, None);
        await Store.ApiKeys.AddAsync(Key("front"), KeyAudit, None);
        (await Store.ApiKeys.ListAsync(None)).Select(key => key.RevokedAt is null).Should().BeEquivalentTo([true, false]);
    }

    [StoreFact]
    public async Task When_a_key_was_used_last_is_noted_and_an_older_note_changes_nothing()
    {
        var key = Key("front");
        await Store.ApiKeys.AddAsync(key, KeyAudit, None);

        await Store.ApiKeys.NoteUseAsync(new Dictionary<EngineId, long> { [key.Id] = 2_000 }, None);
        await Store.ApiKeys.NoteUseAsync(new Dictionary<EngineId, long> { [key.Id] = 1_000, [new EngineId(1)] = 5 }, None);

        (await Store.ApiKeys.ListAsync(None)).Single().UsedAt.Should().Be(2_000);
    }

    [StoreFact]
    public async Task Calls_are_found_by_what_is_asked_of_them_newest_first()
    {
        var search = Call("conn_1", "GET /patients", at: 1_000) with { RequestId = "r1", Sent = 1, Received = 2 };
        var book = Call("conn_1", "PUT /appointments/{appointmentid}", at: 2_000, status: 409) with { Practice = "1960", Fault = "conflict" };
        var lost = Call("conn_2", "GET /100%_sure", at: 3_000, status: 0) with { Practice = null, Fault = "timed out", Actor = "front" };
        Store.Calls.Note(search);
        Store.Calls.Note(book);
        Store.Calls.Note(lost);

        (await CallsAsync(new CallQuery())).Should().Equal(lost, book, search);
        (await CallsAsync(new CallQuery { Connection = "conn_1" })).Should().Equal(book, search);
        (await CallsAsync(new CallQuery { Endpoint = "PATIENTS" })).Should().Equal(search);
        (await CallsAsync(new CallQuery { Endpoint = "0%_s" })).Should().Equal(lost);
        (await CallsAsync(new CallQuery { Endpoint = "%" })).Should().Equal(lost);
        (await CallsAsync(new CallQuery { From = 2_000 })).Should().Equal(lost, book);
        (await CallsAsync(new CallQuery { Until = 2_000 })).Should().Equal(search);
        (await CallsAsync(new CallQuery { IsFailedOnly = true })).Should().Equal(lost, book);
        (await CallsAsync(new CallQuery { Practices = ["1960", StoreSamples.Practice] })).Should().Equal(book, search);
        (await CallsAsync(new CallQuery { Practices = [] })).Should().BeEmpty();
        var page = await Store.Calls.ReadAsync(new CallQuery { Limit = 2 }, None);
        (await CallsAsync(new CallQuery { Before = page[^1].Id })).Should().Equal(search);
    }

    [StoreFact]
    public async Task Calls_that_were_noted_are_kept_when_the_store_closes_and_dropped_when_they_are_old()
    {
        for (var number = 0; number < 1_200; number++)
        {
            Store.Calls.Note(Call("conn_1", "GET /patients", at: number));
        }

        await ReopenAsync();

        (await CallsAsync(new CallQuery { Limit = 2_000 })).Should().HaveCount(1_200);
        (await Store.Calls.DropAsync(DateTimeOffset.FromUnixTimeMilliseconds(1_000), 600, None)).Should().Be(600);
        (await Store.Calls.DropAsync(DateTimeOffset.FromUnixTimeMilliseconds(1_000), 600, None)).Should().Be(400);
        (await CallsAsync(new CallQuery { Limit = 2_000 })).Should().HaveCount(200).And.OnlyContain(call => call.At >= 1_000);
    }

    private static ApiKey Key(string name) => new()
    {
        Id = new EngineId(Interlocked.Increment(ref _lastKey)),
        Name = name,
        Hash = new byte[] { 1, 2, 3 },
        Role = ApiRole.Receptionist,
        Practices = [],
        CreatedAt = 0,
    };

    private static CallEntry Call(string connection, string endpoint, long at, int status = 200) => new()
    {
        Practice = StoreSamples.Practice,
        Connection = connection,
        Endpoint = endpoint,
        Status = status,
        At = at,
        Milliseconds = 12,
        Actor = "engine",
    };

    private async Task<IReadOnlyList<CallEntry>> CallsAsync(CallQuery query) => [.. (await Store.Calls.ReadAsync(query, None)).Select(call => call.Call)];
}
