using System.Text;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>One record type's table, made ready to write one format.</summary>
internal sealed class RecordWriter
{
    private readonly RecordMap _map;
    private readonly MapFormat _format;
    private readonly ICellWriter[][] _fields;
    private readonly FieldRow[] _named;
    private readonly FieldRow[] _required;
    private readonly FieldRow? _location;

    /// <param name="map">The table.</param>
    /// <param name="format">The format.</param>
    /// <param name="resource">For FHIR, the resource's type; otherwise null.</param>
    public RecordWriter(RecordMap map, MapFormat format, string? resource = null)
    {
        _map = map;
        _format = format;
        Resource = resource;
        _fields = [.. map.Rows
            .GroupBy(row => row.Name)
            .Select(rows => rows.Select(row => Writer(row)).OfType<ICellWriter>().ToArray())
            .Where(rows => rows.Length > 0)
            .OrderBy(rows => Array.Exists(rows, row => row.DependsOnMessage) ? 1 : 0)];
        Rows = [.. _fields.SelectMany(rows => rows)];
        _named = [.. map.Rows.Where(row => row.IsKey || row.AliasSystem is not null)];
        _required = [.. map.Rows.Where(row => row.Definition.IsRequired).DistinctBy(row => row.Name)];
        _location = map.UsesLocationZone ? map.Rows.FirstOrDefault(row => row.As is { Type: "ref", Kind: "location" }) : null;
    }

    public RecordMap Map => _map;

    /// <summary>For FHIR, the resource's type; otherwise null.</summary>
    public string? Resource { get; }

    /// <summary>The rows that write, in the order in which they do.</summary>
    public IReadOnlyList<ICellWriter> Rows { get; }

    /// <summary>Makes a record ready to be written: its values, and what its equations give.</summary>
    public RecordWriting Begin(StoredRecord record, IReadOnlySet<ClearedField> cleared, MessageDraft draft, WritingScope scope, LocalDate today, int number) =>
        Fill(new RecordWriting(draft, scope, today) { Part = _map.Each is { } each ? new ItemSegment(each, number) : null }, record, cleared);

    /// <summary>Gives what is to be written the record's values, and what its equations give.</summary>
    public RecordWriting Fill(RecordWriting writing, StoredRecord record, IReadOnlySet<ClearedField> cleared)
    {
        foreach (var field in record.Fields)
        {
            writing[field.Name] = field.Value;
            if (field.Value is null && cleared.Contains(new ClearedField(record.Id, field.Name)))
            {
                writing.Clear(field.Name);
            }
        }

        // The name the vendor knows it by is its alias, which may be newer than the field.
        foreach (var row in _named)
        {
            writing[row.Name] ??= AliasOf(record, row.AliasSystem ?? _map.Definition.IdSystem);
        }

        foreach (var equation in _map.Equations)
        {
            Solve(equation, writing);
        }

        return writing;
    }

    /// <summary>Writes the record into the draft.</summary>
    /// <param name="record">The record.</param>
    /// <param name="rule">What the event does to it, by the table.</param>
    /// <param name="practiceZone">The zone of times where no location says another.</param>
    public void Write(RecordWriting record, MessageRule rule, DateTimeZone practiceZone)
    {
        record.Scope.Zone = ZoneOf(record) ?? practiceZone;
        record.Scope.WritesOffset = _map.WritesOffset;
        if (record.Part is { } item)
        {
            record.Draft.Require(item);
        }

        foreach (var rows in _fields)
        {
            record.Scope.LeavesOut = rule.Verb == Verb.Fill && !rows[0].Row.Definition.IsRequired;
            WriteField(rows, record);
        }

        record.Scope.LeavesOut = false;

        // Behind all others, because two fields may share a place and what one of them wrote there stays.
        foreach (var rows in record.Original.IsPresent ? _fields.Where(rows => IsRuledOut(rows[0].Row.Name, record)) : [])
        {
            foreach (var row in rows.OfType<JsonRowWriter>())
            {
                row.RemoveUntouched(record);
            }
        }

        WriteRemoved(record);
        CheckRequired(record, rule.Verb);
        CheckSets(record, rule);
        foreach (var check in _map.Checks.Where(check => check.IfNot != CheckOutcome.Warn && check.MustHold.Check(record) == CheckResult.Fails))
        {
            record.Scope.Begin(null, check.Reference);
            record.Scope.Reject(WritingCodes.Check, check.Say + ".");
        }
    }

