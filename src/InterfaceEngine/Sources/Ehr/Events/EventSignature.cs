using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>
/// Whether a notification is from whom it says. athenahealth signs the bytes (<c>X-Hub-Signature: sha256=…</c>, WebSub §8); a server after the standard shows a
/// header that the subscription gave it. Both are looked at before the body is read, and compared in a time that tells nothing.
/// </summary>
internal static class EventSignature
{
    public const string Header = "X-Hub-Signature";

    private const string Method = "sha256";

    /// <param name="header">As it came; null when it is missing.</param>
    /// <param name="body">The bytes as they were received.</param>
    /// <param name="secret">The subscription's.</param>
    /// <returns>Why it is not good; null when it is.</returns>
    public static string? Problem(string? header, ReadOnlySpan<byte> body, string secret)
    {
        if (string.IsNullOrWhiteSpace(header))
        {
            return $"{Header} is missing";
        }

        var separator = header.IndexOf('=', StringComparison.Ordinal);
        if (separator < 0 || !header.AsSpan(0, separator).Trim().Equals(Method, StringComparison.OrdinalIgnoreCase))
        {
            return $"{Header} is not made by {Method}, which is the only method that is taken";
        }

        Span<byte> made = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> shown = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body, made);
        var digits = header.AsSpan(separator + 1).Trim();
        return digits.Length == shown.Length * 2
            && Convert.FromHexString(digits, shown, out _, out _) == System.Buffers.OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(made, shown)
                ? null
                : $"{Header} does not fit the body";
    }

    /// <summary>Whether a header shows the secret that was given to the server.</summary>
    /// <param name="header">As it came; null when it is missing.</param>
    /// <param name="secret">All that the header must be.</param>
    public static bool Shows(string? header, string secret) =>
        header is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
