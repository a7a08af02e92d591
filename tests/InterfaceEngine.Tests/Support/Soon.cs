using System.Diagnostics;
using Xunit.Sdk;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// For what another task or process does a moment after the answer that a test has seen: a listener counts its reply once it is
/// written, and whoever read it may be quicker.
/// </summary>
internal static class Soon
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Looks again until the assertion holds. After a minute it fails as the assertion does.</summary>
    public static async Task HoldsAsync(Action assertion)
    {
        var start = Stopwatch.GetTimestamp();
        while (Fails(assertion))
        {
            if (Stopwatch.GetElapsedTime(start) > _patience)
            {
                assertion();
                return;
            }

            await Task.Delay(_pause);
        }
    }

    private static bool Fails(Action assertion)
    {
        try
        {
            assertion();
            return false;
        }
        catch (XunitException)
        {
            return true;
        }
    }
}
