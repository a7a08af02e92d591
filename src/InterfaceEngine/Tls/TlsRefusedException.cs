using System.ComponentModel;
using System.Security.Authentication;

namespace InterfaceEngine.Tls;

/// <summary>A handshake ended without a connection. The message says why, for the operator.</summary>
internal sealed class TlsRefusedException(string message, Exception innerException) : Exception(message, innerException)
{
    private const int ReasonLengthMax = 200;

    /// <summary>Whether an exception of a handshake is the other side's doing, or of its certificate.</summary>
    public static bool IsOf(Exception failure) => failure is AuthenticationException or IOException or Win32Exception;

    /// <param name="failure">See <see cref="IsOf"/>.</param>
    /// <param name="check">What was found about the other side's certificate.</param>
    public static TlsRefusedException Of(Exception failure, PeerCheck check) => new(check.Refusal ?? Innermost(failure), failure);

    private static string Innermost(Exception failure)
    {
        while (failure.InnerException is { } inner)
        {
            failure = inner;
        }

        var reason = failure.Message.TrimEnd('.');
        return reason.Length <= ReasonLengthMax ? reason : reason[..ReasonLengthMax];
    }
}
