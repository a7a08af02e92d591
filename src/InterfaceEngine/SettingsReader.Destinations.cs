using System.Net;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations;
using InterfaceEngine.Destinations.Ehr;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake;

namespace InterfaceEngine;

/// <content>Destinations and what their replies mean.</content>
internal sealed partial class SettingsReader
{
    private const int DestinationNameMax = 64;

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private List<DestinationSettings> ReadDestinations(List<Practice> practices)
    {
        var destinations = new List<DestinationSettings>();
        foreach (var (name, section) in _root.Map("Destinations"))
        {
            if (!NameForm().IsMatch(name))
            {
                _root.Problem($"Destinations:{name}", $"a destination's name has letters, digits, _ and - only, {DestinationNameMax} at most");
            }

            var kind = section.Choice("Kind", Catalog.DestinationKinds) ?? Catalog.DestinationKinds[0];
            if (kind is "athenanet" or "fhir")
            {
                destinations.Add(ReadCalled(kind, name, section, practices));
                section.Close();
                continue;
            }

            var destination = new DestinationSettings(
                kind,
                ReadAddress(name, section, practices),
                ReadReceiver(section),
                ReadDelivery(section))
            {
                Tls = ReadSenderTls(section),
            };
            var host = destination.Receiver.Client.Host;
            if (!section.Flag("AllowsRemote", false) && destination.Tls is null && host.Length > 0 && !IsThisMachine(host))
            {
                section.Problem("Host", $"{host} would be sent unencrypted messages. Say how it is encrypted (\"Tls\"), or, where the network itself is protected (a VPN), \"AllowsRemote\": true");
            }

            destinations.Add(destination);
            section.Close();
        }

        return destinations;
    }

    /// <summary>What is queued for a destination that nobody knows would wait for ever.</summary>
    private void CheckReplyDestinations(EngineSettings settings)
    {
        var known = settings.Destinations.Select(destination => destination.Name).ToList();
        foreach (var source in settings.Bindings)
        {
            if (source.ApplicationReplies is { Destination: { Length: > 0 } wanted } && !known.Contains(wanted))
            {
                _root.Problem($"Sources:{source.Name}:ApplicationReplies:Destination", $"{wanted} is not a destination of these settings.{Spelling.DidYouMean(wanted, known)}");
            }
        }
    }

    /// <summary>One that is told over a connection, so that how it is reached stands there.</summary>
    private static DestinationSettings ReadCalled(string kind, string name, SettingsSection section, List<Practice> practices)
    {
        var calls = new CalledDestinationOptions { Connection = section.Required("Connection", "the connection over which it is told, as Connections names it") };
        return new DestinationSettings(
            kind,
            new OutboundAddress
            {
                Destination = name,
                Form = kind == "fhir" ? OutboundForm.Fhir : OutboundForm.AthenaNet,
                Connection = calls.Connection,
                Practices = ReadBoundPractices(section, practices, "the practices whose changes go there", mayBeEmpty: false),
                TakesVisits = section.Flag("Visits", true),
            },
            new MllpDestinationOptions(),
            ReadDelivery(section))
        {
            Calls = calls with
            {
                MakesSlots = kind == "athenanet" && section.Flag("MakeSlots", calls.MakesSlots),
                CancelReason = section.Text(nameof(calls.CancelReason)),
                RetryFor = section.Duration(nameof(calls.RetryFor), calls.RetryFor, _second, TimeSpan.FromDays(3650)),
            },
        };
    }

