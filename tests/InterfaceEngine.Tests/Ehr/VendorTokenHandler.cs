using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Tests.Ehr;

/// <summary>Gives each call to a stand-in a token; how one is had is the connection's own matter and tested there.</summary>
internal sealed class VendorTokenHandler(VendorServer vendor, string scope = "athena/service/Athenanet.MDP.*") : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
{
    private string? _token;

    /// <summary>What happens just before a request goes out: somebody else may be quicker.</summary>
    public Func<HttpRequestMessage, Task> Before { get; set; } = _ => Task.CompletedTask;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _token ??= await TokenAsync(cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        await Before(request);
        return await base.SendAsync(request, cancellationToken);
    }

    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, vendor.TokenAddress)
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", scope)]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{vendor.ClientId}:{vendor.ClientSecret}")));
        using var answer = await base.SendAsync(request, cancellationToken);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)).RootElement.GetProperty("access_token").GetString()!;
    }
}
