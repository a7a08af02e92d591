using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Ehr;

/// <summary>
/// A real HTTP server on loopback that answers as a test says: what the sandbox of a vendor never would. Each request is answered by the first of
/// the answers that were given for its method and path, and the last of them answers for ever.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Task>>> _answers = new();

    private ScriptedServer(WebApplication application) => _application = application;

    /// <summary>With the port that was free, without a slash at its end.</summary>
    public string Address => _application.Urls.Single().TrimEnd('/');

    /// <summary>Every request as it came, in order.</summary>
    public ConcurrentQueue<ScriptedRequest> Requests { get; } = new();

    /// <param name="certificate">A PEM file with certificate and key; null for plain http.</param>
    public static async Task<ScriptedServer> StartAsync(string? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0, listens =>
        {
            if (certificate is not null)
            {
                listens.UseHttps(X509Certificate2.CreateFromPemFile(certificate, certificate));
            }
        }));
        var server = new ScriptedServer(builder.Build());
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Adds an answer.</summary>
    /// <param name="request">Method and path without the query, e.g. <c>GET /v1/195900/patients</c>.</param>
    /// <param name="answer">Writes it.</param>
    public ScriptedServer On(string request, Func<HttpContext, Task> answer)
    {
        _answers.GetOrAdd(request, _ => new()).Enqueue(answer);
        return this;
    }

    public ScriptedServer On(string request, int status, string body, string contentType = "application/json", params (string Name, string Value)[] headers) =>
        On(request, async context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, contentType);
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.WriteAsync(body);
        });

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var name = $"{context.Request.Method} {context.Request.Path}";
        Requests.Enqueue(new ScriptedRequest(
            context.Request.Method, context.Request.Path.Value!, context.Request.QueryString.Value!, await body.ReadToEndAsync(), context.Request.Headers.ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (!_answers.TryGetValue(name, out var answers) || !answers.TryPeek(out var answer))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (answers.Count > 1)
        {
            answers.TryDequeue(out _);
        }

        await answer(context);
    }
}

/// <param name="Query">With its question mark; empty for none.</param>
internal sealed record ScriptedRequest(string Method, string Path, string Query, string Body, IReadOnlyDictionary<string, string> Headers);
