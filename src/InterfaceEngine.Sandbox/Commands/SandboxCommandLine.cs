using System.CommandLine;

namespace InterfaceEngine.Sandbox.Commands;

/// <summary>The command line: what the words mean and how a command ends.</summary>
public sealed class SandboxCommandLine
{
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly RootCommand _root;

    public SandboxCommandLine(TextWriter output, TextWriter error, TimeProvider time)
    {
        (_output, _error) = (output, error);
        _root = new RootCommand("""
            A stand-in for athenahealth, on MLLP and over HTTP, and for eClinicalWorks over HTTP, to try an interface engine on.
            Everything it sends is invented.

            send   a clinic's day: registrations, bookings, results, charges, documents, in an order in which they can happen.
            day    the same messages without sending them.
            csv    what the clinic has at the end of that day as files of people and visits.
            serve  what athenahealth does with bookings that are sent to it.
            vendor tokens, athenaNet, FHIR R4, exports and events of a vendor, for the people of the same seed.

            Both sides of MLLP and the vendors misbehave on request (--faults), the same way each time, and give an account at the end.
            Exit codes: 0 all is well, 1 something was not accepted, 2 wrong usage.
            """);
        SendCommand.AddTo(_root, output, time);
        DayCommand.AddTo(_root, output);
        CsvCommand.AddTo(_root, output);
        ServeCommand.AddTo(_root, output, time);
        VendorCommand.AddTo(_root, output, time);
    }

    /// <summary>Runs one command line.</summary>
    /// <returns>0 when all is well, 1 when something was not accepted or could not be done, 2 for wrong usage.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var parsed = _root.Parse(arguments);
        foreach (var error in parsed.Errors)
        {
            await _error.WriteLineAsync(error.Message);
        }

        if (parsed.Errors.Count > 0)
        {
            return ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration { Output = _output, Error = _error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (UsageException wrong)
        {
            await _error.WriteLineAsync(wrong.Message);
            return ExitCode.Usage;
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
        {
            await _error.WriteLineAsync(failure.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await _error.WriteLineAsync("Stopped.");
            return ExitCode.Failed;
        }
    }
}

/// <summary>How a command ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
}

/// <summary>What was typed can't be meant; the message says what is expected.</summary>
internal sealed class UsageException(string message) : Exception(message);
