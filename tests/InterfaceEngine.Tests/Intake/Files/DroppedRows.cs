using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>Files of rows offered to a real engine, as a poller offers them.</summary>
internal static class DroppedRows
{
    public const string Source = "nightly";

    /// <summary>When a file was made that says nothing else.</summary>
    public static readonly DateTimeOffset Made = new(2026, 2, 1, 6, 0, 0, TimeSpan.Zero);

    public const string PatientColumns = "PatientID,FirstName,LastName,DOB,Gender,Zip,Phone";

    public static RowFileIntake Intake(this TestEngine engine, RowFileRules? rules = null) => engine.Core.RowFiles(rules ?? new RowFileRules());

    public static OfferedFile File(byte[] bytes, string kind = "Patients file", DateTimeOffset? made = null, string name = "drop.csv", bool isAgain = false) => new()
    {
        Practice = "1959",
        Source = Source,
        Kind = kind,
        Name = name,
        ModifiedAt = made ?? Made,
        Size = bytes.Length,
        IsAgain = isAgain,
        OpenAsync = _ => Task.FromResult<Stream>(new MemoryStream(bytes)),
    };

    public static OfferedFile File(string text, string kind = "Patients file", DateTimeOffset? made = null, bool isAgain = false) =>
        File(Bytes(text), kind, made, isAgain: isAgain);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static Task<FileOutcome> TakeAsync(this TestEngine engine, string text, string kind = "Patients file", DateTimeOffset? made = null, RowFileRules? rules = null) =>
        engine.Intake(rules).TakeAsync(File(text, kind, made), default);

    /// <summary>A patient's row under <see cref="PatientColumns"/>.</summary>
    public static string Patient(int number, string? last = null, string zip = "62701", string phone = "") =>
        $"{number},Sam,{last ?? $"Sample{number}"},1980-05-15,F,{zip},{phone}";

    public static string Patients(IEnumerable<int> numbers) => $"{PatientColumns}\n{string.Concat(numbers.Select(number => Patient(number) + "\n"))}";

    /// <summary>The messages that a run made, in the order of its rows.</summary>
    public static async Task<IReadOnlyList<StoredMessage>> MessagesAsync(this TestEngine engine, FileRun run) =>
        await engine.Store.ReadAsync(reader => reader.BatchMessages(run.Id, EngineId.None, 1000).Select(message => reader.Message(message.Id)!).ToList(), default);
}
