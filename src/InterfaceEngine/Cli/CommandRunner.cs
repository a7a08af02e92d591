using System.CommandLine;

namespace InterfaceEngine.Cli;

/// <summary>Gives a command's action its context.</summary>
internal delegate Func<ParseResult, CancellationToken, Task<int>> CommandRunner(Func<CommandContext, Task<int>> action);
