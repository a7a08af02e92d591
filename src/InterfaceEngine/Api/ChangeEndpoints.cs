using InterfaceEngine.Control;

namespace InterfaceEngine.Api;

/// <summary>The feed that Practice Studio follows: everything that changed, in the order in which it was committed, once for each cursor.</summary>
internal static class ChangeEndpoints
{
    private const int CommitsShown = 100;
    private const int CommitsMax = 1000;

    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("GET", "/api/changes", Roles.Readers, ApiScope.OnePractice, "What changed of a practice behind a cursor. The same cursor gives the same again, so keep next together with what was made of the page.", ListAsync)
        {
            Group = "Records",
            Parameters =
            [
                RecordEndpoints.Practice,
                ApiParameter.Query("after", "The next of the answer before; the beginning of what is kept when it is not said."),
                ApiParameter.Number("limit", $"The most commits that are given, 1 to {CommitsMax}; {CommitsShown} when it is not said."),
            ],
            Result = ApiJson.Camel.ChangesResult,
            ResultExample = """
                {"practice":"195900","commits":[{"sequence":12,"committedAt":"2026-02-01T12:00:00Z","message":"01KDRX5Q0G009","records":[{"type":"patient","id":"01KDRX5Q0G00A","externalId":"31001","isNew":false,"fields":[{"name":"email","before":"ada@example.com","after":null,"cell":"athenahealth/patient.map.md:24"}]}]}],"next":"12-1769947200000-1769947260000","hasMore":false}
                """.Trim(),
        },
    ];

    private static async Task ListAsync(ApiCall call)
    {
        var limit = (int)call.Number("limit", CommitsShown, 1, CommitsMax);
        var answer = await call.AskAsync(new ListChangesRequest(call.OnePractice(call.Query("practice")), call.Query("after"), limit) { Actor = call.Actor });
        await call.AnswerAsync(new ChangesResult(answer.Practice, answer.Commits, answer.Next, answer.HasMore), ApiJson.Camel.ChangesResult);
    }
}

/// <param name="Next">Goes into <c>after</c> for what follows.</param>
/// <param name="HasMore">There is more already.</param>
internal sealed record ChangesResult(string Practice, IReadOnlyList<CommitView> Commits, string Next, bool HasMore);
