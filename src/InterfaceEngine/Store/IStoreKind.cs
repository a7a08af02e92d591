using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store;

/// <summary>A kind of store: what the word for <c>Kind</c> in the settings stands for.</summary>
internal interface IStoreKind
{
    /// <summary>The word in the settings.</summary>
    string Name { get; }

    /// <summary>
    /// Several engines may work on one store at the same time, and a command opens it beside them. False: whoever opens it has
    /// it alone, so that everything that is not ended was left behind.
    /// </summary>
    bool IsShared { get; }

    /// <summary>Where the store is, for people: without secrets.</summary>
    string Place(StoreOptions options);

    /// <summary>Whether a store has been made there. Makes and changes nothing, and needs no key.</summary>
    /// <exception cref="StoreOpenException">It can't be asked.</exception>
    Task<bool> ExistsAsync(StoreOptions options, CancellationToken cancellationToken);

    /// <summary>Opens the store, or makes it.</summary>
    /// <param name="options">Where, and its limits.</param>
    /// <param name="openKey">Called once, when it is known whether there is a store: only then is it known whether a key may be made.</param>
    /// <param name="ids">For review items and causes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StoreOpenException">Why it can't be opened: nothing was changed.</exception>
    Task<IEngineStore> OpenAsync(StoreOptions options, MasterKeyOpener openKey, IdSource ids, TimeProvider time, CancellationToken cancellationToken);
}

/// <summary>Opens the master key.</summary>
/// <param name="isStoreNew">There is no store yet and nobody else is making one: a key that is missing may be made.</param>
/// <exception cref="MasterKeyException">It is missing, or can't be used.</exception>
internal delegate MasterKey MasterKeyOpener(bool isStoreNew);
