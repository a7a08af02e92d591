using System.Security.Cryptography;

namespace InterfaceEngine.Protection;

/// <summary>All versions of one practice's data key. New rows are sealed under the last; every row says which it needs.</summary>
internal sealed class PracticeKeys : IDisposable
{
    private readonly DataKey[] _versions;

    /// <param name="versions">At least one, in rising order.</param>
    public PracticeKeys(IReadOnlyList<DataKey> versions)
    {
        _versions = [.. versions];
    }

    public string Practice => _versions[0].Practice;

    public DataKey Current => _versions[^1];

    /// <summary>
    /// Hashes are found again only under the key they were made with, so they stay with the first version that is
    /// kept: giving that one up means hashing anew.
    /// </summary>
    public DataKey Hashing => _versions[0];

    /// <summary>A new random data key as its first version.</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(MasterKey.Length);

    /// <exception cref="ProtectionException">The version is not kept (any more).</exception>
    public DataKey Version(int version)
    {
        foreach (var key in _versions)
        {
            if (key.Version == version)
            {
                return key;
            }
        }

        throw new ProtectionException($"version {version} of the data key of practice '{Practice}' is not kept.");
    }

    public void Dispose()
    {
        foreach (var key in _versions)
        {
            key.Dispose();
        }
    }
}
