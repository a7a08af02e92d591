namespace InterfaceEngine.Control;

/// <param name="State">A <see cref="Store.DeliveryState"/> in small letters; null for all.</param>
/// <param name="Before">The id after which the next page begins.</param>
internal sealed record ListDeliveriesRequest(string? Practice, string? Destination, string? State, string? Before = null, int Limit = 50) : ControlRequest<DeliveriesAnswer>;

internal sealed record ShowDeliveryRequest(string Id) : ControlRequest<DeliveryAnswer>;

/// <summary>Names the held deliveries of a destination, so that they can be decided about together. Ids and codes only, so it is not audited.</summary>
/// <param name="Code">Only those whose last reply was this: <c>AE</c> is any AE, <c>AE 103</c> that one, <c>no reply</c> none; null for all.</param>
/// <param name="Before">The id after which the next page begins.</param>
internal sealed record FindHeldRequest(string? Practice, string Destination, string? Code, string? Before = null, int Limit = 1000) : ControlRequest<HeldDeliveriesAnswer>;

/// <summary>Has held deliveries sent again, and waiting ones at once; each keeps its place in its lane.</summary>
internal sealed record RetryDeliveriesRequest(IReadOnlyList<string> Ids) : ControlRequest<DeliveryDecisionsAnswer>(TimeSpan.FromMinutes(10));

/// <summary>Gives deliveries up: they are not sent, and their lanes go on. Needs a reason.</summary>
internal sealed record DismissDeliveriesRequest(IReadOnlyList<string> Ids) : ControlRequest<DeliveryDecisionsAnswer>(TimeSpan.FromMinutes(10));
