using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Ehr;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>Under which kinds and names subscriptions and events are kept. A name holds no patient's number: what a server says stands in it as a hash.</summary>
internal static class EventNames
{
    public const string Subscription = "subscription";

    /// <summary>Events that were worked off, by name alone: a repeat is known by them.</summary>
    public const string Done = "event done";

    /// <summary>Events that a person must look at.</summary>
    public const string GivenUp = "event given up";

    /// <summary>Events that wait. Each connection has its own, so that one whose server is slow keeps nobody else waiting.</summary>
    public static string WaitingOf(string connection) => $"event {connection}";

    /// <summary>
    /// An event that waits. Its repeat has the same name: by athenahealth's id of it, which is the same in two subscriptions that overlap; else by all that it
    /// says, for a server whose numbers begin anew tells of other events. What the standard calls an id counts within one resource alone.
    /// </summary>
    public static ConnectionKey Of(ConnectionOptions connection, SubscriptionState subscription, NotifiedEvent one) => new(
        connection.Practice, connection.Id, WaitingOf(connection.Id), one.Id is { } id && subscription.IsNumberedApart ? Hash($"id\n{id}") : Hash(Said(subscription, one)));

    private static string Said(SubscriptionState subscription, NotifiedEvent one)
    {
        long? number = subscription.IsNumberedApart ? null : one.Number;
        return string.Create(
            CultureInfo.InvariantCulture, $"{subscription.Id}\n{number}\n{subscription.Topic}\n{one.Focus}\n{one.Identifier?.System}\n{one.Identifier?.Value}\n{one.At:O}");
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 16);
}
