using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping;

/// <summary>A record's values as formulas see them where there is no message: every place is missing.</summary>
internal sealed class ValueScope(IReadOnlyDictionary<string, string> values, LocalDate today) : IExpressionScope
{
    public LocalDate Today => today;

    public FieldValue Field(ExpressionField field) => values.TryGetValue(field.Name, out var value) ? FieldValue.Of(value) : FieldValue.Absent;

    public string? First(ExpressionPath path) => null;

    public IReadOnlyList<string> All(ExpressionPath path) => [];
}
