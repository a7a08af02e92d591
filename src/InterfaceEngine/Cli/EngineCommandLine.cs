using System.CommandLine;
using System.Text.RegularExpressions;
using InterfaceEngine.Api;
using InterfaceEngine.Cli.Demo;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Cli.Ehr;
using InterfaceEngine.Cli.Maps;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Health;
using InterfaceEngine.Protection;
using InterfaceEngine.Sources;
using InterfaceEngine.Store;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Cli;

/// <summary>The command line: what the words mean and how a command ends.</summary>
internal sealed partial class EngineCommandLine
{
    private readonly Terminal _terminal;
    private readonly ControlOpener _opener;
    private readonly RootCommand _root;

    public EngineCommandLine(Terminal terminal, ControlOpener opener)
    {
        _terminal = terminal;
        _opener = opener;
        _root = new RootCommand("Turns HL7 v2 messages and files into Practice Studio records.") { CommonOptions.Settings, CommonOptions.Data };
        RunCommand.AddTo(_root, Run);
        DemoCommand.AddTo(_root, Run);
        StatusCommand.AddTo(_root, Run);
        LedgerCommand.AddTo(_root, Run);
        RecordCommands.AddTo(_root, Run);
        DocumentCommands.AddTo(_root, Run);
        ImportCommand.AddTo(_root, Run);
        FilesCommands.AddTo(_root, Run);
        RunCommands.AddTo(_root, Run);
        MessageCommands.AddTo(_root, Run);
        BatchCommands.AddTo(_root, Run);
        ScheduleCommands.AddTo(_root, Run);
        ReviewCommands.AddTo(_root, Run);
        ErrorCommands.AddTo(_root, Run);
        PatientCommands.AddTo(_root, Run);
        AppointmentCommands.AddTo(_root, Run);
        EhrCommands.AddTo(_root, Run);
        KeyCommands.AddTo(_root, Run);
        DeliveryCommands.AddTo(_root, Run);
        AuditCommands.AddTo(_root, Run);
        BackupCommands.AddTo(_root, Run);
        StoreCommands.AddTo(_root, Run);
        ConnectivityCommand.AddTo(_root, Run);
        SendCommand.AddTo(_root, Run);
        MapCommands.AddTo(_root, Run);
        VerifyDurabilityCommand.AddTo(_root, Run);
    }

    /// <summary>Runs one command line; the answer is the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var parsed = _root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                _terminal.Problem(InWords(error.Message));
            }

            _terminal.Problem($"See: {CommandPath(parsed.CommandResult.Command)} --help");
            return ExitCode.Usage;
        }

        // Signals are the program's matter: the token is cancelled, and the command ends by itself.
        var invocation = new InvocationConfiguration
        {
            Output = _terminal.Out,
            Error = _terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await GuardAsync(() => parsed.InvokeAsync(invocation, cancellationToken));
    }

    /// <summary>What cannot be read as a type of the program is told as what should have been written.</summary>
    private static string InWords(string message) => TypeForm().Replace(message, type => type.Groups[1].Value switch
    {
        nameof(DateTimeOffset) => ": a time such as 2026-12-01T09:00:00Z is expected",
        nameof(Int32) or nameof(Int64) => ": a whole number is expected",
        _ => "",
    });

    [GeneratedRegex(@" as expected type '(?:System\.Nullable`1\[)?System\.(\w+)\]?'")]
    private static partial Regex TypeForm();

    /// <summary>What a command does when it is called.</summary>
    private Func<ParseResult, CancellationToken, Task<int>> Run(Func<CommandContext, Task<int>> action) =>
        (parsed, cancellationToken) => action(new CommandContext(_terminal, parsed, _opener, cancellationToken));

    private async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (SettingsException wrong)
        {
            _terminal.Problem(wrong.Message);
            foreach (var problem in wrong.Problems)
            {
                _terminal.Problem($"  {problem}");
            }

            return ExitCode.Usage;
        }
        catch (UsageException wrong)
        {
            _terminal.Problem(wrong.Message);
            return ExitCode.Usage;
        }
        catch (MappingException wrong)
        {
            foreach (var problem in wrong.Problems.Where(problem => problem.Severity == MappingSeverity.Error))
            {
                _terminal.Problem(problem.ToShortText());
            }

            _terminal.Problem($"The mappings in {wrong.Folder} have errors, so they are not used. map check shows them with their rows.");
            return ExitCode.Failed;
        }
        catch (DirectoryNotFoundException wrong)
        {
            _terminal.Problem(wrong.Message);
            return ExitCode.Failed;
        }
        catch (Exception failure) when (failure is CommandFailedException or ControlException or StoreOpenException or StoreUnavailableException or MasterKeyException or ProtectionException or SourceStartException or HealthStartException or ApiStartException or CertificateException)
        {
            _terminal.Problem(failure.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            _terminal.Problem("Stopped.");
            return ExitCode.Failed;
        }
    }

    private static string CommandPath(Command command) =>
        string.Join(' ', command.Parents.OfType<Command>().Select(CommandPath).Append(command.Name));
}
