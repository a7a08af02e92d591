namespace InterfaceEngine.Core.Records;

/// <summary>
/// A name by which somebody outside knows a record: (record type, id system, external id), within a practice.
/// Several aliases may name one record; one alias never names two.
/// </summary>
/// <param name="Type">The record type, e.g. <c>appointment</c>.</param>
/// <param name="System">Who gave the id, e.g. <c>athenahealth</c>.</param>
/// <param name="Value">The id. For an item of a list: the patient's id and the item's key, joined by <see cref="FieldValue.ListSeparator"/>.</param>
public readonly record struct RecordAlias(string Type, string System, string Value);

/// <summary>A declared way to find records that is not an identity: all records with the same <paramref name="Value"/> under one name.</summary>
/// <param name="Type">The record type.</param>
/// <param name="Name">The field, or <c>list:SYSTEM</c> for the items of a patient's list.</param>
/// <param name="Value">What is looked for: a field's value, a day as <c>2026-01-12</c>, or a patient's external id.</param>
public readonly record struct LookUpKey(string Type, string Name, string Value);
