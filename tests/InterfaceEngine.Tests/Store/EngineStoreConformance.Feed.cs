using System.Collections.Concurrent;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>The change log in its own order.</content>
public abstract partial class EngineStoreConformance
{
    [StoreFact]
    public async Task Commits_of_a_practice_come_in_their_order_with_all_they_changed()
    {
        var first = await CommitRecordsAsync(StoreSamples.Create(Samples.Record("1", "Doe")));
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("9", "Other", StoreSamples.OtherPractice)));
        var second = await CommitRecordsAsync(StoreSamples.Create(Samples.Record("2", "Roe")), StoreSamples.Create(Samples.Record("3", "Poe")));
        await ReopenAsync();

        var all = await ReadAsync(reader => reader.Commits(StoreSamples.Practice, 0, 10));
        var rest = await ReadAsync(reader => reader.Commits(StoreSamples.Practice, first.Sequence, 10));

        all.Select(commit => commit.Sequence).Should().Equal(first.Sequence, second.Sequence);
        all.Select(commit => commit.Records.Count).Should().Equal(1, 2);
        rest.Should().ContainSingle().Which.Sequence.Should().Be(second.Sequence);
        (await ReadAsync(reader => reader.Commits(StoreSamples.Practice, 0, 1))).Should().ContainSingle();
        (await ReadAsync(reader => reader.Commits("a practice never seen", 0, 10))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task Who_follows_the_log_while_many_commit_misses_nothing_and_sees_nothing_twice()
    {
        const int Writers = 8;
        const int Each = 15;
        var committed = new ConcurrentBag<long>();
        var records = Enumerable.Range(0, Writers * Each).Select(number => Samples.Record($"{number + 1}", "Doe")).ToArray();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var index = writer * Each; index < (writer + 1) * Each; index++)
            {
                committed.Add((await CommitRecordsAsync(StoreSamples.Create(records[index]))).Sequence);
            }
        })));

        var seen = new List<long>();
        bool isDone;
        do
        {
            // Asked before the page: what was committed by then must be in it.
            isDone = writing.IsCompleted;
            seen.AddRange((await ReadAsync(reader => reader.Commits(StoreSamples.Practice, seen.LastOrDefault(), 7))).Select(commit => commit.Sequence));
        }
        while (!isDone || seen.Count < Writers * Each);

        await writing;
        seen.Should().Equal(committed.Order());
    }
}
