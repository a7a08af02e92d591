using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>A record's values as formulas see them, without any message.</summary>
internal sealed class ValueScope(IReadOnlyDictionary<string, string> values) : IExpressionScope
{
    /// <summary>Later than every generated date.</summary>
    public LocalDate Today { get; } = new(2030, 1, 1);

    public FieldValue Field(ExpressionField field) => values.TryGetValue(field.Name, out var value) ? FieldValue.Of(value) : FieldValue.Absent;

    public string? First(ExpressionPath path) => null;

    public IReadOnlyList<string> All(ExpressionPath path) => [];
}
