using System.Collections.Concurrent;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>The data keys that the store keeps wrapped, opened once. A practice gets its key with its first commit.</summary>
internal sealed class KeyRing : IDisposable
{
    private readonly MasterKey _masterKey;
    private readonly ConcurrentDictionary<string, PracticeKeys> _keys = new(StringComparer.Ordinal);

    private KeyRing(MasterKey masterKey)
    {
        _masterKey = masterKey;
    }

    /// <summary>For what belongs to no practice.</summary>
    public PracticeKeys Engine => _keys[""];

    /// <summary>Opens every key in the store.</summary>
    /// <exception cref="StoreOpenException">The master key is not the store's, or a key is damaged.</exception>
    public static KeyRing Load(SqlDatabase database, MasterKey masterKey, string place)
    {
        var ring = new KeyRing(masterKey);
        var versions = new Dictionary<string, List<DataKey>>(StringComparer.Ordinal);
        using var rows = database.Prepare("SELECT practice_id, version, wrapped, master_key FROM practice_keys ORDER BY practice_id, version");
        while (rows.Step())
        {
            var (practice, version) = (rows.Text(0)!, rows.Int(1));
            if (rows.Text(3) is { } fingerprint && fingerprint != masterKey.Fingerprint)
            {
                throw new StoreOpenException($"{place}: this store was made with the master key {fingerprint}; {masterKey.Location} holds the key {masterKey.Fingerprint}. Put the right key there. Nothing was changed.");
            }

            try
            {
                var key = new DataKey(practice, version, masterKey.Unwrap(practice, version, rows.Blob(2)));
                (versions.TryGetValue(practice, out var keys) ? keys : versions[practice] = []).Add(key);
            }
            catch (ProtectionException failure)
            {
                throw new StoreOpenException($"{place}: {failure.Message} Nothing was changed.", failure);
            }
        }

        foreach (var (practice, keys) in versions)
        {
            ring._keys[practice] = new PracticeKeys(keys);
        }

        return ring._keys.ContainsKey("")
            ? ring
            : throw new StoreOpenException($"{place}: the store holds no key of the engine's own: the file is damaged. Nothing was changed.");
    }

    /// <summary>The practice's keys; null when nothing of it was ever stored.</summary>
    public PracticeKeys? Find(string practice) => _keys.GetValueOrDefault(practice);

    /// <summary>As <see cref="Find(string)"/>, and a key that another node has made is opened too.</summary>
    public PracticeKeys? Find(string practice, SqlDatabase database)
    {
        if (Find(practice) is { } known)
        {
            return known;
        }

        using var rows = database.Prepare("SELECT version, wrapped FROM practice_keys WHERE practice_id = ?1 ORDER BY version");
        var keys = new List<DataKey>();
        for (rows.Bind(1, practice); rows.Step();)
        {
            keys.Add(new DataKey(practice, rows.Int(0), _masterKey.Unwrap(practice, rows.Int(0), rows.Blob(1))));
        }

        return keys.Count == 0 ? null : _keys.GetOrAdd(practice, new PracticeKeys(keys));
    }

    /// <summary>The keys that sealed a row.</summary>
    /// <exception cref="ProtectionException">They are not kept (any more).</exception>
    public PracticeKeys Of(string practice, SqlDatabase database) => Find(practice, database) ?? throw new ProtectionException($"the data key of practice '{practice}' is not kept.");

    /// <summary>The keys of a practice of which something was read before.</summary>
    /// <exception cref="ProtectionException">They were not opened.</exception>
    public PracticeKeys Known(string practice) => Find(practice) ?? throw new ProtectionException($"the data key of practice '{practice}' was not opened.");

    /// <summary>Makes a practice's first key in the writer's transaction, or gives back the secret that another unit has just made.</summary>
    public static byte[] Make(SqlDatabase database, MasterKey masterKey, string practice, long now)
    {
        using var find = database.Prepare("SELECT wrapped FROM practice_keys WHERE practice_id = ?1 AND version = 1");
        if (find.Bind(1, practice).Step())
        {
            return masterKey.Unwrap(practice, 1, find.Blob(0));
        }

        var secret = PracticeKeys.NewSecret();
        using var insert = database.Prepare("INSERT INTO practice_keys (practice_id, version, master_key, wrapped, created_at) VALUES (?1, 1, ?2, ?3, ?4)");
        insert.Bind(1, practice).Bind(2, masterKey.Fingerprint).Bind(3, masterKey.Wrap(practice, 1, secret)).Bind(4, now).Run();
        return secret;
    }

    /// <summary>Makes the practice's key if it has none. Returns when the key is on disk: nothing is sealed under a key that could be lost.</summary>
    public async ValueTask<PracticeKeys> GetAsync(string practice, IStoreWriter writer, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(practice, out var known))
        {
            return known;
        }

        var secret = await writer.RunAsync(session => Make(session.Database, _masterKey, practice, session.Now), cancellationToken);
        return _keys.GetOrAdd(practice, id => new PracticeKeys([new DataKey(id, 1, secret)]));
    }

    public void Dispose()
    {
        foreach (var keys in _keys.Values)
        {
            keys.Dispose();
        }
    }
}
