using System.CommandLine;

namespace InterfaceEngine.Cli;

/// <summary><c>run</c>, and no command at all: starts the engine and keeps it until it is told to stop.</summary>
internal static class RunCommand
{
    public static void AddTo(Command root, CommandRunner run)
    {
        var isWatch = new Option<bool>("--watch") { Description = "Deploy the mapping files whenever they are saved and have no errors: for development." };
        var command = new Command("run", "Starts the engine (the default).") { isWatch };
        command.SetAction(run(context => RunAsync(context, context.Value(isWatch))));
        root.Add(command);
        root.SetAction(run(context => RunAsync(context, isWatch: false)));
    }

    private static async Task<int> RunAsync(CommandContext context, bool isWatch)
    {
        var (terminal, settings) = (context.Terminal, context.Settings);
        if (isWatch && Catalog.KindOf(settings.Store).IsShared)
        {
            throw new CommandFailedException("--watch uses whatever is saved at once, and on a shared store every node would: it is for an engine with a store of its own. Use map deploy.");
        }

        using var loggers = EngineLog.Open(settings.Logging, usesConsole: true);
        await using var engine = await EngineHost.StartAsync(settings, loggers, terminal.Time, context.CancellationToken, deploysWhatIsSaved: isWatch);
        Introduce(terminal, engine);
        if (isWatch)
        {
            terminal.Line("Watching   the mapping folder: what is saved and has no errors is used from the next message on");
        }

        terminal.Line("Stop with Ctrl-C.");
        await Task.WhenAny(engine.Completion, Task.Delay(Timeout.Infinite, context.CancellationToken));
        if (engine.Completion.IsFaulted)
        {
            await engine.Completion;
        }

        terminal.Line("Stopping: no new messages; those in flight are finished and answered.");
        return ExitCode.Done;
    }

    /// <summary>Where everything is, so that nobody has to look for it.</summary>
    internal static void Introduce(Terminal terminal, EngineHost engine)
    {
        var (core, settings) = (engine.Core, engine.Core.Settings);
        var store = core.Store.Description;
        foreach (var (source, address) in engine.Addresses)
        {
            var binding = settings.Sources.First(one => one.Name == source).Binding;
            terminal.Line($"Listening  {address}  {source}, practice {string.Join(", ", binding.Practices.Select(id => Describe(settings, id)))}");
        }

        foreach (var source in settings.FileSources)
        {
            terminal.Line($"Polling    {source.Place}  {source.Name}, {source.Options.Schedule.Text}, practice {string.Join(", ", source.Binding.Practices.Select(id => Describe(settings, id)))}");
        }

        if (engine.Addresses.Count + settings.FileSources.Count == 0)
        {
            terminal.Line("Listening  nowhere: the settings name no source");
        }

        if (engine.Health.Address is { } health)
        {
            terminal.Line($"Health     http://{health}/health/ready");
        }

        if (engine.Api is { } api)
        {
            terminal.Line($"Programs   {api.Url}/openapi.json");
        }

        terminal.Line($"Mappings   {settings.Mappings}, set {core.Mappings.Current.Hash}{(core.Sets.Status.Note is { } note ? $"; {note}" : "")}");
        if (Catalog.KindOf(settings.Store).IsShared)
        {
            terminal.Line($"Store      {store.Kind} {store.Version} at {store.Location}, schema {store.SchemaVersion}, as node {settings.Node.Name}");
            terminal.Line($"Data       {settings.Data}");
        }
        else
        {
            terminal.Line($"Data       {settings.Data} ({store.Version}, schema {store.SchemaVersion})");
        }

        terminal.Line(core.IsKeyNew
            ? $"Key        {core.KeyLocation}, made just now. BACK IT UP, apart from the data: without it nothing can be read any more."
            : $"Key        {core.KeyLocation}");
        terminal.Line($"Log        {settings.Logging.Folder}");
    }

    private static string Describe(EngineSettings settings, string id) =>
        settings.FindPractice(id) is { } practice ? $"{id} {practice.Name} (profile {practice.Profile})" : id;
}
