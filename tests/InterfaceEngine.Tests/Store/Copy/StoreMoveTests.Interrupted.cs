using InterfaceEngine.Store;
using InterfaceEngine.Store.Copy;
using InterfaceEngine.Store.Sql;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store.Copy;

/// <summary>Moves that are broken off, killed, said again, or met by a node that still works.</summary>
public sealed partial class StoreMoveTests
{
    [StoreFact]
    public async Task What_changes_while_it_is_copied_is_copied_again()
    {
        await Move(Embedded, Database).CopyAsync(default);
        (await Move(Embedded, Database).VerifyAsync(default)).IsEqual.Should().BeTrue();

        await using (var store = OpenEmbedded())
        {
            // A row is changed, some are new, and a waiting message leaves the table of those that wait.
            await _full.ChangeAsync(store, "SMITH");
            await store.CommitAsync(_full.Samples.Unit(records: StoreSamples.Create(_full.Samples.Record("9", "WAITED FOR"))), default);
            var again = await Move(Embedded, Database).CopyAsync(default);

            again.Copied.Should().Be(0, "it was filled before");
            again.Tables.Where(table => table.Mended > 0).Select(table => table.Name).Should()
                .Contain(["messages", "records", "aliases", "changes", "parked", "message_days"]).And.NotContain(["receipts", "deliveries", "mapping_sets"]);
            await _full.ChangeAsync(store, "SMITH-DOE");
        }

        (await SwitchAsync(Embedded, Database)).IsEqual.Should().BeTrue();
        (await ReadAsync(Database)).Should().Contain("SMITH-DOE").And.Contain("WAITED FOR");
    }

