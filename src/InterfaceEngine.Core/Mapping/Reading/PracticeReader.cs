using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// The maps of one practice, made ready to read: which record types an event makes, and how. Made once for a
/// mapping set, immutable, used by all threads. The same message gives the same records on any day.
/// </summary>
public sealed class PracticeReader
{
    private static readonly Hl7Path _department = Hl7Path.Parse("MSH-4.3");

    private readonly Dictionary<string, Plan> _events;
    private readonly Dictionary<string, Plan> _files;
    private readonly Dictionary<string, Plan> _calls;
    private readonly Dictionary<string, Plan> _resources;
    private readonly ReferenceTable? _locations;

    public PracticeReader(PracticeMaps maps)
    {
        Maps = maps;
        _events = Plans(maps, MapFormat.Hl7);
        _files = Plans(maps, MapFormat.Csv);
        _calls = Plans(maps, MapFormat.AthenaNet);
        _resources = Plans(maps, MapFormat.Fhir);
        _locations = maps.References.GetValueOrDefault("location");
    }

    public PracticeMaps Maps { get; }

    public Practice Practice => Maps.Practice;

    /// <summary>Whether any map takes the message's event.</summary>
    public bool IsMapped(Hl7Message message) => _events.ContainsKey(message.EventType);

    /// <summary>Reads every record a message tells of, and when it happened. Never throws for what a sender sent.</summary>
    public MappedMessage Read(Hl7Message message, ReadContext context)
    {
        var zone = ZoneOfSender(_locations, message);
        var scope = new ReadingScope(MapFormat.Hl7, context.ReceivedAt, zone ?? Practice.Zone) { Trace = context.Trace };
        var eventTime = context.EventTime ?? EventClock.Read(message, scope);
        scope.Zone = Practice.Zone;
        var plan = _events.GetValueOrDefault(message.EventType, Plan.None);
        return Run(new RecordReading(scope, message, null, plan.SlotsMax) { DepartmentZone = zone }, plan, eventTime);
    }

    /// <summary>Reads every record a row of a file tells of.</summary>
    /// <param name="row">The row.</param>
    /// <param name="file">The kind of file as the maps name it, e.g. <c>Patients file</c>.</param>
    /// <param name="context">When it was received, and when the file was extracted.</param>
    public MappedMessage Read(CsvRow row, string file, ReadContext context)
    {
        var scope = new ReadingScope(MapFormat.Csv, context.ReceivedAt, Practice.Zone) { Trace = context.Trace };
        if (row.Fault is { } fault)
        {
            scope.Reject(MappingCodes.Row, fault);
        }

        var plan = _files.GetValueOrDefault(file, Plan.None);
        return Run(new RecordReading(scope, null, row, plan.SlotsMax), plan, context.EventTime ?? context.ReceivedAt);
    }

    /// <summary>Reads every record a FHIR resource or Bundle, or an answer of athenaNet, tells of.</summary>
    /// <param name="body">The document.</param>
    /// <param name="call">Of athenaNet, the call as it was made below the practice (<c>GET /chart/34772/allergies</c>), or as the maps name it; a resource says itself what it is.</param>
    /// <param name="context">When it was received.</param>
    public MappedMessage Read(JsonBody body, string call, ReadContext context)
    {
        var isFhir = JsonMessage.IsFhir(body);
        var scope = new ReadingScope(isFhir ? MapFormat.Fhir : MapFormat.AthenaNet, context.ReceivedAt, Practice.Zone) { Trace = context.Trace };
        var objects = JsonMessage.Objects(body);
        var deleted = DeletedResource.In(body, out var unread);
        var (called, address) = isFhir ? (Plan.None, null) : PlanOf(call);
        if (objects.Count + deleted.Count + unread == 0)
        {
            return ReadNothing(body, isFhir || called.IsMapped, scope, context);
        }

        var times = objects.Select(resource => context.EventTime ?? (isFhir ? JsonMessage.EventTime(resource, scope) : context.ReceivedAt)).ToArray();
        var plans = isFhir ? objects.Select(resource => _resources.GetValueOrDefault(JsonMessage.FhirMessageOf(resource), Plan.None)).ToArray()
            : [.. Enumerable.Repeat(called, objects.Count)];
        var reading = new RecordReading(scope, null, null, plans.Concat(deleted.Select(PlanOf)).Select(plan => plan.SlotsMax).DefaultIfEmpty().Max()) { Address = address };
        var records = new List<IncomingRecord>();
        for (var index = 0; index < objects.Count; index++)
        {
            reading.Root = objects[index];
            reading.EventTime = times[index].ToUnixTimeMilliseconds();
            foreach (var step in plans[index].Steps)
            {
                step.Map.Read(reading, step.Rule, records);
            }
        }

        var eventTime = JsonMessage.IsCollection(body) ? context.EventTime ?? (isFhir ? JsonMessage.EventTime(body.Root, scope) : context.ReceivedAt) : times[0];
        ReadDeleted(deleted, unread, reading, eventTime, records);
        return Result(reading, records, eventTime, isMapped: Array.Exists(plans, plan => plan.IsMapped) || unread > 0 || deleted.Any(one => PlanOf(one).IsMapped));
    }

