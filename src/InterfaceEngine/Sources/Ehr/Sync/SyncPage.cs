using InterfaceEngine.Ehr;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>What one answer brought, whichever of the vendor's interfaces gave it.</summary>
/// <param name="Documents">For the intake.</param>
/// <param name="Count">How many are of the type that was asked for; others come beside them.</param>
/// <param name="ServerTime">The vendor's clock when it answered.</param>
internal readonly record struct SyncPage(IReadOnlyList<EhrDocument> Documents, int Count, DateTimeOffset ServerTime);