    private static void WriteField(ICellWriter[] rows, RecordWriting record)
    {
        foreach (var row in rows)
        {
            if (!row.DependsOnMessage || !record.IsFresh)
            {
                if (row.Applies(record) && (record.IsFresh || !row.IsOnlyForNew))
                {
                    row.Write(record);
                    return;
                }

                continue;
            }

            // Whether it applies shows in the message that has it.
            var before = record.Draft.Mark();
            var count = record.Written.Count;
            row.Write(record);
            if (row.Applies(record))
            {
                return;
            }

            record.Draft.GoBack(before);
            record.Written.RemoveRange(count, record.Written.Count - count);
        }
    }

    /// <summary>
    /// By its own fields the record has no such field (the clinical status of what was entered in error). A condition that looks into a
    /// message, or at fields that the record does not have, says nothing of that.
    /// </summary>
    private bool IsRuledOut(string field, RecordWriting record)
    {
        foreach (var row in _map.Rows.Where(row => row.Name == field))
        {
            if (row.WhenIn(_format) is not { Paths.Count: 0 } when || when.Holds(record) || !when.Fields.Any(named => record[named.Name] is not null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A field of HL7 of which every part was removed becomes <c>""</c>. Beside other parts an empty one is enough where the
    /// fields are a unit; otherwise the part alone says <c>""</c>.
    /// </summary>
    private static void WriteRemoved(RecordWriting record)
    {
        foreach (var (row, path) in record.Removed)
        {
            record.Scope.Begin(row.Name, row.Cells[MapFormat.Hl7].Reference, path.ToString());
            var whole = path.WithComponent(0);
            var saysMore = record.Draft.Get(whole, record.Part) is { HasValue: true } field && !field.SaysNothing();
            if (saysMore && row.Definition.Unit != row.Name)
            {
                continue;
            }

            record.Draft.Set(saysMore ? path : whole, record.Part, null);
        }
    }

    /// <summary>What must be there is said by the table's rules; the end of a record is told whatever it lacks.</summary>
    private void CheckRequired(RecordWriting record, Verb verb)
    {
        if (verb == Verb.Cancel)
        {
            return;
        }

        foreach (var row in _required)
        {
            if (record[row.Name] is not null)
            {
                continue;
            }

            record.Scope.Begin(row.Name, row.Cells.GetValueOrDefault(_format)?.Reference ?? row.Origin);
            record.Scope.Reject(WritingCodes.Required, $"{row.Name} is required and holds nothing.");
        }
    }

    /// <summary>An event means something itself (S15: cancelled), which the record must not contradict.</summary>
    private static void CheckSets(RecordWriting record, MessageRule rule)
    {
        foreach (var set in rule.Sets)
        {
            if (record[set.Field.Name] is { } stored && set.Value.Evaluate(record).Text is { } meant && meant != stored)
            {
                record.Scope.Begin(set.Field.Name, set.Reference);
                record.Scope.Reject(
                    WritingCodes.Contradiction,
                    $"{rule.Message} would say another {set.Field.Name} than what is stored.",
                    stored,
                    $"{rule.Message} says {set.Field.Name} = {meant}, and {stored} is stored.");
            }
        }
    }

    private DateTimeZone? ZoneOf(RecordWriting record) =>
        (_location is not null && record[_location.Name] is { } id ? _location.As.References?.Rows.FirstOrDefault(row => row.Id == id)?.Zone : null)
        ?? (_format == MapFormat.AthenaNet && _map.ZoneMember is { } member && record.Original.IsPresent ? LocationClock.Named(record.Original, Encoding.UTF8.GetBytes(member)) : null);

    private string? AliasOf(StoredRecord record, string system)
    {
        foreach (var alias in record.Aliases)
        {
            if (alias.System == system && alias.Type == _map.Type && _map.Key.Count == 0)
            {
                return alias.Value;
            }
        }

        return null;
    }

    private ICellWriter? Writer(FieldRow row) => _format switch
    {
        MapFormat.Hl7 => RowWriter.Of(row, _map.Region),
        MapFormat.Csv => CsvRowWriter.Of(row, _map.Region),
        _ => JsonRowWriter.Of(row, _format, Resource, _map.Region),
    };

    private static void Solve(Equation equation, RecordWriting record)
    {
        var sum = EquationNumbers.Read(equation, equation.Sum, record[equation.Sum.Name]);
        var left = EquationNumbers.Read(equation, equation.Left, record[equation.Left.Name]);
        var right = EquationNumbers.Read(equation, equation.Right, record[equation.Right.Name]);
        var (row, number) = (sum, left, right) switch
        {
            ({ } whole, { } part, null) => (equation.Right, whole - part),
            ({ } whole, null, { } part) => (equation.Left, whole - part),
            (null, { } one, { } other) => (equation.Sum, one + other),
            _ => (equation.Sum, default(decimal?)),
        };
        if (number is { } found)
        {
            record[row.Name] = EquationNumbers.Write(equation, row, found);
        }
    }
}