    /// <summary>A connection carries the data of one practice, so only that one's changes go there.</summary>
    private void CheckConnections(EngineSettings settings)
    {
        var known = settings.Connections.Select(connection => connection.Id).ToList();
        foreach (var destination in settings.Destinations)
        {
            if (destination.Calls is not { Connection: { Length: > 0 } wanted })
            {
                continue;
            }

            var path = $"Destinations:{destination.Name}";
            if (settings.Connections.FirstOrDefault(connection => connection.Id == wanted) is not { } connection)
            {
                _root.Problem($"{path}:Connection", $"{wanted} is not a connection of these settings.{Spelling.DidYouMean(wanted, known)}");
            }
            else if (destination.Outbound.Practices.Any(practice => practice != connection.Practice))
            {
                _root.Problem($"{path}:Practices", $"connection {wanted} is of practice {connection.Practice}: changes of another can't go there");
            }
            else if (destination.Kind == "athenanet" && connection.Rest is null)
            {
                _root.Problem($"{path}:Connection", $"{wanted} has no Rest address, so athenaNet can't be called over it");
            }
            else if (destination.Kind == "fhir" && connection.Fhir is null)
            {
                _root.Problem($"{path}:Connection", $"{wanted} has no Fhir address, so no resource can be written over it");
            }
            else if (destination.Kind == "fhir" && destination.Outbound.TakesVisits && connection.Dialect.Booking is not BookingForm.Fhir)
            {
                // What is asked for patients the server's metadata says when one is to be written.
                _root.Problem($"{path}:Connection", (connection.Dialect.Booking is BookingForm.None
                    ? $"nothing can be booked over {wanted}: its server ({connection.Profile}) has no appointments. Tell the practice's visits by HL7 (Kind mllp)"
                    : $"visits are booked over {wanted} by {connection.Dialect.Booking}, not as FHIR resources (Connections:{wanted}:Dialect:Booking). The kind for athenaNet's calls is athenanet")
                    + $". Where patients alone go there, say \"Visits\": false");
            }
        }
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static OutboundAddress ReadAddress(string name, SettingsSection section, List<Practice> practices) => new()
    {
        Destination = name,
        // Said to be none: it gets application replies only.
        Practices = ReadBoundPractices(section, practices, "the practices whose changes go there", mayBeEmpty: true),
        SendingApplication = section.Text("SendingApplication", "INTERFACEENGINE"),
        SendingFacility = section.Text("SendingFacility"),
        ReceivingApplication = section.Text("ReceivingApplication", "ATHENANET"),
        ReceivingFacility = section.Text("ReceivingFacility"),
        ProcessingId = section.Choice("ProcessingId", ["P", "T", "D"]) ?? "P",
        Version = section.Choice("Version", ["2.3", "2.3.1", "2.5.1"]) ?? "2.3",
        PatientEvents = section.Choice("PatientEvents", ["A28", "A04"]),
        MoveEvent = section.Choice("MoveEvent", ["SIU^S14", "SIU^S13"]) ?? "SIU^S14",
    };

    private static MllpDestinationOptions ReadReceiver(SettingsSection section)
    {
        var (client, receiver) = (new MllpClientOptions(), new MllpDestinationOptions());
        if (!section.Has("Port"))
        {
            section.Problem("Port", "is missing: the port on which the receiver listens");
        }

        return new MllpDestinationOptions
        {
            Client = new MllpClientOptions
            {
                Host = section.Required("Host", "the name or address of the receiver"),
                Port = section.Number("Port", client.Port, 1, 65535, "a port"),
                ConnectTimeout = section.Duration(nameof(client.ConnectTimeout), client.ConnectTimeout, TimeSpan.FromMilliseconds(100), _hour),
                SendTimeout = section.Duration(nameof(client.SendTimeout), client.SendTimeout, TimeSpan.FromMilliseconds(100), _hour),
                ReplyTimeout = section.Duration(nameof(client.ReplyTimeout), client.ReplyTimeout, TimeSpan.FromMilliseconds(100), _hour),
                KeepAlive = section.Duration(nameof(client.KeepAlive), client.KeepAlive, TimeSpan.Zero, TimeSpan.FromDays(1)),
                ReplyBytesMax = section.Bytes(nameof(client.ReplyBytesMax), client.ReplyBytesMax, 1024, 64 * 1024 * 1024),
            },
            AttemptsMax = section.Number(nameof(receiver.AttemptsMax), receiver.AttemptsMax, 1, 1_000_000, "a number of attempts"),
            RetryFor = section.Duration(nameof(receiver.RetryFor), receiver.RetryFor, _second, TimeSpan.FromDays(3650)),
            Replies = [.. section.Rows("Replies").Select(ReadReply)],
        };
    }

    private static DeliveryOptions ReadDelivery(SettingsSection section)
    {
        var defaults = new DeliveryOptions();
        var options = new DeliveryOptions
        {
            Connections = section.Number(nameof(defaults.Connections), defaults.Connections, 1, 256, "a number of connections"),
            BackOffMin = section.Duration(nameof(defaults.BackOffMin), defaults.BackOffMin, TimeSpan.FromMilliseconds(10), _hour),
            BackOffMax = section.Duration(nameof(defaults.BackOffMax), defaults.BackOffMax, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1)),
            OnTheirWayMax = section.Number(nameof(defaults.OnTheirWayMax), defaults.OnTheirWayMax, 2, 100_000, "a number of deliveries"),
            UnansweredMax = section.Number(nameof(defaults.UnansweredMax), defaults.UnansweredMax, 1, 1_000_000, "a number of attempts"),
            SettledTogetherMax = section.Number(nameof(defaults.SettledTogetherMax), defaults.SettledTogetherMax, 1, 10_000, "a number of deliveries"),
            PollInterval = section.Duration(nameof(defaults.PollInterval), defaults.PollInterval, TimeSpan.FromMilliseconds(100), _hour),
            LeaseFor = section.Duration(nameof(defaults.LeaseFor), defaults.LeaseFor, _second, _hour),
            StopTimeout = section.Duration(nameof(defaults.StopTimeout), defaults.StopTimeout, TimeSpan.Zero, _hour),
        };
        if (options.BackOffMin > options.BackOffMax)
        {
            section.Problem(nameof(defaults.BackOffMin), $"is longer than {nameof(defaults.BackOffMax)}");
        }

        return options;
    }

