using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tls;

/// <summary>
/// Something made of files, made again when their content changes. A bad edit keeps the last good one, stays visible in
/// <see cref="Problem"/> until it is mended, and never stops the watching. The files are read every few seconds: they are
/// small, and notices of change get lost where a file is a link that is turned elsewhere. What two looks in a row find the
/// same is taken up: a file that is being written may read well with half of its certificates.
/// </summary>
internal sealed partial class ReloadedFiles<T> : IDisposable
    where T : class
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>The largest file that is read.</summary>
    private const int FileBytesMax = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly IReadOnlyList<string> _paths;
    private readonly Func<IReadOnlyList<byte[]>, T> _load;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private byte[] _seen;
    private byte[] _found;
    private volatile T _current;
    private volatile string? _problem;

    /// <param name="name">Whose files they are, for the log.</param>
    /// <param name="load">Makes it of the files' contents; throws <see cref="CertificateException"/> when it can't.</param>
    /// <exception cref="CertificateException">The files can't be used as they are now.</exception>
    public ReloadedFiles(string name, IReadOnlyList<string> paths, Func<IReadOnlyList<byte[]>, T> load, TimeProvider time, ILogger logger)
    {
        _name = name;
        _paths = paths;
        _load = load;
        _logger = logger;
        var contents = Read();
        _current = load(contents);
        _seen = _found = Hash(contents);
        _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>What was made of the last files that could be used.</summary>
    public T Current => _current;

    /// <summary>Why the files as they are now can't be used; null while they can.</summary>
    public string? Problem => _problem;

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_lock)
        {
            try
            {
                var contents = Read();
                var hash = Hash(contents);
                var isSettled = hash.AsSpan().SequenceEqual(_found);
                _found = hash;
                if (!isSettled || (_problem is null && hash.AsSpan().SequenceEqual(_seen)))
                {
                    return;
                }

                _current = _load(contents);
                _seen = hash;
                _problem = null;
                Log.CertificatesReloaded(_logger, _name, _paths[0]);
            }
            catch (CertificateException failure)
            {
                if (_problem != failure.Message)
                {
                    _problem = failure.Message;
                    Log.CertificatesNotReloaded(_logger, _name, failure.Message);
                }
            }
            catch (Exception failure)
            {
                // Thrown on from a timer, it would end the process, and every source and destination with it.
                _problem = "reading them failed inside the engine";
                var place = $"{failure.GetType()}\n{failure.StackTrace}";
                Log.CertificatesBroke(_logger, _name, place);
            }
        }
    }

    private List<byte[]> Read() => [.. _paths.Select(Read)];

    private static byte[] Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > FileBytesMax }
                ? throw new CertificateException($"{path}: is larger than {FileBytesMax} bytes, which no certificate's file is")
                : File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"{path}: can't be read: {failure.Message.TrimEnd('.')}", failure);
        }
    }

    private static byte[] Hash(List<byte[]> contents) => SHA256.HashData([.. contents.SelectMany(SHA256.HashData)]);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Critical, Message = "{Name} keeps its certificates, for looking at the files failed inside the engine: {Place}")]
        public static partial void CertificatesBroke(ILogger logger, string name, string place);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Name} uses new certificates, from {File}")]
        public static partial void CertificatesReloaded(ILogger logger, string name, string file);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Name} keeps its certificates, for the new files can't be used: {Reason}")]
        public static partial void CertificatesNotReloaded(ILogger logger, string name, string reason);
    }
}
