using System.Net;

namespace InterfaceEngine.Ehr.Http;

/// <summary>
/// Which address a call goes to, and whether the connection may go there. Pure. What a vendor gave is used byte for byte: polling addresses hold
/// signs that a tidy library would change.
/// </summary>
internal sealed class EhrAddresses(ConnectionOptions options)
{
    private static readonly UriCreationOptions _asItStands = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The hosts to which the token may go, each with its port.</summary>
    private readonly HashSet<string> _hosts = new(
        [.. new[] { options.Rest, options.Fhir, options.Token }.OfType<Uri>().Select(Place), .. options.Hosts.Select(host => host.Contains(':', StringComparison.Ordinal) ? host : $"{host}:443")],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Where a call goes.</summary>
    /// <exception cref="EhrException">No base is configured, a value can't stand in a path, or the address is not one that this connection may use.</exception>
    public Uri Of(EhrCall call)
    {
        if ((call.Of is EhrInterface.Fhir ? options.Fhir : options.Rest) is not { } root)
        {
            throw new EhrException(EhrFault.Disabled, $"{options.Id} has no {call.Of} address, so {call.Endpoint} can't be asked. Set Connections:{options.Id}:{call.Of}.");
        }

        var address = call.Address is { } given ? Absolute(root, given, call) : $"{root.AbsoluteUri.TrimEnd('/')}/{Filled(call).TrimStart('/')}";
        return Checked(address + Query(call, address.Contains('?', StringComparison.Ordinal)), call.HasToken, call.Endpoint);
    }

    /// <summary>Where a redirect leads.</summary>
    /// <param name="from">Who sends away.</param>
    /// <param name="location">As the server wrote it.</param>
    /// <param name="isHeld">Whether it may only be to a host of the connection.</param>
    /// <param name="endpoint">For the message.</param>
    /// <exception cref="EhrException">The connection may not go there.</exception>
    public Uri Redirected(Uri from, string location, bool isHeld, string endpoint) => Checked(Joined(from, location, endpoint), isHeld, endpoint);

    /// <summary>Whether the token, or what tokens are had for, may go to a host.</summary>
    public bool IsOwn(Uri address) => _hosts.Contains(Place(address));

    /// <summary>Host and port, as they are compared.</summary>
    public static string Place(Uri address) => $"{address.IdnHost}:{address.Port}";

    /// <summary>Plain http is for this machine alone.</summary>
    public static bool IsSecure(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    private Uri Checked(string address, bool isHeld, string endpoint)
    {
        var isClean = !address.AsSpan().ContainsAnyExceptInRange('!', '~') && !address.Contains('\\', StringComparison.Ordinal);
        if (!isClean || !Uri.TryCreate(address, _asItStands, out var uri) || uri.UserInfo.Length > 0)
        {
            throw new EhrException(EhrFault.ForeignHost, $"{options.Id} {endpoint}: the server gave an address that is none.");
        }

        if (!IsSecure(uri))
        {
            throw new EhrException(EhrFault.ForeignHost, $"{options.Id} {endpoint}: the address is not https, and plain http is for this machine alone.");
        }

        if (!IsOwn(uri) && (isHeld || !MayLieElsewhere(uri)))
        {
            throw new EhrException(EhrFault.ForeignHost, $"{options.Id} {endpoint}: {Place(uri)} is not a host of this connection. If it is the vendor's, add it to Connections:{options.Id}:Hosts.");
        }

        return uri;
    }

    /// <summary>A file that needs no token may lie on any host with a name; a bare number could be a machine of our own network.</summary>
    private static bool MayLieElsewhere(Uri uri) =>
        uri.Scheme == Uri.UriSchemeHttps && uri.HostNameType is UriHostNameType.Dns && !uri.IsLoopback
        && uri.IdnHost.Contains('.', StringComparison.Ordinal) && !IPAddress.TryParse(uri.IdnHost, out _);

    private string Absolute(Uri root, string given, EhrCall call) =>
        Uri.TryCreate(given, UriKind.Absolute, out var absolute) && absolute.Scheme != Uri.UriSchemeFile ? Fragmentless(given)
        : given.StartsWith('/') ? Joined(root, given, call.Endpoint)
        : $"{root.AbsoluteUri.TrimEnd('/')}/{Fragmentless(given)}";

    private string Joined(Uri from, string given, string endpoint)
    {
        given = Fragmentless(given);
        if (given.StartsWith("//", StringComparison.Ordinal))
        {
            return $"{from.Scheme}:{given}";
        }

        if (given.StartsWith('/'))
        {
            return $"{from.GetLeftPart(UriPartial.Authority)}{given}";
        }

        return Uri.TryCreate(from, given, out var joined)
            ? joined.AbsoluteUri
            : throw new EhrException(EhrFault.ForeignHost, $"{options.Id} {endpoint}: the server gave an address that is none.");
    }

    private static string Fragmentless(string given) => given.Split('#')[0];

    private string Filled(EhrCall call)
    {
        var path = call.Template;
        foreach (var (name, value) in call.Path)
        {
            // A dot would be a step up or none at all to the server.
            if (value is "" or "." or "..")
            {
                throw new EhrException(EhrFault.Invalid, $"{options.Id} {call.Endpoint}: what is given for {name} can't stand in a path.");
            }

            path = path.Replace($"{{{name}}}", Uri.EscapeDataString(value), StringComparison.Ordinal);
        }

        return path.Contains('{', StringComparison.Ordinal) ? throw new ArgumentException($"{call.Endpoint} is not filled in", nameof(call)) : path;
    }

    private static string Query(EhrCall call, bool hasQuery) => call.Query.Count == 0
        ? ""
        : (hasQuery ? "&" : "?") + string.Join('&', call.Query.Select(one => $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(one.Value)}"));
}
