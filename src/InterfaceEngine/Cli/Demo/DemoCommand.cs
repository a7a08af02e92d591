using System.CommandLine;
using System.Net;
using InterfaceEngine.Api;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Demo;

/// <summary>
/// <c>demo</c>: the main job in a few seconds. A real engine in a folder of its own, real sockets, every message
/// under <c>samples/hl7</c> and what became of each, a file that is dropped, then a clinic's morning from the sandbox, and its people over a connection: synchronised,
/// exported, booked.
/// </summary>
internal static class DemoCommand
{
    private const string DataFolder = "data/demo";
    private const string SampleFolder = "samples/hl7";
    private const int RecordsShownMax = 50;

    public static void AddTo(Command root, CommandRunner run)
    {
        var serve = new Option<bool>("--serve") { Description = "Keep the engine running afterwards, until Ctrl-C." };
        var command = new Command("demo", "Shows the main job: sends every sample to a real engine and shows what became of it.") { serve };
        command.SetAction(run(context => RunAsync(context, context.Value(serve))));
        root.Add(command);
    }

    private static async Task<int> RunAsync(CommandContext context, bool keepsRunning)
    {
        var terminal = context.Terminal;
        var settings = Settings(context);
        var samples = DemoSample.ReadAll(Path.Combine(Root(settings), SampleFolder));
        DemoFolder.Refresh(settings.Data);
        await using var vendor = await DemoVendor.StartAsync(settings, terminal.Time);
        settings = vendor?.In(settings) ?? settings;
        using var loggers = EngineLog.Open(settings.Logging, usesConsole: false);
        await using var engine = await EngineHost.StartAsync(settings, loggers, terminal.Time, context.CancellationToken);
        RunCommand.Introduce(terminal, engine);
        terminal.Line();

        var wrong = await SendAsync(context, engine, samples);
        await ShowPatientsAsync(context, engine);
        await ShowAppointmentsAsync(context, engine);
        terminal.Line(wrong.Count == 0
            ? $"All {samples.Count} samples came to what {SampleFolder}/README.md says."
            : $"{wrong.Count} of {samples.Count} samples did NOT come to what {SampleFolder}/README.md says: {string.Join(", ", wrong)}");
        terminal.Line();
        var isDropRight = await DemoDrop.ShowAsync(context, engine);
        var isDayWhole = await SendDayAsync(context, engine);
        var isVendorRight = vendor is null || await vendor.ShowAsync(context, engine);
        ShowWhatNext(terminal, settings, keepsRunning);
        if (keepsRunning)
        {
            terminal.Line("The engine keeps running. Stop it with Ctrl-C.");
            await Task.WhenAny(engine.Completion, Task.Delay(Timeout.Infinite, context.CancellationToken));
        }

        return wrong.Count == 0 && isDropRight && isDayWhole && isVendorRight ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>
    /// The settings' practices, each with a listener of its own on a free port of this machine. The store is the embedded one whatever
    /// the settings name: people who are invented never come into a database that others work with. Nor are they told to anybody, or the demo reached by others.
    /// </summary>
    private static EngineSettings Settings(CommandContext context)
    {
        var settings = context.Settings;
        var data = context.HasData ? settings.Data : Path.Combine(Root(settings), DataFolder);
        return settings with
        {
            Data = data,
            Store = new StoreOptions(),
            Logging = settings.Logging with { Folder = Path.Combine(data, "logs") },
            Sources =
            [
                .. settings.Practices.Select(practice => new SourceSettings(
                    Catalog.SourceKinds[0],
                    new SourceBinding { Name = $"demo-{practice.Id}", Practices = [practice.Id] },
                    new IPEndPoint(IPAddress.Loopback, 0),
                    new MllpLimits())),
            ],
            FileSources = DemoDrop.Sources(settings, data),
            Connections = [],
            Destinations = [],
            Exports = [],
            Api = new ApiOptions(),
        };
    }

    private static string Root(EngineSettings settings) => Path.GetDirectoryName(settings.File)!;

    /// <summary>Where the settings have no practice of the sandbox's feed, there is nothing to send.</summary>
    private static async Task<bool> SendDayAsync(CommandContext context, EngineHost engine)
    {
        if (engine.Addresses.FirstOrDefault(source => source.Source == $"demo-{DemoDay.Practice}").Address is not { } listener)
        {
            return true;
        }

        var isWhole = await DemoDay.SendAsync(context, engine, listener);
        context.Terminal.Line(isWhole ? "Every message was acknowledged, and what was sent again was known again." : "NOT every message was acknowledged.");
        return isWhole;
    }

    /// <returns>The samples that came to something else.</returns>
    private static async Task<List<string>> SendAsync(CommandContext context, EngineHost engine, IReadOnlyList<DemoSample> samples)
    {
        var clients = new Dictionary<string, MllpClient>();
        var wrong = new List<string>();
        try
        {
            foreach (var (source, address) in engine.Addresses)
            {
                clients.Add(source, new MllpClient(new MllpClientOptions { Host = address.Address.ToString(), Port = address.Port }, context.Terminal.Time));
            }

            foreach (var sample in samples)
            {
                if (!clients.TryGetValue($"demo-{sample.Practice}", out var client))
                {
                    throw new CommandFailedException($"{sample.File} is for practice {sample.Practice}, which the settings don't have.");
                }

                var reply = await client.SendAsync(sample.Body, context.CancellationToken);
                var message = await LatestAsync(context, engine, sample.Practice);
                var answer = AcknowledgementReader.TryRead(reply.Body, out var read, out _) ? read.Code.ToString() : "none";
                var state = message?.State.ToString().ToLowerInvariant() ?? "nowhere";
                var isRight = answer == sample.Acknowledgement && state == sample.Outcome;
                context.Terminal.Line($"{message?.Event,-8} {message?.ControlId,-12} {answer}  {state,-11} {What(message)}{(isRight ? "" : $"  EXPECTED {sample.Acknowledgement} {sample.Outcome}")}");
                if (!isRight)
                {
                    wrong.Add(sample.File);
                }
            }
        }
        finally
        {
            foreach (var client in clients.Values)
            {
                client.Dispose();
            }
        }

        context.Terminal.Line();
        return wrong;
    }

    private static async Task<StoredMessage?> LatestAsync(CommandContext context, EngineHost engine, string practice) =>
        await engine.Core.Store.AskAsync(
            new AuditEntry(context.Terminal.Actor, "demo", practice, "the latest message", context.Reason),
            reader => reader.Messages(new MessageFilter(practice, null, null, EngineId.None, Limit: 1)) is [var message] ? message : null,
            context.CancellationToken);

    /// <summary>What a message did to which records, or why it did nothing.</summary>
    private static string What(StoredMessage? message)
    {
        var detail = MessageDetail.FromJson(message?.Detail);
        if (detail.Records.Count > 0)
        {
            return string.Join(", ", detail.Records.Select(record => $"{record.Type} {record.ExternalId} {record.Did}{Fields(record)}"));
        }

        return detail.Notes is [var note, ..] ? $"{note.Place} {note.Reason}".Trim()
            : detail.Earlier is { } earlier ? $"the same as {earlier}"
            : "";
    }

    private static string Fields(RecordOutcome record) => record.Fields.Count == 0 ? "" : $" ({string.Join(", ", record.Fields)})";

    private static async Task ShowPatientsAsync(CommandContext context, EngineHost engine)
    {
        var table = new TextTable("practice", "patient", "name", "born", "gender", "home", "mobile", "address");
        foreach (var practice in engine.Core.Settings.Practices)
        {
            foreach (var patient in await RecordsAsync(context, engine, practice.Id, RecordDefinition.Patient))
            {
                table.Add(
                    practice.Id,
                    patient.ExternalId,
                    Name(patient),
                    patient["date_of_birth"],
                    patient["gender"],
                    patient["phone_home"],
                    patient["phone_mobile"],
                    string.Join(", ", new[] { patient["address.line1"], patient["address.line2"], patient["address.city"], patient["address.state"], patient["address.postal_code"] }.Where(part => part is not null)));
            }
        }

        context.Terminal.Line("Patients");
        context.Terminal.Table(table);
        context.Terminal.Line();
    }

    private static async Task ShowAppointmentsAsync(CommandContext context, EngineHost engine)
    {
        var table = new TextTable("practice", "appointment", "patient", "start (UTC)", "end (UTC)", "status", "type", "provider", "location");
        foreach (var practice in engine.Core.Settings.Practices)
        {
            var patients = (await RecordsAsync(context, engine, practice.Id, RecordDefinition.Patient)).ToDictionary(patient => patient.Id.ToString());
            foreach (var visit in await RecordsAsync(context, engine, practice.Id, "appointment"))
            {
                table.Add(
                    practice.Id,
                    visit.ExternalId,
                    visit["patient_id"] is { } id && patients.TryGetValue(id, out var patient) ? Name(patient) : "",
                    visit["start_time"],
                    visit["end_time"],
                    visit["status"],
                    visit["appointment_type"],
                    visit["provider_id"],
                    visit["location_id"]);
            }
        }

        context.Terminal.Line("Appointments");
        context.Terminal.Table(table);
        context.Terminal.Line();
    }

    private static Task<IReadOnlyList<StoredRecord>> RecordsAsync(CommandContext context, EngineHost engine, string practice, string type) =>
        engine.Core.Store.AskAsync(
            new AuditEntry(context.Terminal.Actor, "demo", practice, type, context.Reason),
            reader =>
            {
                var records = reader.Records(practice, type, EngineId.None, RecordsShownMax);
                foreach (var record in records)
                {
                    reader.Shown(record);
                }

                return records;
            },
            context.CancellationToken);

    private static string Name(StoredRecord patient) =>
        string.Join(' ', new[] { patient["first_name"], patient["middle_name"], patient["last_name"], patient["suffix"] }.Where(part => part is not null));

    private static void ShowWhatNext(Terminal terminal, EngineSettings settings, bool isRunning)
    {
        var program = File.Exists(Path.Combine(terminal.WorkingFolder, "src/InterfaceEngine/InterfaceEngine.csproj"))
            ? "dotnet run -c Release --project src/InterfaceEngine --"
            : Path.GetFileNameWithoutExtension(Environment.ProcessPath) is { } name and not "dotnet" ? name
            : $"dotnet {Path.GetRelativePath(terminal.WorkingFolder, Path.Combine(AppContext.BaseDirectory, "InterfaceEngine.dll"))}";
        var data = Path.GetRelativePath(terminal.WorkingFolder, settings.Data);
        terminal.Line();
        terminal.Line(isRunning ? "Try next, from another window:" : "Try next:");
        terminal.Line($"  {program} records show patient 12345 --practice 1959 --data {data}");
        terminal.Line($"  {program} map run {SampleFolder}/athena-s12.hl7 --practice 195900");
        terminal.Line($"  {program} review list --data {data}");
    }
}
