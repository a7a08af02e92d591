using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>What the rows of a file need of the store; a trial gives it without keeping anything.</summary>
internal interface IRowStore
{
    /// <inheritdoc cref="IFileStore.ConfirmAsync"/>
    Task<bool[]> ConfirmAsync(RowConfirmation confirmation, CancellationToken cancellationToken);

    /// <inheritdoc cref="IFileStore.CommitAsync"/>
    Task<CommitResult[]> CommitAsync(RowChunk chunk, CancellationToken cancellationToken);

    /// <inheritdoc cref="IEngineStore.LoadAsync"/>
    ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken);

    /// <inheritdoc cref="MergedPatients.LoadAsync"/>
    ValueTask<MergedPatients> MergedAsync(string practice, IReadOnlyList<IncomingRecord> records, LoadedRecords loaded, CancellationToken cancellationToken);

    /// <inheritdoc cref="IStoreReader.WaitingChanges"/>
    Task<IReadOnlyDictionary<EngineId, long>> WaitingAsync(string practice, CancellationToken cancellationToken);

    /// <summary>The numbers of rows in their file, by their messages.</summary>
    Task<Dictionary<EngineId, long?>> NumbersAsync(IReadOnlyList<EngineId> messages, CancellationToken cancellationToken);
}

/// <summary>The store itself.</summary>
internal sealed class StoredRows(IEngineStore store) : IRowStore
{
    public Task<bool[]> ConfirmAsync(RowConfirmation confirmation, CancellationToken cancellationToken) => store.Files.ConfirmAsync(confirmation, cancellationToken);

    public Task<CommitResult[]> CommitAsync(RowChunk chunk, CancellationToken cancellationToken) => store.Files.CommitAsync(chunk, cancellationToken);

    public ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken) => store.LoadAsync(practice, query, cancellationToken);

    public ValueTask<MergedPatients> MergedAsync(string practice, IReadOnlyList<IncomingRecord> records, LoadedRecords loaded, CancellationToken cancellationToken) =>
        MergedPatients.LoadAsync(store, practice, records, loaded, cancellationToken);

    public async Task<IReadOnlyDictionary<EngineId, long>> WaitingAsync(string practice, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => reader.WaitingChanges(practice), cancellationToken);

    public async Task<Dictionary<EngineId, long?>> NumbersAsync(IReadOnlyList<EngineId> messages, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => messages.ToDictionary(id => id, id => reader.Message(id)?.Number), cancellationToken);
}
