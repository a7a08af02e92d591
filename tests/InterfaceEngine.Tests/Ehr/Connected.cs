using InterfaceEngine.Cli.Servers;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Http;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Ehr;

/// <summary>A connection to a server of a test.</summary>
internal static class Connected
{
    public const string Id = "conn_1";

    /// <summary>Quick where it would wait, so that no test does, and patient with a machine that is busy.</summary>
    public static EhrHttpLimits Limits { get; } = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(30),
        QuestionTimeout = TimeSpan.FromMinutes(1),
        PauseMin = TimeSpan.FromMilliseconds(1),
        PauseMax = TimeSpan.FromMilliseconds(10),
    };

    /// <summary>Where nobody listens, nor will: the port of a server that was stopped may be another test's by the next moment.</summary>
    public static string Nowhere() => $"http://127.0.0.1:{Ports.Free()}";

    /// <param name="address">The server's, without a slash at its end.</param>
    public static ConnectionOptions Options(string address) => new()
    {
        Id = Id,
        Practice = "1959",
        Profile = "custom",
        System = "athenahealth",
        VendorPractice = "195900",
        Rest = new Uri($"{address}/v1/195900"),
        Fhir = new Uri($"{address}/fhir/r4"),
        Http = Limits,
    };

    public static EhrConnection To(ConnectionOptions options, TimeProvider? time = null, IConnectionStore? store = null) =>
        new(options, EhrTransport.Open(options.Http, options.Tls, time ?? TimeProvider.System), time ?? TimeProvider.System, store);

    public static EhrConnection To(ScriptedServer server) => To(Options(server.Address));
}