    /// <summary>What a Bundle tells to be deleted, at the time of the Bundle.</summary>
    private void ReadDeleted(IReadOnlyList<DeletedResource> deleted, int unread, RecordReading reading, Instant at, List<IncomingRecord> records)
    {
        reading.EventTime = at.ToUnixTimeMilliseconds();
        foreach (var one in deleted)
        {
            reading.Root = one.Remains().Root;
            foreach (var step in PlanOf(one).Steps)
            {
                step.Map.ReadDeleted(reading, one, step.Rule, records);
            }
        }

        if (unread > 0)
        {
            reading.Scope.Begin(null, null);
            reading.Scope.Path = "entry.request.url";
            reading.Scope.Reject(MappingCodes.DeletedWhich, $"{unread} deletions name no resource by type and id.");
        }
    }

    private Plan PlanOf(DeletedResource deleted) => _resources.GetValueOrDefault(deleted.Message, Plan.None);

    /// <summary>A document without an object: an answer that found nothing is none to refuse.</summary>
    private static MappedMessage ReadNothing(JsonBody body, bool isMapped, ReadingScope scope, ReadContext context)
    {
        if (JsonMessage.IsEmptyAnswer(body))
        {
            scope.Note(MappingCodes.NoObject, "the answer is empty: it makes no record.");
        }
        else
        {
            scope.Reject(MappingCodes.NoObject, "the document holds no object that makes a record.");
        }

        return Result(new RecordReading(scope, null, null), [], context.EventTime ?? context.ReceivedAt, isMapped);
    }

    /// <summary>What a call does, and what it says in its address.</summary>
    private (Plan Plan, JsonBody? Address) PlanOf(string call)
    {
        if (_calls.TryGetValue(call, out var listed))
        {
            return (listed, null);
        }

        foreach (var (template, plan) in _calls)
        {
            if (CallAddress.Read(template, call) is { } address)
            {
                return (plan, address);
            }
        }

        return (Plan.None, null);
    }

    /// <summary>Whether any map takes the answers of a call of athenaNet, as it was made or as the maps name it, or resources of a type (<c>FHIR Patient</c>).</summary>
    public bool ReadsCall(string call) => PlanOf(call).Plan.IsMapped || _resources.ContainsKey(call);

    /// <summary>The call of athenaNet whose map reads most of an object; null when none reads anything of it.</summary>
    public string? CallOf(JsonBody body) => JsonMessage.Objects(body) is [var first, ..] ? _calls
        .Where(call => call.Value.IsMapped)
        .Select(call => (call.Key, Count: call.Value.Steps.Max(step => step.Map.CountSaid(first))))
        .Where(call => call.Count > 0)
        .OrderByDescending(call => call.Count)
        .Select(call => call.Key)
        .FirstOrDefault() : null;

    private static MappedMessage Run(RecordReading reading, Plan plan, Instant eventTime)
    {
        var records = new List<IncomingRecord>(plan.Steps.Length);
        foreach (var step in plan.Steps)
        {
            step.Map.Read(reading, step.Rule, records);
        }

        if (plan.IsMapped)
        {
            NoteNothingTold(reading.Scope, plan.Steps, records);
        }

        return Result(reading, records, eventTime, plan.IsMapped);
    }

    private static MappedMessage Result(RecordReading reading, List<IncomingRecord> records, Instant eventTime, bool isMapped)
    {
        if (isMapped && reading.Message is { Problems: { Count: > 0 } problems })
        {
            AddProblems(problems, reading.Scope);
        }

        return new MappedMessage
        {
            Records = records,
            Notes = reading.Scope.Notes,
            EventTime = eventTime.ToUnixTimeMilliseconds(),
            IsMapped = isMapped,
            Attachments = reading.Scope.Attachments is { Count: > 0 } attachments ? Named(attachments, records) : [],
            IncompleteLists = reading.IncompleteLists ?? (IReadOnlyList<string>)[],
            IsRejected = reading.Scope.Has(NoteSeverity.Reject),
            IsHeld = reading.Scope.Has(NoteSeverity.Hold),
        };
    }

