using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>athenaNet's calls over one connection, by what they are about. Safe for many callers at once.</summary>
internal sealed partial class AthenaNetClient(EhrConnection connection)
{
    /// <summary>More pages than that are a server that never ends.</summary>
    private const int PagesMax = 10_000;

    public EhrConnection Connection { get; } = connection;

    /// <summary>Who goes first when the rate is short.</summary>
    public CallPriority Priority { get; init; } = CallPriority.Interactive;

    /// <summary>Who asks, for the log.</summary>
    public string Actor { get; init; } = "engine";

    public AthenaPatients Patients => new(this);

    public AthenaAppointments Appointments => new(this);

    /// <summary>Bookings in the form of the guides.</summary>
    public GuideBooking Guide => new(this);

    public AthenaPractice Practice => new(this);

    public AthenaChart Chart => new(this);

    public AthenaDocuments Documents => new(this);

    public EhrDialect Dialect => Connection.Options.Dialect;

    /// <summary>Makes a call.</summary>
    /// <exception cref="EhrException">It came to nothing.</exception>
    public Task<EhrAnswer> SendAsync(EhrCall call, CancellationToken cancellationToken) =>
        Connection.SendAsync(call with { Priority = Priority, Actor = Actor }, cancellationToken);

    /// <summary>Makes a call of which one thing is expected; a list of one round it is taken off.</summary>
    /// <exception cref="EhrException">It came to nothing, or the answer says that it was not done.</exception>
    public async Task<JsonElement> OneAsync(EhrCall call, CancellationToken cancellationToken) => EhrBody.ReadOne(call, await SendAsync(call, cancellationToken));

    /// <summary>Rows of all pages, at most some.</summary>
    /// <exception cref="EhrException">A page came to nothing.</exception>
    public async Task<AthenaList> ListAsync(EhrCall call, string list, int limit, CancellationToken cancellationToken)
    {
        var rows = new List<JsonElement>();
        await foreach (var page in PagesAsync(call, list, cancellationToken))
        {
            rows.AddRange(page.Rows);
            if (rows.Count > limit || (rows.Count == limit && page.HasNext))
            {
                return new AthenaList(rows[..limit], HasMore: true);
            }
        }

        return new AthenaList(rows, HasMore: false);
    }

    /// <summary>
    /// The pages of a list. The next one's address is used as the server gave it, and only on a host of the connection. A page is asked for when the
    /// one before it was taken.
    /// </summary>
    /// <exception cref="EhrException">A page came to nothing, leads to another host, or to where it was before.</exception>
    public async IAsyncEnumerable<AthenaPage> PagesAsync(EhrCall call, string list, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (count, stated) = (0L, (long?)null);
        for (var next = call; ;)
        {
            var answer = await SendAsync(next, cancellationToken);
            var rows = AthenaRows.Of(next, answer, list);
            count += rows.Rows.Count;
            stated = rows.Stated ?? stated;
            yield return new AthenaPage(rows.Rows, answer.ServerTime, rows.Next is not null, rows.Stated);
            if (rows.Next is not { } address)
            {
                break;
            }

            if (!seen.Add(address) || seen.Count > PagesMax)
            {
                var why = seen.Count > PagesMax ? $"there are more than {PagesMax} pages" : "a page names one as the next that was there before";
                throw new EhrException(EhrFault.NotUnderstood, $"{call.Endpoint}: {why}. What came until then was taken.");
            }

            next = call with { Address = address, Query = [] };
        }

        if (stated is { } said && said != count)
        {
            Log.CountDiffers(Connection.Logger, Connection.Options.Id, call.Endpoint, said, count);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Connection} {Endpoint}: the server says that there are {Stated} rows, and {Count} came", EventName = "VendorCountDiffers")]
        public static partial void CountDiffers(ILogger logger, string connection, string endpoint, long stated, long count);
    }
}

/// <param name="ServerTime">The server's clock when it answered.</param>
/// <param name="HasNext">Another follows.</param>
/// <param name="Stated">How many there are on all pages, as the server says; null when it does not say.</param>
internal sealed record AthenaPage(IReadOnlyList<JsonElement> Rows, DateTimeOffset ServerTime, bool HasNext, long? Stated);

/// <param name="HasMore">There are more than were wanted.</param>
internal sealed record AthenaList(IReadOnlyList<JsonElement> Rows, bool HasMore);
