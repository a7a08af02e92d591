using System.Net;
using System.Text.RegularExpressions;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Api;

/// <summary>Whose key opens what: written down here a second time, so that a change of it is one that was meant.</summary>
public sealed partial class ApiEndpointsTests
{
    private const string Everybody = "";
    private const string All = "Operator Reader Receptionist Writer Administrator";
    private const string Operators = "Operator Administrator";
    private const string Observers = "Operator Reader Writer Administrator";
    private const string Readers = "Reader Writer Administrator";
    private const string Writers = "Writer Administrator";
    private const string Receptionists = "Receptionist Writer Administrator";

    private static readonly Dictionary<string, (string Roles, string Scope)> _expected = new()
    {
        ["POST /api/ehr/{system}/bulk-export"] = (Writers, "OnePractice"),
        ["GET /api/ehr/{system}/bulk-export/{jobId}"] = (Observers, "OnePractice"),
        ["POST /api/ehr/{system}/enhanced-sync"] = (Writers, "OnePractice"),
        ["GET /api/ehr/{system}/enhanced-sync"] = (Observers, "OnePractice"),
        ["GET /api/ehr/{system}/capabilities"] = (Observers, "OnePractice"),
        ["GET /api/patients/search"] = (Readers, "OnePractice"),
        ["GET /api/appointments/open"] = (Readers, "OnePractice"),
        ["POST /api/patients"] = (Writers, "OnePractice"),
        ["PUT /api/patients/{id}"] = (Writers, "OnePractice"),
        ["GET /api/appointments/{id}/deliveries"] = (Readers, "OnePractice"),
        ["POST /api/appointments"] = (Writers, "OnePractice"),
        ["PUT /api/appointments/{id}"] = (Writers, "OnePractice"),
        ["DELETE /api/appointments/{id}"] = (Writers, "OnePractice"),
        ["GET /api/records/{type}"] = (Readers, "OnePractice"),
        ["GET /api/records/{type}/{id}"] = (Readers, "OnePractice"),
        ["GET /api/records/{type}/{id}/content"] = (Readers, "OnePractice"),
        ["GET /api/records/{type}/{id}/changes"] = (Readers, "OnePractice"),
        ["GET /api/changes"] = (Readers, "OnePractice"),
        ["GET /api/tools"] = (Receptionists, "Nobody"),
        ["POST /api/tools/{name}"] = (Receptionists, "OnePractice"),
        ["GET /health"] = (Everybody, "Nobody"),
        ["GET /metrics"] = (Operators, "AllPractices"),
        ["GET /openapi.json"] = (All, "Nobody"),
        ["GET /api/logs"] = (Operators, "KeysPractices"),
        ["GET /api/ehr/callback"] = (Everybody, "Nobody"),
        ["GET /api/ehr/jwks"] = (Everybody, "Nobody"),
        ["POST /api/ehr/{system}/events/{connection}"] = (Everybody, "Nobody"),
    };

    [Fact]
    public void Every_endpoint_is_opened_by_the_roles_and_practices_it_should_be() =>
        ApiEndpoints.All.ToDictionary(endpoint => endpoint.Name, endpoint => (string.Join(' ', endpoint.Roles ?? []), endpoint.Scope.ToString())).Should().BeEquivalentTo(_expected);

    [Fact]
    public async Task What_is_mapped_is_what_the_table_says()
    {
        await using var place = await ApiPlace.StartAsync();

        place.Server.Mapped.Should().BeEquivalentTo(ApiEndpoints.All.Select(endpoint => endpoint.Name));
    }

    [Fact]
    public async Task A_role_opens_its_endpoints_and_no_others()
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with
        {
            Control = new ScriptedControl(parts.Control)
                .On<EhrBulkRequest>(_ => new FailureAnswer(FailureKind.NotFound, "There is no such job."))
                .On<ListConnectionsRequest>(_ => new ConnectionsAnswer([])),
        });
        foreach (var role in Enum.GetValues<ApiRole>())
        {
            var client = place.As(role);
            foreach (var endpoint in ApiEndpoints.All)
            {
                var (status, _) = await client.SendAsync(endpoint.Method, Filled(endpoint), endpoint.BodyExample, ("Idempotency-Key", "a"));

                (status == HttpStatusCode.Forbidden).Should().Be(endpoint.Roles?.Contains(role) == false, "{0} as {1} was answered {2}", endpoint.Name, role, status);
                status.Should().NotBe(HttpStatusCode.Unauthorized).And.NotBe(HttpStatusCode.InternalServerError, "{0} as {1}", endpoint.Name, role);
            }
        }
    }

    [Fact]
    public async Task Without_a_key_nothing_is_answered_but_what_needs_none()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.With(null);
        foreach (var endpoint in ApiEndpoints.All)
        {
            var (status, _) = await client.SendAsync(endpoint.Method, Filled(endpoint), endpoint.BodyExample);

            (status == HttpStatusCode.Unauthorized).Should().Be(endpoint.Roles is not null, "{0} was answered {1}", endpoint.Name, status);
        }
    }

    [Fact]
    public async Task A_key_that_is_bound_to_practices_does_not_open_what_speaks_of_all()
    {
        await using var place = await ApiPlace.StartAsync();

        (await place.As(ApiRole.Operator, "195900").AskAsync("/metrics")).Status.Should().Be(HttpStatusCode.Forbidden);
    }

    private static string Filled(ApiEndpoint endpoint) => Placeholder().Replace(endpoint.Template, place => place.Value switch
    {
        "{system}" => "athenahealth",
        "{type}" => "patient",
        "{name}" => "lookup_patient",
        _ => "12345",
    });

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();
}
