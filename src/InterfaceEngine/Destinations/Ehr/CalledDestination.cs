using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>
/// Tells a vendor by calls over a connection, whatever the calls are: what an attempt comes to, and what waits for a person, is the same for all.
/// </summary>
/// <param name="visits">The steps for visits.</param>
/// <param name="patients">The steps for patients.</param>
/// <param name="connection">What the steps call over.</param>
/// <param name="retryFor">See <see cref="CalledDestinationOptions.RetryFor"/>.</param>
internal sealed class CalledDestination(IOrderCalls visits, IOrderCalls patients, EhrConnection connection, TimeSpan retryFor) : IDestination
{
    /// <summary>Attempts of what the vendor opens to everything but this one: the first may have met a moment's fault.</summary>
    private const int UnauthorizedAttemptsMax = 3;

    /// <summary>Where athenaNet says what is wrong.</summary>
    private static readonly string[] _words = ["error", "errormessage", "detailedmessage"];

    private (string ControlId, long Opened)? _unauthorized;

    /// <summary>Whether there is a way shows in the first call, which only reads.</summary>
    public ValueTask ReachAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async Task<AttemptResult> DeliverAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var opened = _unauthorized is { } before && before.ControlId == message.ControlId ? before.Opened : connection.Opened;
        try
        {
            var order = CallOrder.Parse(message.Body);
            return new AttemptResult { Outcome = AttemptOutcome.Delivered, Code = await (order.Visit is null ? patients : visits).DoAsync(order, cancellationToken), IsAnswered = true };
        }
        catch (HeldException held)
        {
            return new AttemptResult { Outcome = AttemptOutcome.Refused, Code = held.Code, Reason = held.Message, IsAnswered = true };
        }
        catch (FormatException failure)
        {
            // No attempt can read it, now or later.
            return new AttemptResult { Outcome = AttemptOutcome.Refused, Code = "not sent", Reason = failure.Message, IsAnswered = true };
        }
        catch (EhrException failure) when (failure.Fault is EhrFault.Unauthorized && connection.Opened > opened)
        {
            // The token that this call is refused with opened others meanwhile: the order is what is refused.
            return Result(failure, AttemptOutcome.Retry) with { Limit = new RetryLimit(UnauthorizedAttemptsMax, null) };
        }
        catch (EhrException failure)
        {
            _unauthorized = failure.Fault is EhrFault.Unauthorized ? (message.ControlId, opened) : null;
            return Classified(failure);
        }
    }

    public void Dispose()
    {
    }

    private AttemptResult Classified(EhrException failure)
    {
        switch (failure.Fault)
        {
            case EhrFault.Disabled or EhrFault.Unreachable or EhrFault.TokenRefused or EhrFault.Unauthorized or EhrFault.RateLimited:
                // Of none of these anything came of the call.
                throw new UnreachableException(failure.Message, failure);

            case EhrFault.Unanswered or EhrFault.ServerFailed or EhrFault.NotUnderstood or EhrFault.TooLarge:
                return Result(failure, AttemptOutcome.Retry) with { Limit = new RetryLimit(null, retryFor), IsAnswered = failure.Fault is not EhrFault.Unanswered };

            default:
                return Result(failure, AttemptOutcome.Refused);
        }
    }

    private static AttemptResult Result(EhrException failure, AttemptOutcome outcome) => new()
    {
        Outcome = outcome,
        Code = failure.Fault switch
        {
            EhrFault.Unanswered => "no reply",
            EhrFault.Refused => "not done",
            EhrFault.NotUnderstood or EhrFault.TooLarge => "no good reply",
            EhrFault.ServerFailed when failure.Status is null => "not yet",
            _ => failure.Status is { } status ? ((int)status).ToString(CultureInfo.InvariantCulture) : "not sent",
        },
        Reason = WordsOf(failure.Reply) is { } words ? $"{failure.Message} {words}" : failure.Message,
        Reply = failure.Reply,
        IsAnswered = true,
    };

    /// <summary>What the vendor says of it; null when it says nothing that can be read.</summary>
    private static string? WordsOf(ReadOnlyMemory<byte> reply)
    {
        try
        {
            using var document = JsonDocument.Parse(reply);
            var root = document.RootElement is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 1 ? list[0] : document.RootElement;
            return root.ValueKind switch
            {
                JsonValueKind.String => root.TextOrNull(),
                JsonValueKind.Object when FhirOutcome.Read(root) is { Count: > 0 } issues => Joined(issues.Select(issue => issue.Diagnostics)),
                JsonValueKind.Object => Joined(_words.Select(name => root.Text(name))),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Joined(IEnumerable<string?> words) => string.Join(' ', words.OfType<string>()) is { Length: > 0 } joined ? joined : null;
}