    /// <summary>A message that makes no record but those it merely fills holds nothing of what its event tells of: that is said.</summary>
    private static void NoteNothingTold(ReadingScope scope, Step[] steps, List<IncomingRecord> records)
    {
        if (!scope.Has(NoteSeverity.Reject) && !records.Exists(record => record.Verb != Verb.Fill)
            && steps.Where(step => step.Rule.Verb != Verb.Fill && !step.Map.IsOptional).Select(step => step.Map.Type).Distinct().ToList() is { Count: > 0 } types)
        {
            scope.Begin(null, null);
            scope.Path = "MSH-9";
            scope.Warn(MappingCodes.NothingTold, $"the message holds nothing of what its event tells of: no {string.Join(", no ", types)}.");
        }
    }

    /// <summary>What a record names: a segment that made no record leaves nothing behind.</summary>
    private static List<IncomingAttachment> Named(List<IncomingAttachment> attachments, List<IncomingRecord> records)
    {
        var named = records.SelectMany(record => record.Fields).Where(field => field.Definition.As == AttachmentType.Name)
            .SelectMany(field => field.Value.Text?.Split(FieldValue.ListSeparator) ?? []).ToHashSet(StringComparer.Ordinal);
        return [.. attachments.Where(attachment => named.Contains(attachment.Value.ToString())).DistinctBy(attachment => attachment.Value.Id)];
    }

    /// <summary>What can't be read of the message as a whole, but for the bytes for which a value was refused already.</summary>
    private static void AddProblems(IReadOnlyList<Hl7Problem> problems, ReadingScope scope)
    {
        var refused = scope.Notes.Where(note => note.Code == MappingCodes.Undecodable).Select(note => note.Place).ToList();
        foreach (var problem in problems)
        {
            if (!refused.Exists(place => place.Offset <= problem.Range.Offset && problem.Range.Offset < place.Offset + place.Length))
            {
                scope.Add(new MappingNote
                {
                    Severity = NoteSeverity.Warning,
                    Code = MappingCodes.Undecodable,
                    Path = problem.Path,
                    Place = problem.Range,
                    Reason = problem.Reason + ".",
                });
            }
        }
    }

    /// <summary>The zone of the department that sent a message (MSH-4.3), by whose clock are the times of what has no place of its own; null when it is not known.</summary>
    internal static DateTimeZone? ZoneOfSender(ReferenceTable? locations, Hl7Message message)
    {
        if (locations is null || _department.Get(message) is not { HasValue: true } department)
        {
            return null;
        }

        Span<char> buffer = stackalloc char[Hl7Text.BufferLength];
        return department.TryCopy(buffer, out var length)
            ? locations.Find(buffer[..length].Trim())?.Zone
            : locations.Find(department.Decode().AsSpan().Trim())?.Zone;
    }

    private static Dictionary<string, Plan> Plans(PracticeMaps maps, MapFormat format)
    {
        var steps = new Dictionary<string, List<Step>>(StringComparer.OrdinalIgnoreCase);
        foreach (var map in maps.Maps)
        {
            if (!map.Messages.Any(rule => rule.Format == format))
            {
                continue;
            }

            var compiled = new CompiledMap(map, format);
            foreach (var rule in map.Messages.Where(rule => rule.Format == format).DistinctBy(rule => rule.Message))
            {
                if (!steps.TryGetValue(rule.Message, out var list))
                {
                    steps[rule.Message] = list = [];
                }

                list.Add(new Step(compiled, rule));
            }
        }

        return steps.ToDictionary(pair => pair.Key, pair => new Plan([.. pair.Value], pair.Value.Max(step => step.Map.SlotCount)), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What an event makes.</summary>
    /// <param name="Steps">The record types, in the order in which they are applied; none for an event that no map takes.</param>
    /// <param name="SlotsMax">The most fields that one of them has.</param>
    private sealed record Plan(Step[] Steps, int SlotsMax)
    {
        public static readonly Plan None = new([], 0);

        public bool IsMapped => Steps.Length > 0;
    }

    /// <summary>One record type that an event makes.</summary>
    private sealed record Step(CompiledMap Map, MessageRule Rule);
}
