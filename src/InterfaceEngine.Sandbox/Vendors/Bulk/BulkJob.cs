using InterfaceEngine.Sandbox.Vendors.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Bulk;

/// <summary>One export: what was there when it was asked for, and how far it is.</summary>
internal sealed class BulkJob(string id, string secret, FhirRequest request, IReadOnlyList<string> types, DateTimeOffset? since)
{
    public string Id { get; } = id;

    /// <summary>Part of the addresses of files that ask for no token.</summary>
    public string Secret { get; } = secret;

    public string Practice { get; } = request.Practice.House.Id;

    /// <summary>The whole address that asked for it.</summary>
    public string Asked { get; } = request.Call.Vendor.Address + request.Call.Path + request.Call.QueryText;

    /// <summary>Of FHIR, where it was asked for.</summary>
    public string Base { get; } = request.Base;

    public DateTimeOffset TransactionTime { get; } = request.Call.Vendor.Now;

    public DateTimeOffset? Since { get; } = since;

    /// <summary>The last is <c>Patient</c>: nobody may count on a patient coming before what refers to it.</summary>
    public IReadOnlyList<string> Types { get; } = [.. types.Where(type => type != "Patient"), .. types.Where(type => type == "Patient")];

    public FhirSnapshot Snapshot { get; } = request.Chart.Take();

    public int Polls { get; set; }

    public DateTimeOffset NextPoll { get; set; }

    /// <summary>When its files were there; null before.</summary>
    public DateTimeOffset? Finished { get; set; }

    /// <summary>The files, once they are there.</summary>
    public IReadOnlyList<BulkFile> Files { get; set; } = [];

    public bool Has(DateTimeOffset updated) => Since is not { } since || updated > since;
}

/// <summary>One file of an export.</summary>
/// <param name="List">In which list of the manifest it stands: <c>output</c>, <c>error</c>, <c>deleted</c>.</param>
/// <param name="Name">The last part of its address.</param>
/// <param name="Count">How many lines it has.</param>
/// <param name="Write">Writes them.</param>
internal sealed record BulkFile(string List, string Type, string Name, long Count, Func<Stream, CancellationToken, Task> Write);
