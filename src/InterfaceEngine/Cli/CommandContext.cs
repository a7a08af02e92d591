using System.CommandLine;
using System.CommandLine.Parsing;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary>Opens what answers requests for a data folder: a running engine, or the store itself.</summary>
internal delegate Task<IControl> ControlOpener(EngineSettings settings, TimeProvider time, CancellationToken cancellationToken);

/// <summary>One command while it runs: its options, its settings and the engine it speaks to.</summary>
internal sealed class CommandContext(Terminal terminal, ParseResult parsed, ControlOpener opener, CancellationToken cancellationToken)
{
    private EngineSettings? _settings;

    public Terminal Terminal => terminal;

    public CancellationToken CancellationToken => cancellationToken;

    public bool IsJson => Named<bool>("--json");

    /// <summary>The data folder was named on the command line.</summary>
    public bool HasData => Named<string>("--data") is not null;

    public string? Reason => Named<string>("--reason");

    /// <exception cref="SettingsException">They have problems.</exception>
    public EngineSettings Settings => _settings ??= SettingsReader.Read(
        SettingsFile.Find(Named<string>("--settings"), terminal.WorkingFolder),
        terminal.Environment,
        Named<string>("--data") is { } data ? Path.GetFullPath(data, terminal.WorkingFolder) : null);

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>A path on the command line is taken from where the command was started.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, terminal.WorkingFolder);

    /// <summary>The practice named, checked; null when none is.</summary>
    public string? PracticeOrAll()
    {
        if (Named<string>("--practice") is not { } practice)
        {
            return null;
        }

        var known = Settings.Practices.Select(one => one.Id).ToList();
        return known.Contains(practice)
            ? practice
            : throw new UsageException($"--practice {practice}: not a practice of the settings ({string.Join(", ", known)}).{Spelling.DidYouMean(practice, known)}");
    }

    /// <summary>The practice named; where none is, the only one there is, or the only one with a source; null when that leaves it open.</summary>
    public string? PracticeOrNone()
    {
        var bound = Settings.Bindings.SelectMany(binding => binding.Practices).Distinct().ToList();
        return PracticeOrAll() ?? (Settings.Practices.Count == 1 ? Settings.Practices[0].Id : bound.Count == 1 ? bound[0] : null);
    }

    /// <summary>As <see cref="PracticeOrNone"/>, where the command needs one.</summary>
    public string Practice() =>
        PracticeOrNone() ?? throw new UsageException($"Say whose with --practice: {string.Join(", ", Settings.Practices.Select(one => one.Id))}.");

    /// <summary>Asks the engine and shows the answer.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="render">Shows the answer to a person.</param>
    /// <param name="exit">The exit code of an answer; null for <see cref="ExitCode.Done"/>.</param>
    public async Task<int> ShowAsync<TAnswer>(ControlRequest<TAnswer> request, Action<TAnswer> render, Func<TAnswer, int>? exit = null)
        where TAnswer : ControlAnswer
    {
        await using var control = await ConnectAsync();
        switch (await control.AskAsync(request, cancellationToken))
        {
            case FailureAnswer failure:
                terminal.Problem(failure.Message);
                return failure.Kind == FailureKind.Usage ? ExitCode.Usage : ExitCode.Failed;
            case TAnswer answer when IsJson:
                terminal.Json(answer);
                return exit?.Invoke(answer) ?? ExitCode.Done;
            case TAnswer answer:
                render(answer);
                return exit?.Invoke(answer) ?? ExitCode.Done;
            case var other:
                throw new CommandFailedException($"The engine answered {other.GetType().Name}. Is it of another version?");
        }
    }

    /// <summary>Asks the engine for something that the command goes on with.</summary>
    /// <exception cref="UsageException">The request makes no sense.</exception>
    /// <exception cref="CommandFailedException">It was not done.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(ControlRequest<TAnswer> request)
        where TAnswer : ControlAnswer
    {
        await using var control = await ConnectAsync();
        return await AskAsync(control, request);
    }

    /// <summary>Opens the engine for several requests that belong together.</summary>
    public Task<IControl> ConnectAsync() => opener(Settings, terminal.Time, cancellationToken);

    /// <inheritdoc cref="AskAsync{TAnswer}(ControlRequest{TAnswer})"/>
    public async Task<TAnswer> AskAsync<TAnswer>(IControl control, ControlRequest<TAnswer> request)
        where TAnswer : ControlAnswer
    {
        return await control.AskAsync(request, cancellationToken) switch
        {
            TAnswer answer => answer,
            FailureAnswer { Kind: FailureKind.Usage } failure => throw new UsageException(failure.Message),
            FailureAnswer failure => throw new CommandFailedException(failure.Message),
            var other => throw new CommandFailedException($"The engine answered {other.GetType().Name}. Is it of another version?"),
        };
    }

    /// <summary>An option by its name; its default where this command has no such option.</summary>
    private T? Named<T>(string option) => parsed.GetResult(option) is OptionResult result ? result.GetValueOrDefault<T>() : default;

    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
