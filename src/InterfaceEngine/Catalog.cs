using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Mllp;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>Names in the settings and what they stand for. A new kind of source is one line here.</summary>
internal static class Catalog
{
    /// <summary>The words for <c>Kind</c> of a source; the first is the default.</summary>
    public static IReadOnlyList<string> SourceKinds { get; } = ["mllp"];

    /// <summary>Makes a source; it does not listen yet.</summary>
    public static MllpSource Open(SourceSettings source, SourceNumbers numbers, TimeProvider time, ILoggerFactory loggers) => source.Kind switch
    {
        "mllp" => new MllpSource(source.Binding, numbers, source.Listens, source.Limits, source.Access, time, loggers.CreateLogger<MllpSource>()),
        _ => throw new ArgumentException($"'{source.Kind}' is no kind of source", nameof(source)),
    };
}
