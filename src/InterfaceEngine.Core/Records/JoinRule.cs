namespace InterfaceEngine.Core.Records;

/// <summary>Header <c>joins: order_number, service_code?, code = other_code</c>: how items that are told of by different keys are found to be one.</summary>
/// <param name="Number">The stored field with the number that all of them say, by which records are looked up: <c>order_number</c>.</param>
/// <param name="Length">How many fields the key has.</param>
/// <param name="Unsaid">Where in the key stands what one of two may leave out (<c>service_code?</c>). Counted from 0, the first field of the key.</param>
/// <param name="Named">Where in the key stands a code, and the field with the same in another system (<c>code = other_code</c>); null when nothing does.</param>
public sealed record JoinRule(string Number, int Length, IReadOnlyList<int> Unsaid, (int Part, string Field)? Named);
