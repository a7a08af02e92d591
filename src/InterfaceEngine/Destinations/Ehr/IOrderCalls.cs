using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>Does by calls of one vendor's interface what an order asks for.</summary>
internal interface IOrderCalls
{
    /// <summary>
    /// Looks first at what the vendor has and does what is missing, so an order whose reply was lost, or that was cut off anywhere, is done once however
    /// often it is tried. When it returns, our record has what the vendor has.
    /// </summary>
    /// <param name="order">What the delivery asks for.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>What became of it, in short.</returns>
    /// <exception cref="HeldException">A person decides.</exception>
    /// <exception cref="InterfaceEngine.Ehr.EhrException">A call came to nothing.</exception>
    /// <exception cref="FormatException">It is no order that these calls know.</exception>
    Task<string> DoAsync(CallOrder order, CancellationToken cancellationToken);
}
