using System.Globalization;
using System.Net;
using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>The calls of an export. None of them repeats itself: whether and when one is made again, the export keeps in the store.</summary>
/// <param name="connection">To the vendor.</param>
/// <param name="limits">See <see cref="BulkLimits"/>.</param>
internal sealed class BulkCalls(EhrConnection connection, BulkLimits limits)
{
    private const string Json = "application/json";
    private const string FhirJsonType = "application/fhir+json";
    private const string Lines = "application/fhir+ndjson";

    /// <summary>FHIR's codes of what is not so for ever.</summary>
    private static readonly HashSet<string> _passing = new(StringComparer.Ordinal) { "transient", "lock-error", "no-store", "timeout", "incomplete", "throttled" };

    /// <summary>Asks the vendor to begin.</summary>
    /// <returns>Where it tells how far it is.</returns>
    /// <exception cref="EhrException">It did not begin; or that is not known (<see cref="EhrFault.Unanswered"/>).</exception>
    public async Task<string> KickOffAsync(BulkJob job, CancellationToken cancellationToken)
    {
        var group = job.Level.StartsWith("Group/", StringComparison.Ordinal) ? job.Level["Group/".Length..] : null;
        var call = Call(group is not null ? "/Group/{id}/$export" : job.Level == "Patient" ? "/Patient/$export" : "/$export", FhirJsonType) with
        {
            Path = group is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["id"] = group },
            Headers = [new("Prefer", "respond-async")],
        };
        var answer = await connection.SendFhirAsync(connection.Options.Bulk.IsPosted ? Posted(call, job) : call with { Query = Parameters(job) }, cancellationToken);
        if (answer.Header("Content-Location") is { Length: > 0 } location)
        {
            return location;
        }

        // Neither taken nor refused: a gateway before the server answers 200 with a page of its own, and nothing was begun.
        var isNotIts = answer.Status is not HttpStatusCode.Accepted && FhirOutcome.Read(answer.Body).Count == 0;
        throw answer.Failure(
            isNotIts ? EhrFault.NotUnderstood : EhrFault.Refused,
            $"{connection.Options.Id} {call.Endpoint}: the answer ({(int)answer.Status}) does not say where the export tells how far it is (Content-Location).");
    }

    /// <summary>Asks how far it is: 202 while it goes on; then the manifest's first page.</summary>
    public Task<EhrAnswer> PollAsync(string statusUrl, CancellationToken cancellationToken) => connection.SendFhirAsync(Status(statusUrl), cancellationToken);

    /// <summary>All pages of a manifest.</summary>
    /// <param name="first">Its first.</param>
    /// <exception cref="EhrException">It can't be read, or is too long.</exception>
    public async Task<(DateTimeOffset TransactionTime, IReadOnlyList<BulkFile> Files)> ManifestAsync(string statusUrl, EhrAnswer first, CancellationToken cancellationToken)
    {
        var manifest = BulkManifest.Read(Status(statusUrl), first);
        var (time, files, seen) = (manifest.TransactionTime, manifest.Files.ToList(), new HashSet<string>(StringComparer.Ordinal));
        while (manifest.Next is { } next)
        {
            if (!seen.Add(next) || seen.Count >= limits.ManifestPagesMax)
            {
                throw TooLong($"more than {seen.Count} pages");
            }

            manifest = BulkManifest.Read(Status(next), await connection.SendFhirAsync(Status(next), cancellationToken));
            files.AddRange(manifest.Files);
            if (files.Count > limits.FilesMax)
            {
                break;
            }
        }

        return files.Count > limits.FilesMax ? throw TooLong($"more than {limits.FilesMax} files") : (time, BulkManifest.Ordered(files));
    }

    /// <summary>Opens a file.</summary>
    public Task<EhrStream> OpenAsync(BulkFile file, CancellationToken cancellationToken) =>
        connection.OpenAsync(Call("/bulk-file", Lines) with { Address = file.Url, HasToken = file.NeedsToken }, cancellationToken);

    /// <summary>Gives the export up at the vendor, or lets it drop its files.</summary>
    /// <exception cref="EhrException">It came to nothing; <see cref="EhrFault.NotFound"/> when the vendor knows it no more.</exception>
    public Task ReleaseAsync(string statusUrl, CancellationToken cancellationToken) => connection.SendFhirAsync(Status(statusUrl) with { Method = HttpMethod.Delete }, cancellationToken);

    /// <summary>Whether a failure may pass by itself; else the export is over.</summary>
    public static bool MayPass(EhrException fault) => fault.Fault switch
    {
        EhrFault.ServerFailed => FhirOutcome.Read(fault.Reply) is not { Count: > 0 } issues || issues.Any(issue => _passing.Contains(issue.Code)),
        EhrFault.NotFound or EhrFault.Invalid or EhrFault.Refused or EhrFault.Conflict or EhrFault.ForeignHost or EhrFault.TooLarge => false,
        _ => true,
    };

    private EhrCall Call(string template, string accept) => new()
    {
        Of = EhrInterface.Fhir,
        Template = template,
        Accept = accept,
        Priority = CallPriority.Bulk,
        Scope = connection.Options.Scopes.Export is { Length: > 0 } scope ? scope : null,
        MayRepeat = false,
        // It has its own pauses, and a booking does not wait for them.
        IsRefusedAlone = true,
    };

    private EhrCall Status(string address) => Call("/bulk-status", Json) with { Address = address };

    private static List<KeyValuePair<string, string>> Parameters(BulkJob job)
    {
        List<KeyValuePair<string, string>> parameters = [new("_outputFormat", Lines), new("_type", string.Join(',', job.Types))];
        if (job.Since is { } since)
        {
            parameters.Add(new("_since", Instant(since)));
        }

        return parameters;
    }

    /// <summary>Newer servers take a body alone, in which a list is a parameter that comes again.</summary>
    private static EhrCall Posted(EhrCall call, BulkJob job)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Parameters");
            writer.WriteStartArray("parameter");
            Write(writer, "_outputFormat", "valueString", Lines);
            foreach (var type in job.Types)
            {
                Write(writer, "_type", "valueString", type);
            }

            if (job.Since is { } since)
            {
                Write(writer, "_since", "valueInstant", Instant(since));
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return call with { Method = HttpMethod.Post, Body = body.ToArray(), ContentType = FhirJsonType };
    }

    private static void Write(Utf8JsonWriter writer, string name, string kind, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString(kind, value);
        writer.WriteEndObject();
    }

    private static string Instant(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private EhrException TooLong(string what) => new(EhrFault.TooLarge, $"{connection.Options.Id}: the manifest of the export has {what}.") { Status = HttpStatusCode.OK };
}
