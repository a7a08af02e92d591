namespace InterfaceEngine.Core.Records;

/// <summary>Header <c>joins: order_number, service_code?, code = other_code, sub_id? by value</c>: how items that are told of by different keys are found to be one.</summary>
/// <param name="Number">The stored field with the number that all of them say, by which records are looked up: <c>order_number</c>.</param>
/// <param name="Length">How many fields the key has.</param>
/// <param name="Unsaid">Where in the key stands what one of two may leave out (<c>service_code?</c>). Counted from 0, the first field of the key.</param>
/// <param name="Named">Where in the key stands a code, and the field with the same in another system (<c>code = other_code</c>); null when nothing does.</param>
/// <param name="Value">By what several of one number and code are told from each other (<c>sub_id? by value</c>); null when nothing does it.</param>
public sealed record JoinRule(string Number, int Length, IReadOnlyList<int> Unsaid, (int Part, string Field)? Named, JoinValue? Value);

/// <summary>What several items of one number and code hold, by which each is found again: <c>sub_id? by value</c>.</summary>
/// <param name="Label">Where in the key stands what one way tells them apart by and another may not know: <c>sub_id</c>.</param>
/// <param name="Fields">The fields that are the same where the value is: those that the header <c>former:</c> keeps of it.</param>
/// <param name="Quantities">Of the same unit the quantities, of which one is enough: two ways may write one number differently.</param>
public sealed record JoinValue(int Label, IReadOnlyList<string> Fields, IReadOnlyList<string> Quantities);
