using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Sources.Files;

/// <summary>
/// Stands in for whoever reads files where a test is about the moving of files: it reads them to their end, remembers their content, and
/// decides by it. <c>refuse</c>, <c>hold</c> and <c>lose</c> at the beginning of a file say what becomes of it. Pollers read while a test looks.
/// </summary>
internal sealed class ContentIntake : IFileIntake
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileRun> _runs = [];
    private readonly List<string> _read = [];

    /// <summary>The texts that were read so far, in order.</summary>
    public IReadOnlyList<string> Read
    {
        get
        {
            lock (_gate)
            {
                return [.. _read];
            }
        }
    }

    /// <summary>Called when a file is open and before it is read.</summary>
    public Func<OfferedFile, Task> OnReading { get; set; } = _ => Task.CompletedTask;

    public async Task<FileOutcome> TakeAsync(OfferedFile file, CancellationToken cancellationToken)
    {
        await using var stream = await file.OpenAsync(cancellationToken);
        await OnReading(file);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync(cancellationToken);
        lock (_gate)
        {
            return Take(file, text);
        }
    }

    /// <summary>A person decides about every run that is held.</summary>
    public void Decide(FileRunState state)
    {
        lock (_gate)
        {
            foreach (var (key, run) in _runs.Where(one => one.Value.State == FileRunState.Held).ToList())
            {
                _runs[key] = run with { State = state };
            }
        }
    }

    public FileRunState? StateOf(EngineId run)
    {
        lock (_gate)
        {
            return _runs.Values.FirstOrDefault(one => one.Id == run)?.State;
        }
    }

    private FileOutcome Take(OfferedFile file, string text)
    {
        var content = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var key = Convert.ToHexString(content);
        if (_runs.TryGetValue(key, out var before) && before.State is not FileRunState.Released)
        {
            return new FileOutcome(before with { State = before.State == FileRunState.Done ? FileRunState.Known : before.State }, before.State == FileRunState.Held ? "small" : null);
        }

        var state = before is null && text.StartsWith("hold", StringComparison.Ordinal) ? FileRunState.Held
            : text.StartsWith("lose", StringComparison.Ordinal) ? FileRunState.Running
            : text.StartsWith("refuse", StringComparison.Ordinal) ? FileRunState.Refused : FileRunState.Done;
        if (state == FileRunState.Done)
        {
            _read.Add(text);
        }

        var run = new FileRun
        {
            Id = new EngineId(_runs.Count + 1),
            Practice = file.Practice,
            Source = file.Source,
            Kind = file.Kind,
            Content = content,
            Size = file.Size,
            Rows = text.Count(letter => letter == '\n'),
            EventAt = file.ModifiedAt.ToUnixTimeMilliseconds(),
            ReceivedAt = file.ModifiedAt.ToUnixTimeMilliseconds(),
            EndedAt = null,
            State = state,
            Position = 0,
            Pending = RowRanges.None,
            Counts = default,
            Detail = "{}",
        };
        if (state == FileRunState.Running)
        {
            return new FileOutcome(run, "Another has taken it up.");
        }

        _runs[key] = run;
        return new FileOutcome(run, state switch { FileRunState.Held => "small", FileRunState.Refused => "no header", _ => null });
    }
}
