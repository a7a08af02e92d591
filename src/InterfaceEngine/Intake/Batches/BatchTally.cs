using System.Globalization;
using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Batches;

/// <summary>Counts what a batch or a file holds and compares it with what its envelope states.</summary>
internal sealed class BatchTally
{
    /// <summary>How many problems are told.</summary>
    private const int ProblemsMax = 20;

    private readonly List<string> _problems = [];
    private int _batches;
    private long _inBatch;
    private bool _isBatchOpen;
    private bool _isBare;
    private bool _isFileOpen;

    /// <summary>The sum of what the trailers state; null when none does.</summary>
    public long? Stated { get; private set; }

    /// <summary>A header has come and its trailer has not.</summary>
    public bool IsOpen => _isBatchOpen || _isFileOpen;

    /// <summary>FHS, else BHS, the first that came; null when there is no envelope.</summary>
    public BatchPart? Header { get; private set; }

    /// <summary>What is to be said of the envelope, once all was read.</summary>
    public BatchVerdict Verdict { get; private set; } = BatchVerdict.Complete;

    /// <summary>What is wrong with the envelope, for people; never content.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public void Add(BatchPart part)
    {
        switch (part.Kind)
        {
            case BatchPartKind.Message:
                BeginBare();
                _inBatch++;
                break;
            case BatchPartKind.FileHeader:
                Header ??= part;
                _isFileOpen = true;
                break;
            case BatchPartKind.BatchHeader:
                CutOff();
                Header ??= part;
                (_isBatchOpen, _isBare, _inBatch) = (true, false, 0);
                _batches++;
                break;
            case BatchPartKind.BatchTrailer:
                EndBatch(part);
                break;
            default:
                EndFile(part);
                break;
        }
    }

    /// <summary>All was read.</summary>
    public void End()
    {
        CutOff();
        if (_isFileOpen)
        {
            Problem(BatchVerdict.CutOff, "the file has no FTS: it was cut off, or its sender left it out");
        }
    }

    /// <summary>BHS and BTS may be left out of a file: its messages outside of them are one batch.</summary>
    private void BeginBare()
    {
        if (_isFileOpen && !_isBatchOpen && !_isBare)
        {
            _isBare = true;
            _batches++;
        }
    }

    private void EndBatch(BatchPart trailer)
    {
        if (!_isBatchOpen)
        {
            _batches += _isBare ? 0 : 1;
            Problem(BatchVerdict.Mismatch, $"batch {_batches} has a BTS and no BHS");
        }

        CheckNumber(trailer, "BTS-1", $"batch {_batches}");
        if (trailer.Count is { } stated)
        {
            Stated = (Stated ?? 0) + stated;
            if (stated != _inBatch)
            {
                Problem(BatchVerdict.Mismatch, string.Create(CultureInfo.InvariantCulture, $"batch {_batches} states {stated} messages (BTS-1) and has {_inBatch}"));
            }
        }

        (_isBatchOpen, _isBare, _inBatch) = (false, false, 0);
    }

    private void EndFile(BatchPart trailer)
    {
        CutOff();
        CheckNumber(trailer, "FTS-1", "the file");
        if (trailer.Count is { } stated && stated != _batches)
        {
            Problem(BatchVerdict.Mismatch, string.Create(CultureInfo.InvariantCulture, $"the file states {stated} batches (FTS-1) and has {_batches}"));
        }

        (_isFileOpen, _isBare) = (false, false);
    }

    /// <summary>A count that can't be read can't be compared, and whoever sent it believes that it is.</summary>
    private void CheckNumber(BatchPart trailer, string place, string what)
    {
        if (trailer.Count is null && trailer.Field(1).Length > 0)
        {
            Problem(BatchVerdict.Mismatch, $"the count of {what} ({place}) is no number");
        }
    }

    private void CutOff()
    {
        if (_isBatchOpen)
        {
            Problem(BatchVerdict.CutOff, $"batch {_batches} has no BTS: it was cut off, or its sender left it out");
            _isBatchOpen = false;
        }
    }

    private void Problem(BatchVerdict verdict, string text)
    {
        // What was cut off can't have the right counts either.
        Verdict = Verdict == BatchVerdict.CutOff ? Verdict : verdict;
        if (_problems.Count < ProblemsMax)
        {
            _problems.Add(text);
        }
    }
}
