using System.Globalization;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;

namespace InterfaceEngine.Store.Copy;

/// <summary>A place in the order of a table's rows: a value for each column of its key, in words. Keys hold ids, names and keyed hashes, no patient's value.</summary>
/// <param name="Values">Numbers in digits, hashes in hexadecimal.</param>
internal sealed record CopyKey(IReadOnlyList<string> Values)
{
    public override string ToString() => string.Join(" ", Values);

    /// <summary>Reads the key that stands in the first columns of a row.</summary>
    public static CopyKey Read(StoreTable table, SqlStatement row) => new([.. table.Key.Select((column, index) => column.Kind switch
    {
        ColumnKind.Text => row.Text(index)!,
        ColumnKind.Hash => row.Hash(index).ToGuid().ToString("N"),
        _ => row.Long(index).ToString(CultureInfo.InvariantCulture),
    })]);

    /// <summary>Binds it to parameters from the one that is named on.</summary>
    public void Bind(StoreTable table, SqlStatement statement, int parameter)
    {
        for (var index = 0; index < Values.Count; index++)
        {
            switch (table.Key[index].Kind)
            {
                case ColumnKind.Text:
                    statement.Bind(parameter + index, Values[index]);
                    break;
                case ColumnKind.Hash:
                    var hash = KeyedHash.FromGuid(Guid.ParseExact(Values[index], "N"));
                    statement.Bind(parameter + index, in hash);
                    break;
                default:
                    statement.Bind(parameter + index, long.Parse(Values[index], CultureInfo.InvariantCulture));
                    break;
            }
        }
    }
}

/// <summary>Rows of a table that follow each other.</summary>
/// <param name="Table">Whose.</param>
/// <param name="Practice">Where the table is read practice by practice.</param>
/// <param name="After">Null from the beginning.</param>
/// <param name="Through">Null to the end.</param>
internal sealed record CopyRange(StoreTable Table, string? Practice, CopyKey? After, CopyKey? Through)
{
    public override string ToString() =>
        $"{Table.Name}{(Practice is null ? "" : $", practice '{Practice}'")}, {(After is null ? "from the first row" : $"after {After}")} {(Through is null ? "to the last" : $"through {Through}")}";
}
