using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Tests;

public sealed class SettingsReaderDestinationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_destinations_nothing_is_sent() => Read("{}").Should().BeEmpty();

    [Fact]
    public void What_is_not_set_takes_its_default()
    {
        var destination = Read("""{ "athena": { "Host": "hl7.example.net", "AllowsRemote": true, "Port": 9100, "Practices": ["1959"] } }""").Single();

        destination.Should().BeEquivalentTo(new { Name = "athena", Kind = "mllp", Address = "hl7.example.net:9100" });
        destination.Outbound.Should().BeEquivalentTo(new OutboundAddress { Destination = "athena", Practices = ["1959"], SendingApplication = "INTERFACEENGINE", ReceivingApplication = "ATHENANET" });
        destination.Delivery.Should().Be(new DeliveryOptions());
        destination.Receiver.Client.Should().Be(new MllpClientOptions { Host = "hl7.example.net", Port = 9100 });
        (destination.Receiver.Limit, destination.Receiver.Replies.Count).Should().Be((new RetryLimit(10, TimeSpan.FromHours(24)), 0));
    }

    [Fact]
    public void Every_setting_of_a_destination_is_read()
    {
        var destination = Read("""
            {
              "athena": {
                "Kind": "mllp", "Host": "127.0.0.1", "Port": 9100, "Practices": ["1959"], "Connections": 16,
                "KeepAlive": "0s", "ConnectTimeout": "1s", "SendTimeout": "2s", "ReplyTimeout": "3s", "ReplyBytesMax": "64KiB",
                "BackOffMin": "100ms", "BackOffMax": "5s", "OnTheirWayMax": 500, "UnansweredMax": 7, "SettledTogetherMax": 50, "PollInterval": "1s", "LeaseFor": "15s", "StopTimeout": "4s",
                "AttemptsMax": 5, "RetryFor": "2h",
                "SendingApplication": "PS", "SendingFacility": "1959A", "ReceivingApplication": "ATHENA", "ReceivingFacility": "1959B", "ProcessingId": "T", "Version": "2.3.1", "PatientEvents": "A04", "MoveEvent": "SIU^S13"
              }
            }
            """).Single();

        destination.Outbound.Should().BeEquivalentTo(new OutboundAddress
        {
            Destination = "athena",
            Practices = ["1959"],
            SendingApplication = "PS",
            SendingFacility = "1959A",
            ReceivingApplication = "ATHENA",
            ReceivingFacility = "1959B",
            ProcessingId = "T",
            Version = "2.3.1",
            PatientEvents = "A04",
            MoveEvent = "SIU^S13",
        });
        destination.Delivery.Should().Be(new DeliveryOptions
        {
            Connections = 16,
            BackOffMin = TimeSpan.FromMilliseconds(100),
            BackOffMax = TimeSpan.FromSeconds(5),
            OnTheirWayMax = 500,
            UnansweredMax = 7,
            SettledTogetherMax = 50,
            PollInterval = TimeSpan.FromSeconds(1),
            LeaseFor = TimeSpan.FromSeconds(15),
            StopTimeout = TimeSpan.FromSeconds(4),
        });
        destination.Receiver.Client.Should().Be(new MllpClientOptions
        {
            Port = 9100,
            KeepAlive = TimeSpan.Zero,
            ConnectTimeout = TimeSpan.FromSeconds(1),
            SendTimeout = TimeSpan.FromSeconds(2),
            ReplyTimeout = TimeSpan.FromSeconds(3),
            ReplyBytesMax = 64 * 1024,
        });
        destination.Receiver.Limit.Should().Be(new RetryLimit(5, TimeSpan.FromHours(2)));
    }

    [Fact]
    public void The_rows_of_the_reply_table_are_read_in_their_order()
    {
        var rules = Read("""
            {
              "athena": {
                "Host": "127.0.0.1", "Port": 9100, "Practices": ["1959"],
                "Replies": [
                  { "Code": ["AE", "CE"], "Error": ["205"], "Then": "delivered" },
                  { "Text": "record (is )?locked", "Then": "retry", "Attempts": 20, "For": "1h" },
                  { "Code": ["none"], "Then": "retry", "For": "7d" },
                  { "Code": ["AR"], "Then": "hold" }
                ]
              }
            }
            """).Single().Receiver.Replies;

        rules.Should().HaveCount(4);
        rules[0].Should().BeEquivalentTo(new { Codes = new[] { AcknowledgementCode.AE, AcknowledgementCode.CE }, ErrorCodes = new[] { "205" }, Outcome = AttemptOutcome.Delivered });
        rules[1].Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Retry, Limit = new RetryLimit(20, TimeSpan.FromHours(1)) });
        rules[1].Fits(new AcknowledgementReply(AcknowledgementCode.AE, "1", "The RECORD is locked.", [])).Should().BeTrue();
        rules[2].Should().BeEquivalentTo(new { IsNoReply = true, Outcome = AttemptOutcome.Retry, Limit = new RetryLimit(null, TimeSpan.FromDays(7)) });
        rules[3].Outcome.Should().Be(AttemptOutcome.Refused);
    }

    [Fact]
    public void A_receiver_elsewhere_is_spoken_to_over_TLS()
    {
        var destination = Read("""{ "athena": { "Host": "hl7.example.net", "Port": 9100, "Practices": ["1959"], "Tls": { "Name": "interfaces.example.net" } } }""").Single();

        destination.Tls.Should().Be(new SenderTlsOptions { Name = "interfaces.example.net" });
    }

    [Theory]
    [InlineData(""" "Port": 9100, "Practices": ["1959"] """, "Destinations:athena:Host: is missing: the name or address of the receiver")]
    [InlineData(""" "Host": "localhost", "Practices": ["1959"] """, "Destinations:athena:Port: is missing: the port on which the receiver listens")]
    [InlineData(""" "Host": "localhost", "Port": 0, "Practices": ["1959"] """, "Destinations:athena:Port: 0 is not a port (1..65535)")]
    [InlineData(""" "Host": "hl7.example.net", "Port": 1, "Practices": ["1959"] """, "Destinations:athena:Host: hl7.example.net would be sent unencrypted messages.")]
    [InlineData(""" "Host": "localhost", "Port": 1 """, "Destinations:athena:Practices: is missing: the practices whose changes go there")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1958"] """, "Destinations:athena:Practices:0: 1958 is not a practice of these settings (1959, 7410). Did you mean 1959?")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Conections": 4 """, "Destinations:athena:Conections: is not a setting. Did you mean Connections?")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Version": "2.9" """, "Destinations:athena:Version: 2.9 is not one of 2.3, 2.3.1, 2.5.1.")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "BackOffMin": "2m" """, "Destinations:athena:BackOffMin: is longer than BackOffMax")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": { "a": { "Then": "hold" } } """, "Destinations:athena:Replies: is a section with a, and a list is expected")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": [ { "Code": ["AB"], "Then": "hold" } ] """, "Destinations:athena:Replies:0:Code:0: AB is not one of AA, AE, AR, CA, CE, CR, none")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": [ { "Code": ["AE"] } ] """, "Destinations:athena:Replies:0:Then: is missing: delivered, retry or hold")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": [ { "Code": ["AE"], "Then": "delivered" } ] """, "Destinations:athena:Replies:0:Then: a refusal is taken for a delivery only where Error or Text says which")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": [ { "Then": "delivered" } ] """, "Destinations:athena:Replies:0:Then: a refusal is taken for a delivery only where Error or Text says which")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": [ { "Code": ["none"], "Then": "delivered" } ] """, "Destinations:athena:Replies:0:Then: without a reply nothing is delivered")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": [ { "Code": ["none", "AE"], "Then": "hold" } ] """, "Destinations:athena:Replies:0:Code: none stands alone")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": [ { "Text": "(", "Then": "hold" } ] """, "Destinations:athena:Replies:0:Text: ( is not a pattern")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": [ { "Code": ["AR"], "Then": "hold", "Attempts": 3 } ] """, "Destinations:athena:Replies:0:Attempts: is for rows that say retry")]
    [InlineData(""" "Host": "localhost", "Port": 1, "Practices": ["1959"], "Replies": [ { "Code": ["AR"], "Than": "hold", "Then": "hold" } ] """, "Destinations:athena:Replies:0:Than: is not a setting. Did you mean Then?")]
    [InlineData(""" "Kind": "athenanet", "Practices": ["1959"] """, "Destinations:athena:Connection: is missing: the connection over which it is told")]
    [InlineData(""" "Kind": "fhir", "Practices": ["1959"] """, "Destinations:athena:Connection: is missing: the connection over which it is told")]
    [InlineData(""" "Kind": "fhir", "Connection": "ecw", "MakeSlots": true, "Practices": ["7410"] """, "Destinations:athena:MakeSlots: is not a setting")]
    [InlineData(""" "Kind": "fhir", "Connection": "ecw_real", "Practices": ["7410"] """, "Destinations:athena:Connection: nothing can be booked over ecw_real: its server (ecw-real) has no appointments. Tell the practice's visits by HL7 (Kind mllp). Where patients alone go there, say \"Visits\": false")]
    [InlineData(""" "Kind": "fhir", "Connection": "athena_net", "Practices": ["1959"] """, "Destinations:athena:Connection: visits are booked over athena_net by Slot, not as FHIR resources")]
    [InlineData(""" "Kind": "athenanet", "Connection": "ecw", "Practices": ["7410"] """, "Destinations:athena:Connection: ecw has no Rest address")]
    [InlineData(""" "Kind": "athenanet", "Connection": "conn_9", "Practices": ["1959"] """, "Destinations:athena:Connection: conn_9 is not a connection of these settings.")]
    public void A_problem_is_reported_with_its_path(string athena, string problem)
    {
        var read = () => Read($$"""{ "athena": { {{athena}} } }""");

        read.Should().Throw<SettingsException>().Which.Problems.Should().ContainSingle().Which.Should().StartWith(problem);
    }

    [Theory]
    [InlineData("ecw_real", "7410")]
    [InlineData("athena_net", "1959")]
    public void Where_patients_alone_are_told_nothing_is_asked_of_how_visits_are_booked(string connection, string practice)
    {
        var destination = Read($$"""{ "people": { "Kind": "fhir", "Connection": "{{connection}}", "Practices": ["{{practice}}"], "Visits": false } }""").Single();

        destination.Outbound.Should().Match<OutboundAddress>(address => address.TakesPatients && !address.TakesVisits && address.Form == OutboundForm.Fhir);
    }

    private IReadOnlyList<DestinationSettings> Read(string destinations)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            { "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" }, "7410": { "Zone": "America/Chicago", "Profile": "standard", "Vendor": "eclinicalworks" } }, "Destinations": {{destinations}},
              "Connections": {
                "ecw": { "Practice": "7410", "Profile": "ecw-guide", "Environment": "sandbox" }, "ecw_real": { "Practice": "7410", "Profile": "ecw-real", "SharesIds": true },
                "athena_net": { "Practice": "1959", "Profile": "athena-real", "Environment": "sandbox" } } }
            """);
        return SettingsReader.Read(file, []).Destinations;
    }
}
