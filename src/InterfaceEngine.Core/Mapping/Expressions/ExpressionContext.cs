using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>What the words of a formula can mean: the fields of one record type, the code tables, the paths.</summary>
public sealed class ExpressionContext
{
    private readonly Dictionary<string, ExpressionField> _fields = new(StringComparer.Ordinal);

    /// <param name="recordType">The record type, for problems: <c>phone_moble is not a field of patient</c>.</param>
    /// <param name="fields">Its fields, those in brackets included. Of two with one name the first counts.</param>
    public ExpressionContext(string recordType, IEnumerable<ExpressionField> fields)
    {
        RecordType = recordType;
        foreach (var field in fields)
        {
            _fields.TryAdd(field.Name, field);
        }
    }

    public string RecordType { get; }

    public IReadOnlyCollection<ExpressionField> Fields => _fields.Values;

    /// <summary>
    /// For a one-way cell: bare words are paths of the cell's own format. Null (<c>Checks</c>, <c>When</c>,
    /// <c>Equations</c>, <c>Sets</c>): bare words are fields, and paths are written <c>HL7:MSH-4.1</c>.
    /// </summary>
    public MapFormat? BarePaths { get; init; }

    /// <summary>The code table of a name, or null when there is none.</summary>
    public Func<string, CodeTable?> Codes { get; init; } = _ => null;

    /// <summary>Reads a path; by default any path is taken as it is.</summary>
    public PathParser Paths { get; init; } = (MapFormat _, string _, out string? problem) =>
    {
        problem = null;
        return null;
    };

    internal ExpressionField? Find(string name) => _fields.GetValueOrDefault(name);
}

/// <summary>Reads a path of a format.</summary>
/// <param name="format">The format.</param>
/// <param name="text">The path as written, without <c>HL7:</c>; for a quoted column, without its quotes.</param>
/// <param name="problem">What is wrong with it, e.g. <c>PID-134 does not exist: PID has 39 fields.</c>; null when it is sound.</param>
public delegate CellPlace? PathParser(MapFormat format, string text, out string? problem);

/// <summary>A field a formula can name.</summary>
/// <param name="Name">The name without brackets.</param>
/// <param name="Index">Whatever number the caller finds it by; given back to <see cref="IExpressionScope.Field"/>.</param>
/// <param name="Type">Its type.</param>
public sealed record ExpressionField(string Name, int Index, ExpressionType Type);

/// <summary>A place a formula reads.</summary>
/// <param name="Format">The format it is a place of; for any other format it is missing.</param>
/// <param name="Text">As written, without the prefix.</param>
/// <param name="Place">What the context's parser made of it.</param>
/// <param name="Offset">Where it stands in the formula.</param>
public sealed record ExpressionPath(MapFormat Format, string Text, CellPlace? Place, int Offset);

/// <summary>The message or row, and the record being made of it, for which a formula is evaluated.</summary>
public interface IExpressionScope
{
    /// <summary>The day the message was received, in the practice's zone.</summary>
    LocalDate Today { get; }

    /// <summary>The field's value; cleared and absent both count as missing.</summary>
    FieldValue Field(ExpressionField field);

    /// <summary>The decoded text of the first element that fits the path; null when there is none or it is empty.</summary>
    string? First(ExpressionPath path);

    /// <summary>Whether the first element that fits the path says anything. An embedded document is not decoded to find out.</summary>
    bool Says(ExpressionPath path) => First(path) is { Length: > 0 };

    /// <summary>The decoded texts of every element that fits, empty ones left out.</summary>
    IReadOnlyList<string> All(ExpressionPath path);
}
