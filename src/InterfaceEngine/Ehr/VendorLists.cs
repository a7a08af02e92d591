using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Ehr;

/// <summary>What a vendor lists of a practice.</summary>
/// <param name="Departments">Null where the vendor lists none for us.</param>
/// <param name="Providers">Null where the vendor lists none for us.</param>
internal sealed record VendorLists(IReadOnlyList<VendorRow>? Departments, IReadOnlyList<VendorRow>? Providers);

/// <summary>One department or provider.</summary>
/// <param name="Row">As a table may have it. Until it has an id of ours, what that is made of stands there.</param>
/// <param name="IsActive">False: the vendor keeps it for what was, and nobody is booked there or with them any more.</param>
internal sealed record VendorRow(Reference Row, bool IsActive = true);
