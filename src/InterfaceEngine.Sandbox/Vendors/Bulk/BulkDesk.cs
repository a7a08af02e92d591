using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Vendors.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Bulk;

/// <summary>Exports of one vendor: asked for, polled, handed out, given up. Not for concurrent use.</summary>
internal sealed class BulkDesk(VendorContext vendor)
{
    private static readonly string[] _formats = ["application/fhir+ndjson", "application/ndjson", "ndjson"];
    private static readonly string[] _parameters = ["_type", "_since", "_outputFormat"];

    private readonly Dictionary<string, BulkJob> _jobs = [];

    private VendorExport Options => vendor.Options.Export;

    /// <summary>Begins one.</summary>
    public VendorAnswer Begin(FhirRequest request, string? group)
    {
        if (group is not null && group != GroupOf(request.Practice))
        {
            return FhirAnswers.Outcome(404, "not-found", "Group: there is none of this id.");
        }

        if (Refuse(request, out var types, out var since) is { } refused)
        {
            return refused;
        }

        if (_jobs.Values.Any(job => job.Practice == request.Practice.House.Id && job.Finished is null))
        {
            return FhirAnswers.Outcome(429, "throttled", "An export is running already.").With("Retry-After", Seconds(Options.RetryAfter));
        }

        var number = $"job_{(_jobs.Count + 1).ToString(CultureInfo.InvariantCulture)}";
        var id = vendor.Profile.IsGuide ? number : $"{number}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        var job = new BulkJob(id, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), request, types, since);
        _jobs.Add(id, job);
        return new VendorAnswer(202).With("Content-Location", Address(job)).With("Retry-After", Seconds(Options.RetryAfter));
    }

    /// <summary>How far one is; where it is whole, its manifest.</summary>
    public VendorAnswer Poll(string id)
    {
        if (!_jobs.TryGetValue(id, out var job))
        {
            return Unknown();
        }

        if (job.Finished is null && Options.IsStrict && vendor.Now < job.NextPoll)
        {
            return FhirAnswers.Outcome(429, "throttled", "Polled too soon.").With("Retry-After", Seconds(job.NextPoll - vendor.Now));
        }

        if (job.Finished is null && job.Polls < Options.Polls)
        {
            job.Polls++;
            job.NextPoll = vendor.Now + Options.RetryAfter;
            return new VendorAnswer(202)
                .With("X-Progress", string.Create(CultureInfo.InvariantCulture, $"{100 * job.Polls / (Options.Polls + 1)}% Completed"))
                .With("Retry-After", Seconds(Options.RetryAfter));
        }

        if (job.Finished is null)
        {
            (job.Finished, job.Files) = (vendor.Now, [.. BulkFiles.Of(job, Options)]);
        }

        return VendorAnswer.Json(Manifest(job)).With("Expires", (job.Finished.Value + Options.FileLife).ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>Gives one up, whole or not: its files are gone.</summary>
    public VendorAnswer Cancel(string id) => _jobs.Remove(id) ? new VendorAnswer(202) : Unknown();

    /// <param name="secret">Of the address; null on the host where a token is needed.</param>
    public VendorAnswer File(string id, string name, string? secret, VendorRequest request)
    {
        if (!_jobs.TryGetValue(id, out var job) || (secret is not null && secret != job.Secret) || job.Files.FirstOrDefault(file => file.Name == name) is not { } found)
        {
            return FhirAnswers.Outcome(404, "not-found", "There is no such file.");
        }

        if (job.Finished + Options.FileLife <= vendor.Now)
        {
            return FhirAnswers.Outcome(410, "expired", "The file is gone.");
        }

        if (secret is not null && request.Header("Authorization").Length > 0)
        {
            return VendorAnswer.Text(400, "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>", "application/xml");
        }

        return secret is null && Options.Files == VendorFileHost.Redirected
            ? new VendorAnswer(307).With("Location", $"{vendor.FileAddress}/files/{job.Secret}/{job.Id}/{name}")
            : new VendorAnswer(200) { ContentType = "application/fhir+ndjson", Write = found.Write, IsCompressible = Options.IsCompressed };
    }

    /// <summary>The group whose data are a practice's.</summary>
    private string GroupOf(VendorPractice practice) => vendor.Profile.IsAthena ? $"a-1.c-{practice.House.Id}" : practice.House.Id;

    private VendorAnswer? Refuse(FhirRequest request, out IReadOnlyList<string> types, out DateTimeOffset? since)
    {
        (types, since) = (FhirTypes.Exported(vendor.Profile), null);
        var prefer = request.Call.Header("Prefer");
        if (!prefer.Contains("respond-async", StringComparison.OrdinalIgnoreCase))
        {
            return FhirAnswers.Outcome(400, "required", "Prefer: respond-async is required.");
        }

        var isLenient = prefer.Contains("handling=lenient", StringComparison.OrdinalIgnoreCase);
        if (request["_outputFormat"] is { Length: > 0 } format && !_formats.Contains(format))
        {
            return FhirAnswers.Outcome(400, "not-supported", "_outputFormat: newline-delimited JSON alone is given.");
        }

        if (!isLenient && request.Call.Query.Keys.FirstOrDefault(name => !_parameters.Contains(name)) is { } unknown)
        {
            return FhirAnswers.Outcome(400, "not-supported", $"{unknown} is not supported.");
        }

        if (request["_since"] is { Length: > 0 } text)
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return FhirAnswers.Outcome(400, "value", "_since: an instant is expected.");
            }

            since = time;
        }

        var asked = request["_type"].Split(',', StringSplitOptions.RemoveEmptyEntries);
        var exported = types;
        if (asked.Length > 0)
        {
            types = [.. asked.Where(exported.Contains).Distinct()];
        }

        return !isLenient && asked.FirstOrDefault(type => !exported.Contains(type)) is { } foreign ? FhirAnswers.Outcome(400, "not-supported", $"_type: {foreign} can not be exported.") : null;
    }

    private JsonObject Manifest(BulkJob job)
    {
        var manifest = new JsonObject
        {
            ["transactionTime"] = job.TransactionTime.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            ["request"] = job.Asked,
            ["requiresAccessToken"] = Options.Files != VendorFileHost.Other,
            ["output"] = List(job, "output"),
            ["error"] = List(job, "error"),
        };
        if (job.Files.Any(file => file.List == "deleted"))
        {
            manifest["deleted"] = List(job, "deleted");
        }

        return manifest;
    }

    private JsonArray List(BulkJob job, string list) => new([.. job.Files.Where(file => file.List == list).Select(file => new JsonObject
    {
        ["type"] = file.Type,
        ["url"] = Options.Files == VendorFileHost.Other ? $"{vendor.FileAddress}/files/{job.Secret}/{job.Id}/{file.Name}" : $"{job.Base}/bulkdata/{job.Id}/{file.Name}",
        ["count"] = file.Count + (Options.HasWrongCounts ? 1 : 0),
    })]);

    /// <summary>Where one is polled, in each vendor's form.</summary>
    private string Address(BulkJob job) =>
        vendor.Profile.IsGuide ? $"{job.Base}/bulkstatus/{job.Id}"
        : vendor.Profile.IsAthena ? $"{job.Base}/$export-status/{job.Id}"
        : $"{job.Base}/$export-poll-location?job_id={job.Id}";

    private static VendorAnswer Unknown() => FhirAnswers.Outcome(404, "not-found", "There is no such export.");

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
