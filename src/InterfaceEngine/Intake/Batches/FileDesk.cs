using InterfaceEngine.Core.Practices;

namespace InterfaceEngine.Intake.Batches;

/// <summary>Where files are brought: it knows as what source each may come.</summary>
/// <param name="intake">The way of each message.</param>
/// <param name="numbers">Numbers what is received.</param>
/// <param name="sources">The sources of the settings.</param>
/// <param name="practices">The practices.</param>
/// <param name="messageBytesMax">The largest message of a file that comes as no source of the settings, in bytes.</param>
internal sealed class FileDesk(
    IMessageIntake intake, NumberReporter numbers, IReadOnlyList<FileSource> sources, IReadOnlyList<Practice> practices, int messageBytesMax)
{
    public IEnumerable<string> Sources => sources.Select(source => source.Binding.Name);

    /// <summary>A source of the settings; null when there is none of this name.</summary>
    public FileSource? Source(string name) => sources.FirstOrDefault(source => source.Binding.Name == name);

    /// <summary>
    /// A practice's files that come as no source of the settings: <c>import:1959</c>, a name that no setting can have, with the
    /// practice's own ways. Null when there is no such practice.
    /// </summary>
    public FileSource? OfPractice(string id) =>
        practices.Any(practice => practice.Id == id) ? new FileSource(new SourceBinding { Name = $"import:{id}", Practices = [id] }, messageBytesMax) : null;

    /// <inheritdoc cref="FileImport.BeginAsync"/>
    public Task<FileImport> BeginAsync(FileSource source, string file, bool givesReplies, CancellationToken cancellationToken) =>
        FileImport.BeginAsync(intake, numbers, source, file, givesReplies, cancellationToken);
}
