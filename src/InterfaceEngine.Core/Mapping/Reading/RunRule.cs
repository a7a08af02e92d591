using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>Header <c>run:</c>, made ready to read: how far the segments go that make one record together.</summary>
internal sealed class RunRule(SegmentRun run)
{
    /// <summary>The last segment of the record that <paramref name="first"/> begins, and how many they are.</summary>
    public (Hl7Segment Last, int Count) EndOf(Hl7Segment first, RecordReading reading)
    {
        var message = reading.Message!;
        var (last, count) = (first, 1);
        if (!Holds(first, reading))
        {
            return (last, count);
        }

        for (var index = message.IndexOf(first.Key, first.Index + 1); index >= 0; index = message.IndexOf(first.Key, index + 1))
        {
            var next = new Hl7Segment(message, index);
            if (message.Tree.OpenerOf(index) != message.Tree.OpenerOf(first.Index) || !SaysTheSame(first, next) || !Holds(next, reading))
            {
                break;
            }

            (last, count) = (next, count + 1);
        }

        return (last, count);
    }

    private bool Holds(Hl7Segment segment, RecordReading reading)
    {
        reading.LookFrom(segment);
        return run.When.Holds(reading);
    }

    private bool SaysTheSame(Hl7Segment one, Hl7Segment other)
    {
        foreach (var place in run.Places)
        {
            if (!place.GetIn(one).Raw.SequenceEqual(place.GetIn(other).Raw))
            {
                return false;
            }
        }

        return true;
    }
}