    /// <summary>One row of the reply table.</summary>
    private static ReplyRule ReadReply(SettingsSection section)
    {
        var words = section.List("Code") ?? [];
        var codes = new List<AcknowledgementCode>();
        for (var index = 0; index < words.Count; index++)
        {
            if (Enum.TryParse<AcknowledgementCode>(words[index], out var code) && Enum.IsDefined(code))
            {
                codes.Add(code);
            }
            else if (words[index] != ReplyRule.NoReply)
            {
                section.Problem($"Code:{index}", $"{words[index]} is not one of {string.Join(", ", Enum.GetNames<AcknowledgementCode>())}, {ReplyRule.NoReply}");
            }
        }

        if (!section.Has("Then"))
        {
            section.Problem("Then", "is missing: delivered, retry or hold");
        }

        var then = section.Choice("Then", ["delivered", "retry", "hold"]);
        var rule = new ReplyRule
        {
            Codes = codes,
            IsNoReply = words.Contains(ReplyRule.NoReply),
            ErrorCodes = section.List("Error") ?? [],
            Text = ReadPattern(section),
            Outcome = then switch { "delivered" => AttemptOutcome.Delivered, "retry" => AttemptOutcome.Retry, _ => AttemptOutcome.Refused },
        };
        CheckReply(section, rule);
        rule = rule with { Limit = ReadLimit(section, rule) };
        section.Close();
        return rule;
    }

    /// <summary>What can't be meant: a row that fits two kinds of answers, or that takes a refusal for success wholesale.</summary>
    private static void CheckReply(SettingsSection section, ReplyRule rule)
    {
        var isNarrow = rule.ErrorCodes.Count > 0 || rule.Text is not null;
        if (rule.IsNoReply && (rule.Codes.Count > 0 || isNarrow))
        {
            section.Problem("Code", $"{ReplyRule.NoReply} stands alone: where there is no reply, there is no code, error or text either");
        }

        if (rule.Outcome is AttemptOutcome.Delivered && rule.IsNoReply)
        {
            section.Problem("Then", "without a reply nothing is delivered");
        }
        else if (rule.Outcome is AttemptOutcome.Delivered && !isNarrow && !(rule.Codes.Count > 0 && rule.Codes.All(code => code is AcknowledgementCode.AA or AcknowledgementCode.CA)))
        {
            section.Problem("Then", "a refusal is taken for a delivery only where Error or Text says which, e.g. that the receiver has the message already");
        }
    }

    private static RetryLimit ReadLimit(SettingsSection section, ReplyRule rule)
    {
        var attempts = section.Number("Attempts", 0, 1, 1_000_000, "a number of attempts");
        var time = section.Duration("For", TimeSpan.Zero, _second, TimeSpan.FromDays(3650));
        foreach (var name in (string[])["Attempts", "For"])
        {
            if (rule.Outcome is not AttemptOutcome.Retry && section.Has(name))
            {
                section.Problem(name, "is for rows that say retry");
            }
        }

        return new RetryLimit(attempts > 0 ? attempts : null, time > TimeSpan.Zero ? time : null);
    }

    private static Regex? ReadPattern(SettingsSection section)
    {
        if (section.Text("Text") is not { } pattern)
        {
            return null;
        }

        try
        {
            // It can't be made to run for long, whatever the receiver writes.
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            section.Problem("Text", $"{pattern} is not a pattern: {failure.Message}");
            return null;
        }
    }
}
