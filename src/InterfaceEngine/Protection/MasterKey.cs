using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Protection;

/// <summary>
/// The key that wraps the data keys. Whoever has it and the data folder can read everything; without it nothing
/// can be read any more.
/// </summary>
internal sealed class MasterKey
{
    public const int Length = 32;

    private const byte WrapFormat = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _wrappingKey;

    /// <param name="secret">The 32 bytes; not kept.</param>
    /// <param name="location">Where it came from, for people.</param>
    /// <param name="isNew">It was made just now: it must be backed up.</param>
    public MasterKey(ReadOnlySpan<byte> secret, string location, bool isNew)
    {
        if (secret.Length != Length)
        {
            throw new MasterKeyException($"{location}: a master key has {Length} bytes, this one has {secret.Length}.");
        }

        Location = location;
        IsNew = isNew;
        _wrappingKey = Derive(secret, "interface-engine/wrap", Length);
        Fingerprint = Convert.ToHexStringLower(Derive(secret, "interface-engine/fingerprint", 8));
    }

    /// <summary>A file's path or <c>environment variable NAME</c>.</summary>
    public string Location { get; }

    public bool IsNew { get; }

    /// <summary>Tells two keys apart without telling the key: 16 hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Wraps a data key for its row in the store.</summary>
    public byte[] Wrap(string practice, int version, ReadOnlySpan<byte> dataKey)
    {
        var wrapped = new byte[1 + NonceLength + TagLength + dataKey.Length];
        wrapped[0] = WrapFormat;
        var nonce = wrapped.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_wrappingKey, TagLength);
        aes.Encrypt(nonce, dataKey, wrapped.AsSpan(1 + NonceLength + TagLength), wrapped.AsSpan(1 + NonceLength, TagLength), Identity(practice, version));
        return wrapped;
    }

    /// <exception cref="ProtectionException">It was wrapped under another master key, or is damaged.</exception>
    public byte[] Unwrap(string practice, int version, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length != 1 + NonceLength + TagLength + Length || wrapped[0] != WrapFormat)
        {
            throw new ProtectionException($"version {version} of the data key of practice '{practice}' is damaged.");
        }

        var dataKey = new byte[Length];
        using var aes = new AesGcm(_wrappingKey, TagLength);
        try
        {
            aes.Decrypt(wrapped.Slice(1, NonceLength), wrapped[(1 + NonceLength + TagLength)..], wrapped.Slice(1 + NonceLength, TagLength), dataKey, Identity(practice, version));
        }
        catch (AuthenticationTagMismatchException failure)
        {
            throw new ProtectionException($"the master key of {Location} does not open version {version} of the data key of practice '{practice}'.", failure);
        }

        return dataKey;
    }

    private static byte[] Derive(ReadOnlySpan<byte> secret, string purpose, int length)
    {
        var derived = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, derived, [], Encoding.UTF8.GetBytes(purpose));
        return derived;
    }

    private static byte[] Identity(string practice, int version) => Encoding.UTF8.GetBytes($"{version}\n{practice}");
}
