using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Api;

/// <summary>Keys in memory, and what was told of their use: for what a test does to them that no store would.</summary>
internal sealed class KeptKeys : IApiKeyStore
{
    private readonly ConcurrentDictionary<string, ApiKey> _keys = new();
    private long _id;

    public ConcurrentDictionary<EngineId, long> Used { get; } = new();

    /// <summary>Makes a key that is in force and returns its text.</summary>
    public string Make(ApiRole role, string[]? practices = null, long? expiresAt = null, long? revokedAt = null, string? name = null)
    {
        var id = Interlocked.Increment(ref _id);
        var text = $"ie_{role}_{id}_0123456789abcdefghijklmnopqrstuvwxyz";
        _keys[text] = new ApiKey
        {
            Id = new EngineId(id),
            Name = name ?? $"{role}-{id}".ToLowerInvariant(),
            Hash = SHA256.HashData(Encoding.UTF8.GetBytes(text)),
            Role = role,
            Practices = practices ?? [],
            CreatedAt = 0,
            ExpiresAt = expiresAt,
            RevokedAt = revokedAt,
        };
        return text;
    }

    public void Revoke(string text, long at) => _keys[text] = _keys[text] with { RevokedAt = at };

    public Task AddAsync(ApiKey key, AuditEntry audit, CancellationToken cancellationToken) => throw new NotSupportedException("Keys are made with Make here.");

    public Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ApiKey>>([.. _keys.Values]);

    public Task<bool> RevokeAsync(string name, AuditEntry audit, CancellationToken cancellationToken) => throw new NotSupportedException("Keys are revoked with Revoke here.");

    public Task NoteUseAsync(IReadOnlyDictionary<EngineId, long> usedAt, CancellationToken cancellationToken)
    {
        foreach (var (key, at) in usedAt)
        {
            Used[key] = at;
        }

        return Task.CompletedTask;
    }
}
