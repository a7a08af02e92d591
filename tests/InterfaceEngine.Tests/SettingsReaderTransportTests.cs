using System.Net;
using InterfaceEngine.Intake;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Tests;

/// <summary>What a listener's settings say about who may connect and how it is answered.</summary>
public sealed class SettingsReaderTransportTests : IDisposable
{
    private const string Destinations = """
        "athena-replies": { "Host": "127.0.0.1", "Port": 2576, "Practices": ["1959"] }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_listener_is_plain_and_open_to_everyone_on_loopback_by_default()
    {
        var access = Read("").Sources[0].Access;

        access.Tls.Should().BeNull();
        access.AllowFrom.Ranges.Should().BeEmpty();
    }

    [Fact]
    public void Every_setting_of_TLS_is_read_and_its_files_are_taken_from_the_settings_folder()
    {
        var settings = Read("""
            , "Host": "0.0.0.0", "AllowFrom": ["10.1.0.0/16", "::1"],
            "Tls": { "Certificate": "keys/own.pem", "Key": "keys/own.key", "PasswordVariable": "OUR_PASSWORD", "ClientCertificate": "required",
                     "ClientCa": "keys/ca.pem", "AllowedClients": ["mllp.example"], "ChecksRevocation": true }
            """);

        var source = settings.Sources[0];
        source.Listens.Address.Should().Be(IPAddress.Any, "what is encrypted may listen anywhere");
        source.Access.AllowFrom.Ranges.Should().Equal(IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("::1/128"));
        source.Access.Tls.Should().BeEquivalentTo(new ListenerTlsOptions
        {
            Own = new CertificateFiles { Certificate = Path.Combine(_folder, "keys", "own.pem"), Key = Path.Combine(_folder, "keys", "own.key"), PasswordVariable = "OUR_PASSWORD" },
            ClientCertificate = ClientCertificate.Required,
            ClientCa = Path.Combine(_folder, "keys", "ca.pem"),
            AllowedClients = ["mllp.example"],
            ChecksRevocation = true,
        });
    }

    [Fact]
    public void How_a_listener_acknowledges_is_read()
    {
        Read("").Sources[0].Binding.Should().BeEquivalentTo(new { SequenceNumbers = false, Acknowledge = AcknowledgePolicy.OnCommit, ApplicationReplies = (ApplicationReplyOptions?)null });

        var binding = Read(""", "SequenceNumbers": true, "Acknowledge": "OnApplied", "ApplicationReplies": { "Destination": "athena-replies" }""").Sources[0].Binding;

        (binding.SequenceNumbers, binding.Acknowledge, binding.ApplicationReplies).Should().Be((true, AcknowledgePolicy.OnApplied, new ApplicationReplyOptions("athena-replies")));
    }

    [Fact]
    public void A_destination_may_be_for_application_replies_only()
    {
        var settings = Read(""", "ApplicationReplies": { "Destination": "replies" }""", "\"replies\": { \"Host\": \"127.0.0.1\", \"Port\": 2600, \"Practices\": [] }");

        settings.Destinations.Should().ContainSingle().Which.Outbound.Practices.Should().BeEmpty();
    }

    [Fact]
    public void Who_names_authorities_for_senders_asks_for_their_certificates() =>
        Read(""", "Tls": { "Certificate": "own.pem", "ClientCa": "ca.pem" }""").Sources[0].Access.Tls!.ClientCertificate.Should().Be(ClientCertificate.Required);

    [Theory]
    [InlineData(""", "Tls": {}""", "Tls:Certificate: is missing: the file of our own certificate, PEM or PFX")]
    [InlineData(""", "Tls": { "Key": "own.key" }""", "Tls:Certificate: is missing: the file of our own certificate, PEM or PFX")]
    [InlineData(""", "Tls": { "Certificate": "own.pem", "ClientCertificate": "Required" }""", "Tls:ClientCa: is missing: the file of the authorities that vouch for senders' certificates")]
    [InlineData(""", "Tls": { "Certificate": "own.pem", "ClientCertificate": "None", "ClientCa": "ca.pem" }""", "Tls:ClientCertificate: is None, so ClientCa would never be asked")]
    [InlineData(""", "Tls": { "Certificate": "own.pem", "ClientCertificate": "Optional", "ClientCa": "ca.pem", "AllowedClients": ["a"] }""", "Tls:AllowedClients: would not keep out a sender without a certificate: say \"ClientCertificate\": \"Required\"")]
    [InlineData(""", "Tls": { "Certificate": "own.pem", "ClientCertificate": "Always" }""", "Tls:ClientCertificate: Always is not one of None, Optional, Required.")]
    [InlineData(""", "Tls": { "Certificate": "own.pem", "Protocols": "Tls13" }""", "Tls:Protocols: is not a setting.")]
    [InlineData(""", "AllowFrom": ["10.1.2.3/16"]""", "AllowFrom:0: 10.1.2.3/16 does not begin where its range does: 10.1.0.0/16")]
    [InlineData(""", "AllowFrom": ["::1", "athena"]""", "AllowFrom:1: athena is neither an address nor a range of addresses, such as 10.1.0.0/16 or ::1")]
    [InlineData(""", "AllowFrom": "::1" """, "AllowFrom: is one value, and a list is expected: [\"::1\"]")]
    [InlineData(""", "AllowFrom": []""", "AllowFrom: is an empty list, and so nobody could connect; leave it out to let everyone")]
    [InlineData(""", "SequenceNumbers": true, "Filters": [ { "When": "HL7:MSH-4.3 = '99'", "Reason": "training" } ]""", "SequenceNumbers: does not go with Filters here: a message that is filtered before its practice is known would leave a gap. Put the filters into the practice's own tables")]
    [InlineData(""", "Acknowledge": "Always" """, "Acknowledge: Always is not one of OnCommit, OnApplied.")]
    [InlineData(""", "ApplicationReplies": {}""", "ApplicationReplies:Destination: is missing: the name of the destination that application replies go to")]
    [InlineData(""", "ApplicationReplies": { "Destination": "athena-reply" }""", "ApplicationReplies:Destination: athena-reply is not a destination of these settings. Did you mean athena-replies?")]
    [InlineData(""", "HandshakeTimeout": "2h" """, "HandshakeTimeout: 2h is out of bounds (1s..1h)")]
    public void A_wrong_setting_is_reported_with_its_path(string listener, string expected) =>
        FluentActions.Invoking(() => Read(listener)).Should().Throw<SettingsException>().Which.Problems.Should().Equal($"Sources:front-desk:{expected}");

    private EngineSettings Read(string listener, string destinations = Destinations)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" } },
              "Sources": { "front-desk": { "Port": 2575, "Practices": ["1959"]{{listener}} } },
              "Destinations": { {{destinations}} }
            }
            """);
        return SettingsReader.Read(file, []);
    }
}
