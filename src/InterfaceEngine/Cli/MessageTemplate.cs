using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Cli;

/// <summary>
/// A message to send once or many times. A numbered copy has its own MSH-10, and its own patient, visit and
/// appointment ids, so that a small set of samples becomes a large practice.
/// </summary>
internal sealed class MessageTemplate
{
    /// <summary>Where ids stand: of the patient, of the account, of the visit, of the appointment.</summary>
    private static readonly (string Segment, int[] Fields)[] _ids = [("PID", [2, 3, 4, 18]), ("PV1", [19]), ("SCH", [1, 2]), ("MRG", [1])];

    private readonly Hl7Message? _message;
    private readonly List<(int At, bool IsControlId)> _places = [];

    public MessageTemplate(FileMessage source)
    {
        Source = source;
        if (!Hl7Message.TryParse(source.Body, out _message, out _))
        {
            Event = "?";
            Lane = "";
            return;
        }

        Event = _message.EventType;
        Lane = _message.Find("PID").Field(3).Repetition(1).Component(1).Decode();
        Note(_message.GetSegment(0).Field(10).Range, isControlId: true);
        foreach (var (name, fields) in _ids)
        {
            foreach (var segment in _message.FindAll(name))
            {
                foreach (var field in fields)
                {
                    var ids = segment.Field(field);
                    for (var number = 1; number <= ids.RepetitionCount; number++)
                    {
                        var id = ids.Repetition(number).Component(1);
                        Note(id.HasValue ? id.Range : ByteRange.None, isControlId: false);
                    }
                }
            }
        }

        _places.Sort();
    }

    public FileMessage Source { get; }

    /// <summary>The trigger event; <c>?</c> when the message can't be read, and is sent all the same.</summary>
    public string Event { get; }

    /// <summary>Messages of one patient keep their order.</summary>
    public string Lane { get; }

    public string ControlId => _message?.ControlId ?? "";

    /// <summary>The bytes to send: as they stand for copy 0, else with numbers behind the ids.</summary>
    /// <param name="run">Tells this run's control ids from those of an earlier one.</param>
    /// <param name="copy">Counts from 1.</param>
    public ReadOnlyMemory<byte> Copy(string run, int copy)
    {
        if (copy == 0 || _places.Count == 0)
        {
            return Source.Body;
        }

        var (id, control) = (Encoding.ASCII.GetBytes($"-{copy}"), Encoding.ASCII.GetBytes($"-{run}-{copy}"));
        var bytes = new List<byte>(Source.Body.Length + (_places.Count * control.Length));
        var from = 0;
        foreach (var (at, isControlId) in _places)
        {
            bytes.AddRange(Source.Body.Span[from..at]);
            bytes.AddRange(isControlId ? control : id);
            from = at;
        }

        bytes.AddRange(Source.Body.Span[from..]);
        return bytes.ToArray();
    }

    private void Note(ByteRange range, bool isControlId)
    {
        if (!range.IsNone)
        {
            _places.Add((range.Offset + range.Length, isControlId));
        }
    }
}