    [StoreTheory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public async Task A_copy_that_is_broken_off_goes_on_where_it_was(int ranges)
    {
        using var stop = new CancellationTokenSource();
        var move = new StoreMove(Embedded, Database, StoreFolder.Key, _clock, _ =>
        {
            if (--ranges == 0)
            {
                stop.Cancel();
            }
        })
        {
            RangeRows = RangeRows,
        };
        await FluentActions.Awaiting(() => move.CopyAsync(stop.Token)).Should().ThrowAsync<OperationCanceledException>();
        await RefusedAsync(() => OpenAsync(Database), $"*is a copy of {_folder.Data}*not finished*");
        var isThere = await NumberAsync(string.Join(" + ", StoreTables.All.Select(table => $"(SELECT count(*) FROM {table.Name})")));

        await UntilNobodyIsConnectedAsync();
        var rest = await Move(Embedded, Database).CopyAsync(default);

        rest.Should().BeEquivalentTo(new { IsEqual = true, Copied = rest.Rows - isThere, Mended = 0 });
        (await Move(Embedded, Database).CopyAsync(default)).Should().BeEquivalentTo(new { IsEqual = true, Copied = 0, Mended = 0 });
    }

    [StoreFact]
    public async Task A_switch_that_is_broken_off_leaves_the_source_as_the_store()
    {
        using var stop = new CancellationTokenSource();
        var move = new StoreMove(Embedded, Database, StoreFolder.Key, _clock, progress => stop.Cancel()) { RangeRows = RangeRows };

        await FluentActions.Awaiting(() => move.SwitchAsync(Audit, stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        await ChangeAsync(Embedded, "SMITH");
        await RefusedAsync(() => OpenAsync(Database), "*not finished*");
        await SwitchAsync(Embedded, Database);
        (await ReadAsync(Database)).Should().Contain("SMITH");
    }

    [StoreFact]
    public async Task A_switch_that_is_killed_leaves_no_store_that_can_be_opened_until_it_is_run_again()
    {
        await Move(Embedded, Database).CopyAsync(default);
        using (var killed = SqliteEnd.OpenAlone(Embedded, StoreFolder.Key, mayMake: false, _clock))
        {
            killed.SetMark(new StoreMark(StoreMarkKind.Moved, Place, _clock.Milliseconds));
        }

        await RefusedAsync(() => OpenAsync(Embedded), "*was moved*");
        await RefusedAsync(() => OpenAsync(Database), "*not finished*");
        await SwitchAsync(Embedded, Database);
        await ReadAsync(Database);
    }

    [StoreFact]
    public async Task Of_a_store_that_was_moved_one_end_can_be_opened_and_the_other_says_where_it_is()
    {
        await SwitchAsync(Embedded, Database);

        await RefusedAsync(() => OpenAsync(Embedded), $"{_folder.Data}: this store was moved to {Place} on *store copy --undo-mark*");
        await RefusedAsync(() => Move(Embedded, Database).CopyAsync(default), $"*was moved to {Place}*");
        await RefusedAsync(() => SwitchAsync(Embedded, Database), "*already*");
        (await StoreMove.TakeBackAsync(Embedded, Audit, StoreFolder.Key, _clock)).Should().Be(Place);
        await RefusedAsync(() => StoreMove.TakeBackAsync(Embedded, Audit, StoreFolder.Key, _clock), "*was not moved*");
        await ReadAsync(Embedded);
    }

    [StoreFact]
    public async Task A_node_that_still_runs_can_write_nothing_into_a_database_that_moves()
    {
        await SwitchAsync(Embedded, Database);
        await using (var node = await OpenAsync(Database))
        {
            await RefusedAsync(() => Move(Database, Embedded).SwitchAsync(Audit, default), "*1 engine is connected*Stop every node*");

            // One that came a moment later than the question.
            using (var end = PostgresEnd.OpenSource(Database, StoreFolder.Key, isAlone: true))
            {
                end.SetMark(new StoreMark(StoreMarkKind.Moved, "elsewhere", _clock.Milliseconds));
            }

            await FluentActions.Awaiting(() => node.CommitAsync(_full.Samples.Unit(), default)).Should().ThrowAsync<StoreUnavailableException>();
            await FluentActions.Awaiting(() => _full.ChangeAsync(node, "SMITH")).Should().ThrowAsync<StoreUnavailableException>();
        }

        await RefusedAsync(() => OpenAsync(Database), "*moved to elsewhere*");
        await UntilNobodyIsConnectedAsync();
        (await StoreMove.TakeBackAsync(Database, Audit, StoreFolder.Key, _clock)).Should().Be("elsewhere");
        await ChangeAsync(Database, "SMITH");
    }

    [StoreFact]
    public async Task A_node_that_was_forgotten_can_write_nothing_into_a_database_that_is_filled()
    {
        await SwitchAsync(Embedded, Database);
        await SwitchAsync(Database, Embedded);
        await MarkAsync(null);
        await using (var node = await OpenAsync(Database))
        {
            await MarkAsync(new StoreMark(StoreMarkKind.Moved, _folder.Data, _clock.Milliseconds));

            await RefusedAsync(() => Move(Embedded, Database).CopyAsync(default), "*1 engine is connected*Stop every node*");
            await RefusedAsync(() => Move(Embedded, Database).SwitchAsync(Audit, default), "*1 engine is connected*Stop every node*");
            await RefusesAsync();

            // One that came a moment later than the question.
            await MarkAsync(new StoreMark(StoreMarkKind.Copying, _folder.Data, _clock.Milliseconds, CopyPosition.End.ToString()));
            await RefusesAsync();

            async Task RefusesAsync()
            {
                await FluentActions.Awaiting(() => node.CommitAsync(_full.Samples.Unit(), default)).Should().ThrowAsync<StoreUnavailableException>();
                await FluentActions.Awaiting(() => _full.ChangeAsync(node, "SMITH")).Should().ThrowAsync<StoreUnavailableException>();
            }
        }

        await SwitchAsync(Embedded, Database);
        await ChangeAsync(Database, "SMITH");

        async Task MarkAsync(StoreMark? mark)
        {
            using var end = PostgresEnd.OpenSource(Database, StoreFolder.Key, isAlone: true);
            end.SetMark(mark);
        }
    }

    [StoreFact]
    public async Task A_switch_that_is_said_again_of_a_store_that_went_on_changes_nothing()
    {
        using var second = new StoreFolder();
        var there = Embedded with { Folder = second.Data };
        await SwitchAsync(Embedded, there);
        await ChangeAsync(there, "SMITH");
        await SwitchAsync(there, Database);
        var store = await ReadAsync(Database);

        await RefusedAsync(() => SwitchAsync(Embedded, there), $"{_folder.Data}: this store was moved to {second.Data} already, and went on from there to {Place}: *");
        await RefusedAsync(() => OpenAsync(Embedded), "*was moved to*");
        await Move(Database, there).CopyAsync(default);
        await RefusedAsync(() => SwitchAsync(Embedded, there), $"{_folder.Data}: this store was moved to {second.Data} already, and what is there is filled from {Place} now*");
        await RefusedAsync(() => OpenAsync(Embedded), "*was moved to*");
        await SwitchAsync(Database, there);
        (await ReadAsync(there)).Should().Be(store).And.Contain("SMITH");
    }
}
