using System.CommandLine;
using System.Net;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Sandbox.Commands;

/// <summary><c>vendor</c>: a vendor's REST and FHIR interfaces, until it is told to end (Ctrl-C, SIGTERM) or a time is over.</summary>
internal static class VendorCommand
{
    private const int PeopleMax = 100_000;
    private const int FurtherMax = 100_000_000;
    private static readonly string[] _profiles = ["athena-real", "athena-guide", "ecw-real", "ecw-guide"];
    private static readonly VendorServerOptions _defaults = new() { Profile = _profiles[0] };

    public static void AddTo(Command root, TextWriter output, TimeProvider time)
    {
        var profile = new Option<string>("--profile") { Description = $"Which vendor, as it is or as the guides have it: {string.Join(", ", _profiles)}. Default: athena-real.", HelpName = "NAME", DefaultValueFactory = _ => _profiles[0] };
        var listen = new Option<string>("--listen") { Description = "Where to listen; port 0 takes a free one. Default: 127.0.0.1:8080.", HelpName = "host:port", DefaultValueFactory = _ => "127.0.0.1:8080" };
        var seed = new Option<int>("--seed") { Description = "The people are those of the feeds of the same seed. Default: 1.", HelpName = "N", DefaultValueFactory = _ => _defaults.Seed };
        var people = new Option<int>("--people") { Description = "How many people the practice knows. Default: 200.", HelpName = "N", DefaultValueFactory = _ => _defaults.People };
        var client = new Option<string>("--client-id") { Description = "Who may ask. Default: sandbox-client.", HelpName = "ID", DefaultValueFactory = _ => _defaults.ClientId };
        var secret = new Option<string>("--client-secret") { Description = "The client's secret. Default: sandbox-secret.", HelpName = "SECRET", DefaultValueFactory = _ => _defaults.ClientSecret };
        var keys = new Option<string?>("--client-keys") { Description = "A file with the client's public keys, a JWKS. Default: none.", HelpName = "FILE" };
        var limits = new Option<bool>("--no-limits") { Description = "Never say that there were too many calls. Default: the profile's limits." };
        var further = new Option<int>("--further-observations") { Description = "So many observations more in an export. Default: 0.", HelpName = "N", DefaultValueFactory = _ => 0 };
        var files = new Option<VendorFileHost>("--files") { Description = "Where files of an export are: same (with a token), other (a second port, without one), redirected (from one to the other). Default: same.", HelpName = "same|other|redirected", DefaultValueFactory = _ => VendorFileHost.Same };
        var events = new Option<int>("--events") { Description = "Let so many things happen, as on the feeds' day of the same seed: changed feeds and subscribers are told. Default: 0.", HelpName = "N", DefaultValueFactory = _ => 0 };
        var faults = CommonOptions.Faults(VendorFaultOptions.Names, "call", "rate-limited:0.1,bad-gateway");
        var faultSeed = CommonOptions.FaultSeed();
        var faultsMax = CommonOptions.FaultsMax();
        var rate = new Option<int>("--rate") { Description = "How many of them in a second. Default: 10.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var seconds = CommonOptions.Seconds();
        var command = new Command("vendor", "Serves a vendor's REST and FHIR interfaces with invented people: tokens, athenaNet, FHIR R4, exports, events.")
        {
            profile, listen, seed, people, client, secret, keys, limits, further, files, faults, faultSeed, faultsMax, events, rate, seconds,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new VendorServerOptions
            {
                Profile = _profiles.Contains(parsed.GetValue(profile)) ? parsed.GetValue(profile)! : throw new UsageException($"--profile {parsed.GetValue(profile)}: one of {string.Join(", ", _profiles)} is expected."),
                Listens = CommonOptions.ReadEndPoint("--listen", parsed.GetValue(listen)!) as IPEndPoint ?? throw new UsageException($"--listen {parsed.GetValue(listen)}: an address of this machine is expected, e.g. 127.0.0.1:8080."),
                Seed = CommonOptions.InBounds("--seed", parsed.GetValue(seed), 1, VendorServerOptions.SeedMax),
                People = CommonOptions.InBounds("--people", parsed.GetValue(people), 1, PeopleMax),
                ClientId = parsed.GetValue(client)!,
                ClientSecret = parsed.GetValue(secret)!,
                ClientKeys = parsed.GetValue(keys) is { } file ? File.ReadAllText(file) : null,
                Limits = parsed.GetValue(limits) ? VendorLimits.None : null,
                Faults = new VendorFaultOptions
                {
                    Chances = CommonOptions.ReadFaults(() => VendorFaultOptions.ParseChances(parsed.GetValue(faults) ?? "")),
                    Seed = parsed.GetValue(faultSeed),
                    FaultsMax = parsed.GetValue(faultsMax),
                },
                Export = new VendorExport { FurtherObservations = CommonOptions.InBounds("--further-observations", parsed.GetValue(further), 0, FurtherMax), Files = parsed.GetValue(files) },
            },
            CommonOptions.InBounds("--events", parsed.GetValue(events), 0, 1_000_000),
            TimeSpan.FromSeconds(1) / CommonOptions.InBounds("--rate", parsed.GetValue(rate), 1, 10_000),
            parsed.GetValue(seconds),
            output,
            time,
            cancellationToken));
        root.Add(command);
    }

    private static async Task<int> RunAsync(VendorServerOptions options, int events, TimeSpan pause, int? seconds, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var server = await StartAsync(options, time);
        await output.WriteLineAsync($"{options.Profile}  athenaNet {server.Rest?.ToString() ?? "none"}  FHIR {server.Fhir}  token {server.TokenAddress}  client {server.ClientId}  secret {server.ClientSecret}{(options.Export.Files is VendorFileHost.Same ? "" : $"  files {server.FileAddress}")}");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (seconds is { } most)
        {
            ended.CancelAfter(TimeSpan.FromSeconds(most));
        }

        try
        {
            await HappenAsync(server, options, events, pause, time, ended.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Told to end: that is how serving ends.
        }

        foreach (var endpoint in server.Calls.GroupBy(call => call.Endpoint).OrderBy(several => several.Key, StringComparer.Ordinal))
        {
            Accounts.Line(output, endpoint.Key, endpoint.Count());
        }

        Accounts.Line(output, "calls", server.Calls.Count);
        foreach (var (fault, count) in server.Faults.Counts)
        {
            Accounts.Line(output, $"fault {VendorFaultOptions.NameOf(fault)}", count);
        }

        return ExitCode.Done;
    }

    private static async Task<VendorServer> StartAsync(VendorServerOptions options, TimeProvider time)
    {
        try
        {
            return await VendorServer.StartAsync(options, time);
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"--client-keys: {wrong.Message}");
        }
    }

    /// <summary>The day that the feeds of this seed tell of.</summary>
    private static async Task HappenAsync(VendorServer server, VendorServerOptions options, int events, TimeSpan pause, TimeProvider time, CancellationToken cancellationToken)
    {
        var house = server.At(practice => practice.House);
        foreach (var told in events == 0 ? [] : new ClinicDay(new ClinicOptions { Seed = options.Seed, People = options.People, Practice = house, Events = events }).Run())
        {
            server.Happen(told);
            await Task.Delay(pause, time, cancellationToken);
        }
    }
}
