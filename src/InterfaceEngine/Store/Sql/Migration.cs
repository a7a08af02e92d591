namespace InterfaceEngine.Store.Sql;

/// <summary>One step of the schema. Never edited once released.</summary>
internal sealed record Migration(int Number, string Name, string Sql);
