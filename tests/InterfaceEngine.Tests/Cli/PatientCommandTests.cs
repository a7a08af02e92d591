using System.Text.Json;
using InterfaceEngine.Cli;
using InterfaceEngine.Control;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli;

/// <summary><c>patients create|change</c> as people type them, over a real engine.</summary>
public sealed class PatientCommandTests : IAsyncLifetime
{
    private static readonly string[] _ada =
    [
        "patients", "create", "--practice", "1959", "--field", "last_name=Sample", "--field", "first_name=Ada", "--field", "date_of_birth=1980-05-15", "--field", "gender=F",
        "--field", "race=white", "--field", "race=asian", "--field", "email=ada@example.org", "--location", "1", "--because", "a new patient",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("commands-").FullName;
    private TestEngine _engine = null!;

    public async Task InitializeAsync()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), """
            { "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" } }, "Sources": { "front-desk": { "Port": 0, "Practices": ["1959"] } } }
            """);
        _engine = await TestEngine.StartAsync(settings => settings with
        {
            Destinations =
            [
                new DestinationSettings("athenanet", new OutboundAddress { Destination = "athena-api", Form = OutboundForm.AthenaNet, Practices = ["1959"] }, new MllpDestinationOptions(), new DeliveryOptions()),
                new DestinationSettings("mllp", new OutboundAddress { Destination = "feed", Practices = ["1959"] }, new MllpDestinationOptions(), new DeliveryOptions()),
            ],
        });
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_registration_says_its_record_and_its_delivery_and_a_change_what_changed()
    {
        var made = await RunAsync([.. _ada, "--key", "web-7"]);
        var id = made.Out[8..21];
        var again = await RunAsync([.. _ada, "--key", "web-7"]);
        var changed = await RunAsync("patients", "change", id, "--practice", "1959", "--field", "email=", "--field", "phone_home=2175550101", "--because", "asked by phone", "--json");

        made.Code.Should().Be(0, made.Error);
        made.Out.Should().MatchRegex(@"^patient \w{13} registered; known as \w{13} \(Practice Studio\), web-7 \(key\)\n")
            .And.MatchRegex(@"race +2106-3, 2028-9\n").And.MatchRegex(@"\ndelivery \w{13} \(registered\) waits for athena-api\n$", "an HL7 destination is told of no patients");
        again.Out.Should().StartWith($"patient {id} was registered with this key before: nothing was changed and nothing is sent;");
        var answer = JsonDocument.Parse(changed.Out).RootElement;
        answer.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("name").GetString()).Should().BeEquivalentTo("phone_home", "email");
        answer.GetProperty("deliveries")[0].GetProperty("event").GetString().Should().Be("updated");
    }

    [Fact]
    public async Task Somebody_by_whom_the_vendor_could_not_be_reached_is_refused_at_once()
    {
        var without = await RunAsync("patients", "create", "--practice", "1959", "--field", "last_name=Sample", "--field", "first_name=Ada", "--field", "date_of_birth=1980-05-15", "--because", "new");

        without.Code.Should().Be(1);
        without.Error.Should().Contain("athena-api registers nobody without one of email, phone_home, phone_mobile, phone_work, address.postal_code.");
        (await _engine.RecordsAsync("1959", "patient")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("patients", "create", "--practice", "1959", "--because", "x")]
    [InlineData("patients", "create", "--practice", "1959", "--field", "last_name", "--because", "x")]
    [InlineData("patients", "create", "--practice", "1959", "--field", "last_name=Sample")]
    [InlineData("patients", "create", "--practice", "4711", "--field", "last_name=Sample", "--because", "x")]
    [InlineData("patients", "create", "--practice", "1959", "--field", "shoe_size=42", "--because", "x")]
    [InlineData("patients", "create", "--practice", "1959", "--field", "last_name=Sample", "--destination", "feed", "--because", "x")]
    [InlineData("patients", "change", "--practice", "1959", "--field", "last_name=Sample", "--because", "x")]
    public async Task What_makes_no_sense_is_a_usage_error(params string[] arguments)
    {
        (await RunAsync(arguments)).Code.Should().Be(2);
        (await _engine.RecordsAsync("1959", "patient")).Should().BeEmpty();
    }

    private async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = _folder, Environment = [], Time = _engine.Time, Actor = "maria" };
        var code = await new EngineCommandLine(terminal, (_, _, _) => Task.FromResult<IControl>(new EngineOperations(_engine.Core.Parts()))).RunAsync(arguments, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
