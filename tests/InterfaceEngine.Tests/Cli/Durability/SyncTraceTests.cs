namespace InterfaceEngine.Tests.Cli.Durability;

/// <summary>The reader of traces must be able to say no, or the trace test would prove nothing.</summary>
public sealed class SyncTraceTests
{
    private const string Received = """7 recvmsg(45<TCP:[127.0.0.1:12000->127.0.0.1:40000]>, {msg_iov=[{iov_base="\vMSH|^~\\&|ATHENA|ATHENANET|P|S|20260101||ADT^A08|V000000001|P|2.3|\rEVN", iov_len=4096}]}, 0) = 300""";
    private const string Written = """8 pwrite64(60</data/store.db-wal>, "7\177\6\202"..., 4096, 32) = 4096""";
    private const string Synced = "8 fdatasync(60</data/store.db-wal>) = 0";
    private const string Sent = """9 sendmsg(45<TCP:[127.0.0.1:12000->127.0.0.1:40000]>, {msg_iov=[{iov_base="\vMSH|^~\\&|P\rMSA|AA|V000000001\r\34\r", iov_len=90}]}, MSG_NOSIGNAL) = 90""";

    [Fact]
    public void A_sync_between_arrival_and_acknowledgement_is_accepted()
    {
        var trace = SyncTrace.Read([Received, Written, Synced, Sent]);

        trace.Violations.Should().BeEmpty();
        trace.Acknowledged.Should().Equal("V000000001");
        trace.Syncs.Should().Be(1);
    }

    [Fact]
    public void Calls_of_other_threads_may_come_between_begin_and_end() => SyncTrace.Read(
        [
            """7 recvmsg(45<TCP:[1]>,  <unfinished ...>""",
            "8 fdatasync(61</data/other>) = 0",
            """7 <... recvmsg resumed>{msg_iov=[{iov_base="\vMSH|^~\\&|A|B|||2026||ADT^A08|V000000001|P|2.3|", iov_len=4096}]}, 0) = 300""",
            """8 pwrite64(60</data/store.db-wal>, "7"..., 4096, 32 <unfinished ...>""",
            """8 <... pwrite64 resumed>) = 4096""",
            "8 fdatasync(60</data/store.db-wal> <unfinished ...>",
            "8 <... fdatasync resumed>)  = 0",
            Sent,
        ]).Violations.Should().BeEmpty();

    public static TheoryData<string, string[]> TooEarly => new()
    {
        { "never received", [Written, Synced, Sent] },
        { "received, not written", [Written, Synced, Received, Sent] },
        { "received, not written", [Received, Synced, Sent] },
        { "written, not synced", [Received, Written, Sent, Synced] },
        { "written, not synced", [Received, Synced, Written, Sent] },

        // It began before the write, so it need not cover it.
        { "written, not synced", [Received, "8 fdatasync(60</data/store.db-wal> <unfinished ...>", Written.Replace("8 ", "6 "), "8 <... fdatasync resumed>) = 0", Sent] },

        // It has not ended.
        { "written, not synced", [Received, Written, "8 fdatasync(60</data/store.db-wal> <unfinished ...>", Sent, "8 <... fdatasync resumed>) = 0"] },

        // It failed.
        { "written, not synced", [Received, Written, "8 fdatasync(60</data/store.db-wal>) = -1 EIO (Input/output error)", Sent] },

        // It synced another file.
        { "written, not synced", [Received, Written, "8 fdatasync(61</data/store.db>) = 0", Sent] },
    };

    [Theory]
    [MemberData(nameof(TooEarly))]
    public void An_acknowledgement_before_its_sync_is_reported(string reason, string[] lines) =>
        SyncTrace.Read(lines).Violations.Should().ContainSingle().Which.Should().EndWith(reason);
}
