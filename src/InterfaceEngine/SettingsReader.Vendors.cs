using InterfaceEngine.Core.Practices;
using InterfaceEngine.Ehr;

namespace InterfaceEngine;

/// <content>Whose numbers a practice's connections bring: ids of two vendors, or of two servers, that are one number are not one person.</content>
internal sealed partial class SettingsReader
{
    /// <summary>The practices with the numbers that stand in the ids of their resources, as their connections know them.</summary>
    private List<Practice> Numbered(List<Practice> practices, List<ConnectionOptions> connections)
    {
        var numbers = connections.Where(one => one.Fhir is not null && one.Dialect.FhirPatientId.Contains("{practice}", StringComparison.Ordinal)).ToLookup(one => one.Practice);
        foreach (var two in numbers.Where(of => of.DistinctBy(one => one.VendorPractice).Count() > 1))
        {
            _root.Problem($"Connections:{two.Last().Id}:VendorPractice", $"{string.Join(" and ", two.Select(one => $"{one.VendorPractice} ({one.Id})"))} can't both stand in the ids of practice {two.Key}");
        }

        return practices.ConvertAll(practice => numbers[practice.Id].FirstOrDefault() is { } one ? practice with { VendorNumber = one.VendorPractice } : practice);
    }

    private void CheckVendors(EngineSettings settings)
    {
        foreach (var (connection, practice) in settings.Connections.Join(settings.Practices, one => one.Practice, practice => practice.Id, (one, practice) => (one, practice)))
        {
            // A vendor pack of the practice's own making says nothing of whose numbers it is for.
            if (_vendors.Contains(practice.Vendor) && connection.System.Length > 0 && connection.System != practice.Vendor)
            {
                _root.Problem(
                    $"Connections:{connection.Id}:Practice",
                    $"the vendor of practice {practice.Id} is {practice.Vendor} (Practices:{practice.Id}:Vendor), and this connection brings numbers of {connection.System}: give them a practice of their own");
            }
        }

        foreach (var same in settings.Connections.GroupBy(one => (one.Rest, one.Fhir, one.Client.Id, one.VendorPractice)).Where(of => of.DistinctBy(one => one.Practice).Count() > 1))
        {
            _root.Problem(
                $"Connections:{same.Last().Id}:VendorPractice",
                $"is {same.Key.VendorPractice}, as it is of {string.Join(", ", same.SkipLast(1).Select(one => $"{one.Id} (practice {one.Practice})"))}: the records of one practice there would be those of several here");
        }

        foreach (var connections in settings.Connections.GroupBy(one => one.Practice).Select(of => of.ToList()))
        {
            var first = connections[0];
            foreach (var other in connections.Skip(1).Where(one => !one.SharesIds && HostsOf(one) is { Count: > 0 } hosts && !hosts.Overlaps(HostsOf(first))))
            {
                _root.Problem(
                    $"Connections:{other.Id}:Practice",
                    $"practice {other.Practice} is served by {first.Id} from another host, where the same number can be another person. Give it a practice of its own, or say \"SharesIds\": true where its numbers are the same");
            }
        }
    }

    private static HashSet<string> HostsOf(ConnectionOptions connection) =>
        [.. new[] { connection.Rest, connection.Fhir }.OfType<Uri>().Select(address => address.Host)];
}
