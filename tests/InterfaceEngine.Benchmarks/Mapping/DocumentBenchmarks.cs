using System.Text;
using BenchmarkDotNet.Attributes;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Benchmarks.Mapping;

/// <summary>
/// How many FHIR documents of 3 KB does one core turn into records (parsing included), and how many records does it write in each
/// format? A written document is checked and read back before it is given out, which is measured too. The bar: 50,000 a second each.
/// </summary>
[MemoryDiagnoser]
public class DocumentBenchmarks
{
    /// <summary>A file has a header, so a row costs what its share of many does.</summary>
    private const int RowsOfFile = 100;

    private static readonly EngineId _patientId = new(70001);

    private PracticeReader _reader = null!;
    private PracticeWriter _writer = null!;
    private byte[] _patient = [];
    private byte[] _appointment = [];
    private StoredRecord _record = null!;
    private IReadOnlyList<IReadOnlyList<StoredRecord>> _rows = [];
    private ReadContext _context;
    private OutgoingHeader _header = null!;

    /// <summary>What each measures, for people.</summary>
    internal static IReadOnlyDictionary<string, string> Titles { get; } = new Dictionary<string, string>
    {
        [nameof(PatientToRecord)] = "FHIR Patient of 3 KB to its record",
        [nameof(AppointmentToRecord)] = "FHIR Appointment of 3 KB to its record",
        [nameof(RecordToHl7)] = "a patient's record to HL7 v2",
        [nameof(RecordToCsv)] = "a patient's record to CSV",
        [nameof(RecordToAthenaNet)] = "a patient's record to athenaNet",
        [nameof(RecordToFhir)] = "a patient's record to FHIR R4",
    };

    [GlobalSetup]
    public void Load()
    {
        var root = MapBenchmarks.Root();
        _reader = MapBenchmarks.Reader(root);
        _writer = new PracticeWriter(_reader);
        _patient = ThreeKilobytes(Path.Combine(root, "samples", "json", "fhir-patient.json"));
        _appointment = ThreeKilobytes(Path.Combine(root, "samples", "json", "fhir-appointment.json"));
        _context = new ReadContext(Instant.FromUtc(2026, 2, 1, 0, 0));
        _header = new OutgoingHeader { SendingApplication = "PRACTICESTUDIO", ReceivingApplication = "ATHENA", ControlId = "0ABCDEFGHJKMN", Instant = _context.ReceivedAt };
        var read = _reader.Read(JsonBody.Parse(_patient), "", _context).Records.Single();
        _record = new StoredRecord
        {
            Id = _patientId,
            Practice = "195900",
            Type = "patient",
            Version = 1,
            Aliases = read.Aliases,
            Fields = [.. read.Fields.Where(field => field.Value.HasValue && field.Definition.Name is not "race").Select(field => new StoredField(field.Definition.Name, field.Value.Text, null, null, ByteRange.None))],
        };
        _rows = [.. Enumerable.Repeat<IReadOnlyList<StoredRecord>>([_record], RowsOfFile)];
        foreach (var written in new[] { RecordToHl7(), RecordToCsv(), RecordToAthenaNet(), RecordToFhir() })
        {
            if (written.IsRefused)
            {
                throw new InvalidOperationException($"it is refused: {written.Notes[0].Code} {written.Notes[0].Reason}");
            }
        }
    }

    [Benchmark]
    public int PatientToRecord() => _reader.Read(JsonBody.Parse(_patient), "", _context).Records.Count;

    [Benchmark]
    public int AppointmentToRecord() => _reader.Read(JsonBody.Parse(_appointment), "", _context).Records.Count;

    [Benchmark]
    public WrittenMessage RecordToHl7() => _writer.Write(new OutgoingMessage { Event = "ADT^A08", Records = [_record], ExternalIdOf = _ => "34772", Header = _header });

    [Benchmark(OperationsPerInvoke = RowsOfFile)]
    public WrittenMessage RecordToCsv() => _writer.Write(new OutgoingFile { Kind = "Patients file", Rows = _rows, ExternalIdOf = _ => "34772", Instant = _context.ReceivedAt });

    [Benchmark]
    public WrittenMessage RecordToAthenaNet() => _writer.Write(Document("POST /patients"));

    [Benchmark]
    public WrittenMessage RecordToFhir() => _writer.Write(Document("FHIR Patient"));

    private OutgoingDocument Document(string message) => new() { Message = message, Record = _record, ExternalIdOf = _ => "34772", Instant = _context.ReceivedAt };

    /// <summary>The sample, with a text of the length that is missing.</summary>
    private static byte[] ThreeKilobytes(string file)
    {
        var draft = JsonDraft.From(JsonBody.Parse(File.ReadAllBytes(file)).Root);
        draft.Set("implicitRules", JsonDraft.Of(new string('x', Math.Max(1, 3072 - draft.ToBytes().Length - 20))));
        return draft.ToBytes().ToArray();
    }
}
